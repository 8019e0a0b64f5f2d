using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>One event of a request on its way through validation, rating and the ledger.</summary>
internal sealed class IngestItem(int index, UsageEvent sent, EventViolations violations)
{
    /// <summary>The event's place in the body, from 0; blank lines do not count. Of a CSV file the row's number, from 1.</summary>
    public int Index { get; } = index;

    public UsageEvent Sent { get; } = sent;

    public EventViolations Violations { get; } = violations;

    /// <summary>The source's id; 0 while it is not known, or when the key may not write for it.</summary>
    public long SourceId { get; set; }

    /// <summary>What its names stand for, once a catalog knew all of them.</summary>
    public EventNames? Names { get; set; }

    /// <summary>Null until the event is rated, and for one that is refused.</summary>
    public LedgerEvent? Rated { get; set; }

    /// <summary>What the ledger's lines were made from, in their order: what decided each price.</summary>
    public RatedLine[] Lines { get; set; } = [];

    /// <summary>The producer's id that the event's name stands for; null where it stands for none.</summary>
    public string? Producer { get; set; }

    /// <summary>The model's published name; null where the producer is not known.</summary>
    public string? Model { get; set; }

    /// <summary>The service tier that it counts for, once it is rated: its own, else that of its model's name.</summary>
    public ServiceTier ServiceTier { get; set; }

    /// <summary>The sector that it counts for, once it is rated.</summary>
    public SectorDecision Sector { get; set; }

    /// <summary>Why the event can't be recorded unless it was recorded before.</summary>
    public FieldError? IfNew { get; set; }

    /// <summary>Why its usage can't be read; null: it can.</summary>
    public FieldError? Unreadable { get; set; }

    /// <summary>Why the event is held back, by the catalog that it was rated in last; null: it is not.</summary>
    public FieldError? Quarantine { get; set; }

    /// <summary>A report of no tokens (a request that failed, an answer from the sender's cache): nothing was produced, and nothing is recorded.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>How its counter moves, where it is the growth of one.</summary>
    public MeterMove? Move { get; set; }

    /// <summary>Why a counter's reading adds nothing, and can only be one that was recorded before; null: it may be new.</summary>
    public FieldError? CounterRefusal { get; set; }

    public EventOutcome Outcome { get; set; }

    /// <summary>Where it is recorded, for an accepted or duplicate event and for the event that a conflict met.</summary>
    public RecordedEvent Recorded { get; set; }

    /// <summary>The first violation, as it is filed.</summary>
    public Refusal ToRefusal() => ToRefusal(Violations.First);

    public Refusal ToRefusal(FieldError violation) => new(
        EventOutcome.Rejected, Sent.Id.Length == 0 ? null : Sent.Id, violation.Code, $"{violation.Pointer}: {violation.Detail}");
}
