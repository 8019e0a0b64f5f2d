using System.Diagnostics.Metrics;

namespace TokenFactory.Api.Ledger;

/// <summary>What the journal counts: events by outcome, batch sizes, time to commit.</summary>
internal sealed class LedgerMetrics
{
    public const string MeterName = "TokenFactory.Ledger";

    private readonly Counter<long> _events;
    private readonly Histogram<int> _batchEvents;
    private readonly Histogram<double> _commitSeconds;

    public LedgerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("tokenfactory.ledger.events", "{event}", "Events received, by outcome.");
        _batchEvents = meter.CreateHistogram("tokenfactory.ledger.batch.events", "{event}", "Events in one journal transaction.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000] });
        _commitSeconds = meter.CreateHistogram("tokenfactory.ledger.commit.duration", "s", "From the start of a journal transaction to its commit.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] });
    }

    public void Committed(in BatchCounts counts, double seconds)
    {
        Add(counts.Accepted, "accepted");
        Add(counts.Duplicate, "duplicate");
        Add(counts.Conflict, "conflict");
        Add(counts.Rejected, "rejected");
        Add(counts.Quarantined, "quarantined");
        _batchEvents.Record(counts.Received);
        _commitSeconds.Record(seconds);
    }

    private void Add(int count, string outcome)
    {
        if (count > 0)
            _events.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }
}

/// <summary>received = accepted + duplicate + conflict + rejected + quarantined.</summary>
internal readonly record struct BatchCounts(int Accepted, int Duplicate, int Conflict, int Rejected, int Quarantined)
{
    public int Received => Accepted + Duplicate + Conflict + Rejected + Quarantined;
}
