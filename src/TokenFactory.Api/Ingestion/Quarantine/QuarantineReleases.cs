using System.Security.Claims;
using System.Text.Json;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Reads what was held back again, by the profiles, names and prices of today, and records what can be read as ordinary events: under its own
/// id and fingerprint, so that it is in the ledger at most once however often it is sent or released.
/// </summary>
internal sealed class QuarantineReleases(
    QuarantineReader quarantine, QuarantineDecisions decisions, ReportedUsageReader reader, IngestPipeline pipeline, CatalogCache catalog)
{
    // Each step is a transaction of its own, and a discard waits no longer than one.
    private const int StepEvents = 500;

    /// <summary>Releases one event.</summary>
    /// <param name="user">Whose key releases it.</param>
    /// <param name="held">The event.</param>
    /// <param name="reading">What was decided about it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The event as it stood before, and how it is read now; null: nothing was to be done, because it is decided or its id is taken.</returns>
    public async Task<(HeldEvent Held, IngestItem? Item)> ReleaseAsync(
        ClaimsPrincipal user, HeldEvent held, ReportedUsageReading reading, CancellationToken cancellationToken)
    {
        await catalog.CatchUpAsync(cancellationToken);
        await using var _ = await decisions.BeginReleaseAsync(held.SourceId, cancellationToken);
        held = await quarantine.FindAsync(held.Event.Id, cancellationToken) ?? held;
        if (held.Event is not { Status: QuarantineStatus.Open, IdTaken: false })
            return (held, null);
        var item = Read(held, 0, reading);
        if (item is { Violations.Any: false, Quarantine: null })
            await pipeline.ReleaseAsync(user, [item], cancellationToken);
        return (held, item);
    }

    /// <summary>Releases every open event of a source that can be read now, the oldest first.</summary>
    /// <param name="user">Whose key releases them.</param>
    /// <param name="sourceId">The source.</param>
    /// <param name="last">The last number to look at.</param>
    /// <param name="filter">Which events, of this source.</param>
    /// <param name="reading">What was decided about them.</param>
    /// <param name="count">Counts what became of each.</param>
    /// <param name="cancellationToken">Ends the walk between two steps; what is released is released.</param>
    public async Task ReleaseAllAsync(
        ClaimsPrincipal user, long sourceId, long last, QuarantineFilter filter, ReportedUsageReading reading, ReleaseCount count, CancellationToken cancellationToken)
    {
        for (var after = 0L; after < last;)
        {
            await catalog.CatchUpAsync(cancellationToken);
            await using var _ = await decisions.BeginReleaseAsync(sourceId, cancellationToken);
            var step = await quarantine.WalkAsync(filter, after, last, StepEvents, cancellationToken);
            if (step.Count == 0)
                return;
            after = step[^1].Event.Id;
            var items = step.Where(h => !h.Event.IdTaken).Select((h, index) => Read(h, index, reading)).ToList();
            // Of two that were held back under one id the older is recorded: the other then meets other content.
            await pipeline.ReleaseAsync(user, [.. items.Where(i => i is { Violations.Any: false, Quarantine: null })], cancellationToken);
            count.Conflict += step.Count - items.Count;
            foreach (var item in items)
                count.Add(item);
        }
    }

    private IngestItem Read(HeldEvent held, int index, ReportedUsageReading reading)
    {
        var item = reader.Read(index, ReportedUsage.FromBytes(JsonSerializer.SerializeToUtf8Bytes(held.Event.Payload)), reading);
        item.Sent.HeldFingerprint = held.Fingerprint;
        // What still can't be recorded leaves no name in the catalog.
        if (catalog.Current.FindProducer(item.Sent.Producer) is null && !catalog.Registers(new CatalogAdditions { Producers = { item.Sent.Producer } }))
            item.Quarantine ??= new FieldError("/provider", EventRater.UnknownProducer.Code, EventRater.UnknownProducer.Detail);
        if (item.IsEmpty)
            item.Quarantine ??= new FieldError("/response", "no_tokens", "As it is read now it reports no tokens: there is nothing to record.");
        return item;
    }
}

/// <summary>What became of the events that a release looked at.</summary>
internal sealed class ReleaseCount
{
    private readonly Dictionary<(string Code, string Detail), long> _reasons = [];

    public long Released { get; private set; }

    public long Conflict { get; set; }

    public long StillHeld { get; private set; }

    /// <summary>The most first.</summary>
    public IEnumerable<StillHeldReason> Reasons => _reasons.OrderByDescending(r => r.Value).ThenBy(r => r.Key.Code, StringComparer.Ordinal)
        .ThenBy(r => r.Key.Detail, StringComparer.Ordinal).Select(r => new StillHeldReason { Code = r.Key.Code, Detail = r.Key.Detail, Events = r.Value });

    public void Add(IngestItem item)
    {
        switch (item.Outcome)
        {
            // A duplicate was released by somebody else meanwhile, or sent again.
            case EventOutcome.Accepted or EventOutcome.Duplicate:
                Released++;
                break;
            case EventOutcome.Conflict:
                Conflict++;
                break;
            default:
                StillHeld++;
                var reason = item.Quarantine ?? item.Violations.First;
                var key = (reason.Code, _reasons.Count < QuarantineReleaseAnswer.MaxReasons ? $"{reason.Pointer}: {reason.Detail}" : "");
                _reasons[key] = _reasons.GetValueOrDefault(key) + 1;
                break;
        }
    }
}
