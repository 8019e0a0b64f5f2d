using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>One event of a request on its way through validation, rating and the ledger.</summary>
internal sealed class IngestItem(int index, UsageEvent sent, EventViolations violations)
{
    /// <summary>The event's place in the body, from 0; blank lines do not count.</summary>
    public int Index { get; } = index;

    public UsageEvent Sent { get; } = sent;

    public EventViolations Violations { get; } = violations;

    /// <summary>The source's id; 0 while it is not known, or when the key may not write for it.</summary>
    public long SourceId { get; set; }

    /// <summary>Null until the event is rated, and for one that is refused.</summary>
    public LedgerEvent? Rated { get; set; }

    public EventOutcome Outcome { get; set; }

    /// <summary>Where it is recorded, for an accepted or duplicate event and for the event that a conflict met.</summary>
    public RecordedEvent Recorded { get; set; }

    public Refusal ToRefusal() => new(EventOutcome.Rejected, Sent.Id.Length == 0 ? null : Sent.Id, Violations.First.Code,
        $"{Violations.First.Pointer}: {Violations.First.Detail}");
}
