using Npgsql;
using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>Whether folding keeps up with ingest: how old the oldest unfolded batch gets, and how many wait.</summary>
internal sealed class FoldingRow : IBenchRow
{
    private const double MostSeconds = 1;
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(200);

    private const string Pending =
        """
        select count(*), coalesce(extract(epoch from clock_timestamp() - min(b.recorded_at)), 0)::double precision, (select count(*) from rollup_pending)
        from journal_lane l
        left join rollup_cursor c using (source_id, lane)
        cross join lateral (
            select recorded_at from ledger_batch b where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(c.folded_seq, 0) offset 0) b
        """;

    private readonly record struct Sample(long Batches, double LagSeconds, long Deltas);

    public string Name => "folding";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var ledger = await bench.IngestAsync(cancellationToken);
        var samples = new List<Sample>();
        var (rates, after) = (new List<double>(), new List<double>());
        for (var run = 0; run < bench.Options.Runs; run++)
        {
            var load = new BatchLoad(ledger, bench.Text(IdKind.TimeOrdered), bench.Options.Events);
            await ledger.QuietAsync(cancellationToken);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sampling = SampleAsync(ledger.Database, samples, ended.Token);
            rates.Add((await Task.Factory.StartNew(load.Send, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).Rate);
            await ended.CancelAsync();
            await sampling;
            after.Add((await ledger.QuietAsync(cancellationToken)).TotalSeconds);
        }

        var lags = samples.Select(s => s.LagSeconds).Order().ToArray();
        bench.Report.Add(new ResultRow(
            "folding, while batches come in", FormattableString.Invariant($"lag p95 {Spread.Percentile(lags, 0.95):0.00} s, at most {lags[^1]:0.00} s; pending at most {samples.Max(s => s.Batches):N0} batches, {samples.Max(s => s.Deltas):N0} deltas; all folded {Spread.Of(after).Text("0.00")} s after the last answer"),
            $"ingest at {Spread.Of(rates).Text("N0")} events/s", "-", FormattableString.Invariant($"lag under {MostSeconds} s, pending bounded"), lags[^1] < MostSeconds));
    }

    private static async Task SampleAsync(NpgsqlDataSource database, List<Sample> samples, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Pending, connection);
        while (!cancellationToken.IsCancellationRequested)
        {
            await using (var row = await command.ExecuteReaderAsync(CancellationToken.None))
            {
                await row.ReadAsync(CancellationToken.None);
                samples.Add(new Sample(row.GetInt64(0), row.GetDouble(1), row.GetInt64(2)));
            }

            await Task.Delay(SampleInterval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
