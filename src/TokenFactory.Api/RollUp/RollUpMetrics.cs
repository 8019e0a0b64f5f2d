using System.Diagnostics.Metrics;

namespace TokenFactory.Api.RollUp;

/// <summary>What the aggregator counts: folded batches, how old the oldest of them was, and what is still to be folded.</summary>
internal sealed class RollUpMetrics
{
    public const string MeterName = "TokenFactory.RollUp";

    private readonly Counter<long> _batches;
    private readonly Histogram<double> _lagSeconds;
    private long _pendingBatches;
    private long _pendingDeltas;
    private double _unfoldedSeconds;
    private double _unsealedSeconds;

    public RollUpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _batches = meter.CreateCounter<long>("tokenfactory.rollup.folded.batches", "{batch}", "Journal batches folded into cells.");
        _lagSeconds = meter.CreateHistogram("tokenfactory.rollup.fold.lag", "s", "Age of the oldest batch of a fold when the fold was committed.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600] });
        meter.CreateObservableGauge("tokenfactory.rollup.pending.batches", () => Interlocked.Read(ref _pendingBatches), "{batch}",
            "Journal batches that are committed but not folded yet, as of the last look.");
        meter.CreateObservableGauge("tokenfactory.rollup.pending.deltas", () => Interlocked.Read(ref _pendingDeltas), "{delta}",
            "Deltas of those batches, as of the last look.");
        meter.CreateObservableGauge("tokenfactory.rollup.pending.age", () => Volatile.Read(ref _unfoldedSeconds), "s",
            "Age of the oldest of those batches, as of the last look.");
        meter.CreateObservableGauge("tokenfactory.ledger.unsealed.age", () => Volatile.Read(ref _unsealedSeconds), "s",
            "Age of the oldest batch that no checkpoint covers, as of the last look.");
    }

    public void Folded(in FoldResult fold, DateTimeOffset now)
    {
        _batches.Add(fold.Batches);
        if (fold.OldestRecordedAt is { } oldest)
            _lagSeconds.Record(Math.Max(0, (now - oldest).TotalSeconds));
    }

    public void Pending(long batches, long deltas, double unfoldedSeconds, double unsealedSeconds)
    {
        Volatile.Write(ref _unfoldedSeconds, Math.Max(0, unfoldedSeconds));
        Volatile.Write(ref _unsealedSeconds, Math.Max(0, unsealedSeconds));
        Interlocked.Exchange(ref _pendingBatches, batches);
        Interlocked.Exchange(ref _pendingDeltas, deltas);
    }
}
