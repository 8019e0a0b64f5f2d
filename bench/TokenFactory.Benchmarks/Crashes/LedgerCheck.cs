using System.Globalization;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Crashes;

/// <summary>Holds the ledger against what its senders were told, row by row, by plain SQL: none of the service's own code is asked, but for its chains.</summary>
/// <param name="book">What they were told.</param>
/// <param name="connectionString">As the owner.</param>
/// <param name="isOfTwoVersions">Whether a version without chains recorded beside one with: then there are batches of both.</param>
internal sealed class LedgerCheck(Book book, string connectionString, bool isOfTwoVersions = false)
{
    // Quantities by class: 1 input, 8 output.
    private const string EventsSql =
        """
        select coalesce(s.slug, '?'), i.event_id, i.recorded_at, i.batch_id, i.entry_count::integer,
               coalesce(e.n, 0)::integer, coalesce(e.batches, 0)::integer, coalesce(e.input, 0), coalesce(e.output, 0), coalesce(e.amount, 0), e.occurred_at
        from event_identity i
        full join (select e.source_id, e.event_id, count(*) as n, count(distinct e.batch_id) as batches,
                          sum(e.quantity) filter (where t.token_class = 1) as input, sum(e.quantity) filter (where t.token_class = 8) as output,
                          sum(e.reporting_amount) as amount, min(e.occurred_at) as occurred_at
                   from ledger_entry e join items t on t.id = e.item_id group by e.source_id, e.event_id) e
            on e.source_id = i.source_id and e.event_id = i.event_id
        left join sources s on s.id = coalesce(i.source_id, e.source_id)
        """;

    private const string GapsSql =
        """
        select count(*) from journal_lane l
        left join lateral (select count(*) as n, min(seq) as first, max(seq) as last from ledger_batch b where b.source_id = l.source_id and b.lane = l.lane) b on true
        where b.n is distinct from l.seq or b.first is distinct from 1 or b.last is distinct from l.seq
        """;

    private const string EntriesByDaySql =
        """
        select (e.occurred_at at time zone 'UTC')::date::text || ' ' || case t.token_class when 1 then 'input' else 'output' end,
               sum(e.quantity), sum(e.reporting_amount)
        from ledger_entry e join items t on t.id = e.item_id group by 1
        """;

    private const string ReversalPrefix = "~reversal/";

    // What is taken back leaves nothing to be priced anew: its reversal takes that place, without entries.
    private const string RepricingPrefix = "~repricing/";

    private sealed record Row(string Source, string? Id, DateTimeOffset RecordedAt, long BatchId, int Promised, int Entries, int Batches, decimal Input, decimal Output, decimal Amount, DateTimeOffset? OccurredAt);

    /// <summary>Every acknowledged event once, with its content; nothing else; no gap.</summary>
    public async Task CheckLedgerAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var unseen = book.Events.Where(e => e.Value.Acknowledged is not null).Select(e => e.Key).ToHashSet();
        var unseenReversals = book.Events.Where(e => e.Value.Reversed is not null).Select(e => e.Key).ToHashSet();
        var (input, output, amount) = (0m, 0m, 0m);
        await foreach (var row in ReadAsync(source, EventsSql, RowOf, cancellationToken))
        {
            (input, output, amount) = (input + row.Input, output + row.Output, amount + row.Amount);
            if (row.Id is null)
                book.Find(FindingKind.NeverSent, $"{row.Source}: {row.Entries} entries of an event without identity");
            else if (row.Id.StartsWith(RepricingPrefix, StringComparison.Ordinal) && row.Entries == 0)
                continue;
            else if (row.Id.StartsWith(ReversalPrefix, StringComparison.Ordinal))
                CheckReversal(row, row.Id[ReversalPrefix.Length..], unseenReversals);
            else
                CheckEvent(row, row.Id, unseen);
        }

        foreach (var (lostSource, id) in unseen)
            book.Find(FindingKind.Lost, $"{lostSource} {id} was acknowledged and is not there");
        foreach (var (lostSource, id) in unseenReversals)
            book.Find(FindingKind.Lost, $"the reversal of {lostSource} {id} was acknowledged and is not there");
        CheckSums(input, output, amount);
        await foreach (var gaps in ReadAsync(source, GapsSql, row => row.GetInt64(0), cancellationToken))
        {
            if (gaps > 0)
                book.Find(FindingKind.LaneGap, $"{gaps} lanes have a gap");
        }
    }

    /// <summary>Every record, chain and checkpoint is what was sealed: as the command <c>verify</c> has it.</summary>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>How many batches are not chained.</returns>
    public async Task<long> CheckChainsAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var report = await VerifyCommand.VerifyAsync(source, new Trust([], []), cancellationToken) ?? throw new InvalidOperationException("Another verification is under way.");
        foreach (var fault in report.Faults)
            book.Find(FindingKind.BrokenChain, fault);
        if (report.Batches - report.Unchained == 0 || (report.Unchained > 0 && !isOfTwoVersions))
            book.Find(FindingKind.BrokenChain, $"{report.Unchained} of {report.Batches} batches are not chained");
        return report.Unchained;
    }

    /// <summary>The books balance and the figures are what plain SQL adds up.</summary>
    /// <param name="client">Of any instance.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task CheckFiguresAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var books = JsonDocument.Parse(await client.GetStringAsync("/v1/reconciliation?full=true", cancellationToken));
        if (!books.RootElement.GetProperty("balanced").GetBoolean())
            book.Find(FindingKind.Drift, books.RootElement.ToString());
        using var figures = JsonDocument.Parse(await client.GetStringAsync("/v1/gdp?frequency=day&by=token_class", cancellationToken));
        var published = figures.RootElement.GetProperty("rows").EnumerateArray().ToDictionary(
            r => $"{r.GetProperty("period").GetString()} {r.GetProperty("token_class").GetString()}",
            r => (Number(r, "quantity"), Number(r, "gdp")));
        await using var source = NpgsqlDataSource.Create(connectionString);
        await foreach (var (key, quantity, amount) in ReadAsync(source, EntriesByDaySql,
            row => (row.GetString(0), row.GetDecimal(1), row.GetDecimal(2)), cancellationToken))
        {
            published.Remove(key, out var figure);
            if (figure != (quantity, amount))
                book.Find(FindingKind.WrongFigure, string.Create(CultureInfo.InvariantCulture, $"{key}: published {figure}, in the ledger {quantity} and {amount}"));
        }

        foreach (var (key, figure) in published.Where(p => p.Value != (0m, 0m)))
            book.Find(FindingKind.WrongFigure, string.Create(CultureInfo.InvariantCulture, $"{key}: published {figure}, and nothing in the ledger"));
    }

    private void CheckEvent(Row row, string id, HashSet<(string, string)> unseen)
    {
        if (!book.Events.TryGetValue((row.Source, id), out var sent))
        {
            book.Find(FindingKind.NeverSent, $"{row.Source} {id} is there, and nobody sent it");
            return;
        }

        if (row.Entries == 0)
        {
            // An identity without entries is no event: it stays among the unseen.
            book.Find(FindingKind.Lost, $"{row.Source} {id} has an identity and no entries");
            return;
        }

        unseen.Remove((row.Source, id));
        Compare(row, id, sent, sign: 1, sent.Acknowledged);
    }

    private void CheckReversal(Row row, string id, HashSet<(string, string)> unseen)
    {
        unseen.Remove((row.Source, id));
        if (book.Events.TryGetValue((row.Source, id), out var sent))
            Compare(row, row.Id!, sent, sign: -1, sent.Reversed);
        else
            book.Find(FindingKind.NeverSent, $"{row.Source} {row.Id} is there, and nobody sent it");
    }

    private void Compare(Row row, string id, SentEvent sent, int sign, Recorded? acknowledged)
    {
        if (row.Entries > 2 || row.Batches > 1)
            book.Find(FindingKind.Doubled, $"{row.Source} {id} has {row.Entries} entries in {row.Batches} batches");
        else if (row.Entries < 2 || row.Promised != 2)
            book.Find(FindingKind.Lost, $"{row.Source} {id} has {row.Entries} entries, and its identity tells of {row.Promised}");
        else if ((row.Input, row.Output, row.Amount, row.OccurredAt) != (sign * sent.Input, sign * sent.Output, sign * sent.Amount, sent.OccurredAt))
            book.Find(FindingKind.Altered, $"{row.Source} {id} was sent as {sent}, and is {row}");
        else if (acknowledged is { } told && told != new Recorded(row.RecordedAt, row.BatchId))
            book.Find(FindingKind.Altered, $"{row.Source} {id} was acknowledged as {told}, and is {row}");
    }

    // Over everything that is acknowledged and nothing else: after the senders' last answers there is nothing that is not.
    private void CheckSums(decimal input, decimal output, decimal amount)
    {
        var counted = book.Events.Values.Where(e => e.Acknowledged is not null && e.Reversed is null).ToList();
        var sums = (counted.Sum(e => (decimal)e.Input), counted.Sum(e => (decimal)e.Output), counted.Sum(e => e.Amount));
        if (sums != (input, output, amount))
            book.Find(FindingKind.Altered, string.Create(CultureInfo.InvariantCulture, $"acknowledged {sums}, and in the ledger {(input, output, amount)}"));
    }

    private static decimal Number(JsonElement row, string name) => decimal.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static Row RowOf(NpgsqlDataReader row)
    {
        var hasIdentity = !row.IsDBNull(1);
        return new Row(row.GetString(0), hasIdentity ? row.GetString(1) : null, hasIdentity ? row.GetFieldValue<DateTimeOffset>(2) : default,
            hasIdentity ? row.GetInt64(3) : 0, hasIdentity ? row.GetInt32(4) : 0, row.GetInt32(5), row.GetInt32(6),
            row.GetDecimal(7), row.GetDecimal(8), row.GetDecimal(9), row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10));
    }

    private static async IAsyncEnumerable<T> ReadAsync<T>(
        NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> read, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            yield return read(row);
    }
}
