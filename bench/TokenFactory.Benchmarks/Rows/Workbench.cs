using TokenFactory.Benchmarks.Figures;
using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;
using TokenFactory.Benchmarks.Yardsticks;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>What the rows share: the server, the ledger that events are sent to, and the report.</summary>
internal sealed class Workbench(BenchServer server, BenchOptions options, Report report) : IAsyncDisposable
{
    // Until the runtime has compiled what is hot for good.
    private const int WarmUpEvents = 200_000;
    private readonly List<BenchLedger> _ledgers = [];
    private readonly FigureLedger?[] _figures = new FigureLedger?[2];
    private BenchLedger? _ingest;

    public BenchServer Server => server;

    public BenchOptions Options => options;

    public Report Report => report;

    /// <summary>The ledger of the rows that send events; warm, with the yardstick's tables beside it.</summary>
    public async Task<BenchLedger> IngestAsync(CancellationToken cancellationToken)
    {
        if (_ingest is not null)
            return _ingest;
        var ledger = await StartWarmAsync("bench_ingest", cancellationToken);
        await IdenticalTables.MakeAsync(ledger.Database, cancellationToken);
        // What the warm-up wrote is in the yardstick's tables too: both sides' indexes grow alike.
        new CopyYardstick(ledger.Database, server.ProcessId).Run(await RecordedRows.ReadAsync(ledger.Database, 0, cancellationToken));
        return _ingest = ledger;
    }

    /// <summary>A ledger to send events to, on a service that has recorded some.</summary>
    public async Task<BenchLedger> StartWarmAsync(string name, CancellationToken cancellationToken)
    {
        var ledger = await StartLedgerAsync(name, cancellationToken);
        await ledger.RegisterAsync();
        var events = Math.Min(WarmUpEvents, options.Events);
        foreach (var ids in Enum.GetValues<IdKind>())
            new BatchLoad(ledger, Text(ids), events).Send();
        new SingleLoad(ledger, Text(IdKind.TimeOrdered), (int)events / 4).Send();
        await ledger.QuietAsync(cancellationToken);
        return ledger;
    }

    /// <summary>The ledgers that figures are asked of.</summary>
    /// <param name="isLarge">With all of <see cref="BenchOptions.Entries"/>; else with a tenth.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<FigureLedger> FiguresAsync(bool isLarge, CancellationToken cancellationToken)
    {
        var (name, entries) = isLarge ? ("bench_figures", options.Entries) : ("bench_figures_small", options.Entries / 10);
        return _figures[isLarge ? 1 : 0] ??= await FigureLedger.MakeAsync(this, name, entries, cancellationToken);
    }

    /// <summary>A ledger whose books are looked at in the end.</summary>
    public async Task<BenchLedger> StartLedgerAsync(string name, CancellationToken cancellationToken)
    {
        var ledger = await BenchLedger.StartAsync(server, options, name, cancellationToken);
        _ledgers.Add(ledger);
        return ledger;
    }

    public EventText Text(IdKind ids) => new(ids, options.IsDeclared);

    /// <summary>The books of every ledger.</summary>
    /// <returns>Whether each balances and shows what was sent.</returns>
    public async Task<bool> CheckBooksAsync()
    {
        var isRight = true;
        foreach (var ledger in _ledgers)
        {
            var (text, isThis) = await ledger.CheckBooksAsync();
            report.Note($"Books of {text}");
            isRight &= isThis;
        }

        return isRight;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ledger in _ledgers)
            await ledger.DisposeAsync();
    }
}
