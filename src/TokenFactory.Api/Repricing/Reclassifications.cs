using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>
/// The reclassifications that were asked for: repricings that change the sector instead of the price, done by who does those. The account's
/// sector and the wish to move its events are one transaction.
/// </summary>
internal sealed class Reclassifications(
    NpgsqlDataSource dataSource, IDbContextFactory<TokenFactoryContext> contexts, CatalogWriter writer, LedgerSettings settings, TimeProvider time)
{
    private static readonly DateTimeOffset EndOfTime = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const string Columns =
        """
        select r.id, a.slug, r.request, r.dry_run, r.state, r.reason, r.created_at, r.finished_at,
               (select coalesce(sum(value::bigint), 0)::bigint from jsonb_each_text(r.position)),
               (select coalesce(sum(value::bigint), 0)::bigint from jsonb_each_text(r.marks)),
               r.examined, r.changed, r.entries, r.skipped, r.failure
        from repricings r
        join accounts a on a.id = r.account_id
        """;

    /// <summary>Gives an account another sector from a date on, and begins to move what is recorded; of a dry run, only looks.</summary>
    /// <returns>Its number; null: there is no such account.</returns>
    /// <exception cref="CatalogConflictException">Another one of the account is under way.</exception>
    public async Task<long?> CreateAsync(string account, NewReclassification request, CancellationToken cancellationToken)
    {
        if (request.DryRun is not true)
            return (await writer.WriteAsync(context => BeginAsync(context, account, request, cancellationToken), cancellationToken))?.Id;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var begun = await BeginAsync(context, account, request, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return begun?.Id;
    }

    /// <summary>One reclassification of an account, with what it moves; null: there is none.</summary>
    public async Task<ReclassificationResource?> FindAsync(string account, long id, CancellationToken cancellationToken)
    {
        var currency = await settings.ReportingCurrencyAsync(cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        // One moment: the counts and the sums belong together.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand($"{Columns} where a.slug = $1 and r.id = $2", connection);
        Add(command, account, NpgsqlDbType.Text);
        Add(command, id, NpgsqlDbType.Bigint);
        if (await ReadAsync(command, cancellationToken) is not [var found])
            return null;
        return found with { Change = await ReadChangeAsync(connection, id, currency, cancellationToken) };
    }

    /// <summary>The reclassifications of an account before a number, the newest first.</summary>
    public async Task<List<ReclassificationResource>> ListAsync(string account, long before, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{Columns} where a.slug = $1 and r.id < $2 order by r.id desc limit $3");
        Add(command, account, NpgsqlDbType.Text);
        Add(command, before, NpgsqlDbType.Bigint);
        Add(command, limit, NpgsqlDbType.Integer);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Whether an account is registered.</summary>
    public async Task<bool> KnowsAsync(string account, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select exists (select from accounts where slug = $1)");
        Add(command, account, NpgsqlDbType.Text);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private sealed record Begun(long Id);

    private async Task<Begun?> BeginAsync(TokenFactoryContext context, string slug, NewReclassification request, CancellationToken cancellationToken)
    {
        if (await context.Set<Account>().Include(a => a.Sectors).SingleOrDefaultAsync(a => a.Slug == slug, cancellationToken) is not { } account)
            return null;
        var from = request.EffectiveFrom.ToUniversalTime();
        var following = account.Sectors.Where(s => s.EffectiveFrom > from).OrderBy(s => s.EffectiveFrom).ToList();
        var end = request.ReplacesFollowing is true ? null : following.FirstOrDefault()?.EffectiveFrom;
        if (request.DryRun is not true)
        {
            await RefuseSecondAsync(context, account.Id, cancellationToken);
            if (request.ReplacesFollowing is true)
                context.RemoveRange(following);
            if (account.Sectors.Find(s => s.EffectiveFrom == from) is { } row)
                row.Sector = request.Sector;
            else
                account.Sectors.Add(new AccountSector { EffectiveFrom = from, Sector = request.Sector });
        }

        var scope = new ReclassificationScope { Sector = request.Sector, EffectiveFrom = from, EffectiveTo = end };
        var selection = new RepricingSelection
        {
            Start = from,
            End = end ?? EndOfTime,
            Only = RepricingEvents.All,
            PriceBasis = PriceBasis.EventTime,
            Accounts = [account.Id],
            ToSector = request.Sector,
        };
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        var id = await Repricings.InsertAsync(
            connection, scope, selection, request.DryRun is true, request.Reason, time.GetUtcNow(), account.Id, cancellationToken);
        AdministrativeAct.Current?.Made(id.ToString(CultureInfo.InvariantCulture));
        return new Begun(id);
    }

    // Of two at once the later one's sector would not be what is left of both.
    private static async Task RefuseSecondAsync(TokenFactoryContext context, long accountId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select id from repricings where account_id = $1 and state = 1 and not dry_run", (NpgsqlConnection)context.Database.GetDbConnection());
        Add(command, accountId, NpgsqlDbType.Bigint);
        if (await command.ExecuteScalarAsync(cancellationToken) is long other)
            throw new CatalogConflictException("not_completed", $"The reclassification {other} of this account is still under way. Wait for its end.");
    }

    private static async Task<List<ReclassificationResource>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<ReclassificationResource>();
        while (await row.ReadAsync(cancellationToken))
        {
            var scope = JsonSerializer.Deserialize<ReclassificationScope>(row.GetString(2), WireJson.Options)!;
            found.Add(new ReclassificationResource
            {
                Id = row.GetInt64(0),
                Account = row.GetString(1),
                Sector = scope.Sector,
                EffectiveFrom = scope.EffectiveFrom,
                EffectiveTo = scope.EffectiveTo,
                DryRun = row.GetBoolean(3),
                State = (RepricingState)row.GetInt16(4),
                Reason = row.IsDBNull(5) ? null : row.GetString(5),
                CreatedAt = row.GetFieldValue<DateTimeOffset>(6),
                FinishedAt = row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7),
                Progress = new ReclassificationProgress
                {
                    BatchesDone = row.GetInt64(8),
                    Batches = row.GetInt64(9),
                    Examined = row.GetInt64(10),
                    Changed = row.GetInt64(11),
                    Entries = row.GetInt64(12),
                    Skipped = row.GetInt64(13),
                },
                Failure = row.IsDBNull(14) ? null : row.GetString(14),
            });
        }

        return found;
    }

    // Sums pass what a decimal holds: they go out as text. The total is the row without a sector, and comes last.
    private static async Task<ReclassificationChange> ReadChangeAsync(NpgsqlConnection connection, long id, string currency, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select sector, trim_scale(coalesce(sum(quantity), 0))::text, trim_scale(coalesce(sum(amount_before), 0))::text,
                   trim_scale(coalesce(sum(unpriced_before), 0))::text
            from repricing_cell
            where repricing_id = $1
            group by grouping sets ((sector), ())
            order by sector nulls last
            """, connection);
        Add(command, id, NpgsqlDbType.Bigint);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ReclassificationRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new ReclassificationRow
            {
                Sector = row.IsDBNull(0) ? null : ((Sector)row.GetInt16(0)).Name(),
                Quantity = row.GetString(1),
                Amount = row.GetString(2),
                UnpricedQuantity = row.GetString(3),
            });
        }

        return new ReclassificationChange { Currency = currency, Total = rows[^1], BySector = rows[..^1] };
    }

    private static void Add(NpgsqlCommand command, object value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
}
