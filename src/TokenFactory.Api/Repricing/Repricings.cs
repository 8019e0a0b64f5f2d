using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>What became of the wish to confirm or revert a repricing.</summary>
/// <param name="Id">The new one; null: refused.</param>
/// <param name="Other">Where it is refused: the one that was named; null: there is none.</param>
internal readonly record struct RepricingFollowUp(long? Id, RepricingResource? Other);

/// <summary>The repricings that were asked for.</summary>
internal sealed class Repricings(NpgsqlDataSource dataSource, LedgerSettings settings, TimeProvider time)
{
    private const int MaxRows = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private const string Columns =
        """
        select r.id, r.state, r.dry_run, r.confirms, r.reverts, c.id, (select max(v.id) from repricings v where v.reverts = r.id), r.reason, r.created_at, r.known_at, r.finished_at, r.request,
               (select coalesce(sum(value::bigint), 0)::bigint from jsonb_each_text(r.position)),
               (select coalesce(sum(value::bigint), 0)::bigint from jsonb_each_text(r.marks)),
               r.examined, r.changed, r.skipped, r.failure,
               (select min(o.id) from repricings o
                where r.dry_run and not o.dry_run and o.id > r.id and o.confirms is distinct from r.id and (o.state = 1 or o.changed > 0)
                  and repricings_meet(o.selection, r.selection))
        from repricings r
        left join repricings c on c.confirms = r.id
        """;

    /// <summary>Begins to price a window anew.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> CreateAsync(RepricingDraft draft, bool isDryRun, string? reason, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var still = new NpgsqlCommand("select version from catalog_version for share", connection))
            await still.ExecuteScalarAsync(cancellationToken);
        var id = await InsertAsync(connection, draft.Scope, draft.Selection, isDryRun, reason, time.GetUtcNow(), accountId: null, cancellationToken);
        await LogAsync(connection, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Adds a row that is to be done, while the caller holds the catalog still.</summary>
    /// <param name="connection">The caller's transaction.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="selection">The same with its numbers.</param>
    /// <param name="isDryRun">Whether nothing is recorded.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The clock that prices are recorded by.</param>
    /// <param name="accountId">Of a reclassification: the account. Its lanes are marked when it begins, but those of a dry run.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="BodyRefusedException">Entries that it would need are archived.</exception>
    public static async Task<long> InsertAsync(
        NpgsqlConnection connection, object request, RepricingSelection selection, bool isDryRun, string? reason, DateTimeOffset now, long? accountId,
        CancellationToken cancellationToken)
    {
        await ArchiveRepricings.RefuseArchivedAsync(connection, selection, cancellationToken);
        await using var command = new NpgsqlCommand(Sql.Read("Repricing/repricing_create.sql"), connection);
        Add(command, JsonSerializer.Serialize(request, request.GetType(), WireJson.Options), NpgsqlDbType.Jsonb);
        Add(command, JsonSerializer.Serialize(selection, WireJson.Options), NpgsqlDbType.Jsonb);
        Add(command, isDryRun, NpgsqlDbType.Boolean);
        Add(command, reason, NpgsqlDbType.Text);
        Add(command, now, NpgsqlDbType.TimestampTz);
        Add(command, accountId is null || isDryRun ? selection.Sources : [], NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(command, accountId, NpgsqlDbType.Bigint);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// Begins to commit what a dry run has shown: the same events, at the same prices. Not where another repricing may have been at them since:
    /// what was shown would not be what is done.
    /// </summary>
    public async Task<RepricingFollowUp> ConfirmAsync(long dryRun, string reason, CancellationToken cancellationToken) =>
        await FindAsync(dryRun, cancellationToken) is { SupersededBy: not null } superseded
            ? new RepricingFollowUp(null, superseded)
            : await FollowAsync(
                """
                insert into repricings (request, selection, dry_run, confirms, reason, created_at, known_at, marks)
                select request, selection, false, id, $2, $3, known_at, marks from repricings where id = $1 and dry_run and state = 2 and account_id is null
                on conflict (confirms) do nothing
                returning id
                """, dryRun, reason, cancellationToken);

    /// <summary>Begins to take a repricing back.</summary>
    public Task<RepricingFollowUp> RevertAsync(long repricing, string reason, CancellationToken cancellationToken) => FollowAsync(
        """
        insert into repricings (request, selection, dry_run, reverts, reason, created_at, known_at, marks)
        select request, selection, false, id, $2, $3, known_at, marks from repricings where id = $1 and not dry_run and state <> 1 and account_id is null
        on conflict (reverts) where state = 1 or skipped = 0 do nothing
        returning id
        """, repricing, reason, cancellationToken);

    /// <summary>Waits some seconds for the end of a repricing, so that a small one is answered completed.</summary>
    public async Task AwaitEndAsync(long id, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (await IsRunningAsync(id, cancellationToken) && time.GetElapsedTime(begun) < Patience)
            await Task.Delay(LookInterval, time, cancellationToken);
    }

    private async Task<bool> IsRunningAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select state = 1 from repricings where id = $1");
        Add(command, id, NpgsqlDbType.Bigint);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>One repricing with its difference; null: there is none.</summary>
    public async Task<RepricingResource?> FindAsync(long id, CancellationToken cancellationToken)
    {
        var currency = await settings.ReportingCurrencyAsync(cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        // One moment: the counts and the difference belong together.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand($"{Columns} where r.id = $1 and r.account_id is null", connection);
        Add(command, id, NpgsqlDbType.Bigint);
        if ((await ReadAsync(command, cancellationToken)) is not [var found])
            return null;
        return found with { Difference = await ReadDifferenceAsync(connection, id, currency, cancellationToken) };
    }

    /// <summary>Repricings before a number, the newest first.</summary>
    public async Task<List<RepricingResource>> ListAsync(long before, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{Columns} where r.id < $1 and r.account_id is null order by r.id desc limit $2");
        Add(command, before, NpgsqlDbType.Bigint);
        Add(command, limit, NpgsqlDbType.Integer);
        return await ReadAsync(command, cancellationToken);
    }

    private async Task<RepricingFollowUp> FollowAsync(string sql, long other, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var selected = new NpgsqlCommand("select selection from repricings where id = $1 and account_id is null", connection))
        {
            Add(selected, other, NpgsqlDbType.Bigint);
            if (await selected.ExecuteScalarAsync(cancellationToken) is string selection)
                await ArchiveRepricings.RefuseArchivedAsync(connection, JsonSerializer.Deserialize<RepricingSelection>(selection, WireJson.Options)!, cancellationToken);
        }

        await using var command = new NpgsqlCommand(sql, connection);
        Add(command, other, NpgsqlDbType.Bigint);
        Add(command, reason, NpgsqlDbType.Text);
        Add(command, time.GetUtcNow(), NpgsqlDbType.TimestampTz);
        var id = (long?)await command.ExecuteScalarAsync(cancellationToken);
        if (id is { } made)
            await LogAsync(connection, made, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RepricingFollowUp(id, id is null ? await FindAsync(other, cancellationToken) : null);
    }

    private static Task LogAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        AdministrativeAct.Current?.Made(id.ToString(CultureInfo.InvariantCulture));
        return AuditLog.WriteAsync(connection, cancellationToken);
    }

    private static async Task<List<RepricingResource>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<RepricingResource>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new RepricingResource
            {
                Id = row.GetInt64(0),
                State = (RepricingState)row.GetInt16(1),
                DryRun = row.GetBoolean(2),
                Confirms = Number(row, 3),
                Reverts = Number(row, 4),
                ConfirmedBy = Number(row, 5),
                RevertedBy = Number(row, 6),
                Reason = row.IsDBNull(7) ? null : row.GetString(7),
                CreatedAt = row.GetFieldValue<DateTimeOffset>(8),
                KnownAt = row.GetFieldValue<DateTimeOffset>(9),
                FinishedAt = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
                Request = JsonSerializer.Deserialize<RepricingScope>(row.GetString(11), WireJson.Options)!,
                Progress = new RepricingProgress
                {
                    BatchesDone = row.GetInt64(12),
                    Batches = row.GetInt64(13),
                    Examined = row.GetInt64(14),
                    Changed = row.GetInt64(15),
                    Skipped = row.GetInt64(16),
                },
                Failure = row.IsDBNull(17) ? null : row.GetString(17),
                SupersededBy = Number(row, 18),
            });
        }

        return found;
    }

    private static async Task<RepricingDifference> ReadDifferenceAsync(
        NpgsqlConnection connection, long id, string currency, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("Repricing/repricing_difference.sql"), connection);
        Add(command, id, NpgsqlDbType.Bigint);
        Add(command, MaxRows, NpgsqlDbType.Integer);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string Kind, RepricingRow Row, long Of)>();
        while (await row.ReadAsync(cancellationToken))
            rows.Add((row.GetString(0), RowOf(row), row.GetInt64(12)));
        var byKind = rows.ToLookup(r => r.Kind, r => r.Row);
        return new RepricingDifference
        {
            Currency = currency,
            Total = byKind["total"].Single(),
            BySector = [.. byKind["sector"]],
            ByProducer = [.. byKind["producer"]],
            ByItem = [.. byKind["item"]],
            MoreItems = rows.Where(r => r.Kind == "item").Select(r => r.Of).FirstOrDefault() - byKind["item"].Count(),
        };
    }

    private static RepricingRow RowOf(NpgsqlDataReader row) => new()
    {
        Sector = row.IsDBNull(1) ? null : ((Sector)row.GetInt16(1)).Name(),
        Producer = row.IsDBNull(2) ? null : row.GetString(2),
        Model = row.IsDBNull(3) ? null : row.GetString(3),
        TokenClass = row.IsDBNull(4) ? null : ((TokenClass)row.GetInt16(4)).Name(),
        ServiceTier = row.IsDBNull(5) ? null : ((ServiceTier)row.GetInt16(5)).Name(),
        Before = row.GetString(6),
        After = row.GetString(7),
        Difference = row.GetString(8),
        Quantity = row.GetString(9),
        UnpricedBefore = row.GetString(10),
        UnpricedAfter = row.GetString(11),
    };

    private static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
