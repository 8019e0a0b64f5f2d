using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>The usage that an export holds.</summary>
internal sealed class OtlpUsage
{
    private readonly List<IngestItem> _items = [];

    public IReadOnlyList<IngestItem> Items => _items;

    /// <summary>Spans that report tokens and name no operation: not counted.</summary>
    public int Unnamed { get; set; }

    // Calls that report the same tokens as a call inside them: counted, and told.
    private int _repeated;
    private string? _firstRepeated;

    /// <summary>Notes a call that reports the same tokens as a call inside it: it counts, and its sender should hear of it.</summary>
    /// <param name="id">Its event.</param>
    public void NoteRepeated(string id)
    {
        _repeated++;
        _firstRepeated ??= id;
    }

    /// <summary>Whether any reports tokens: only then does the source take its usage from this signal.</summary>
    public bool ReportsTokens { get; private set; }

    /// <summary>Adds what is to be recorded.</summary>
    /// <param name="item">The event.</param>
    /// <param name="reportsTokens">Whether it reports tokens.</param>
    public void Add(IngestItem item, bool reportsTokens)
    {
        _items.Add(item);
        ReportsTokens |= reportsTokens && !item.Violations.Any && !item.IsEmpty;
    }

    public static IngestItem Refused(int index, string source, string pointer, string code, string detail)
    {
        var violations = new EventViolations();
        violations.Add(pointer, code, detail);
        return new IngestItem(index, new UsageEvent { Source = source }, violations);
    }

    /// <summary>How many were not taken, once all are recorded.</summary>
    public int Rejected => _items.Count(i => i.Outcome is EventOutcome.Rejected or EventOutcome.Conflict);

    /// <summary>What whoever sent it should know, in one text; empty: all was taken.</summary>
    /// <param name="noun">What an item is called: <c>spans</c>, <c>data points</c>.</param>
    public string Notes(string noun)
    {
        var notes = _items.Where(i => i.Outcome is EventOutcome.Rejected or EventOutcome.Conflict or EventOutcome.Quarantined && i.Violations.Any)
            .GroupBy(i => (IsHeldBack: i.Outcome == EventOutcome.Quarantined, i.Violations.First.Code, i.Violations.First.Detail))
            .Select(g => $"{g.Count()} {noun} {(g.Key.IsHeldBack ? "are held back" : "were rejected")} ({g.Key.Code}): {g.Key.Detail}")
            .Take(8).ToList();
        if (Unnamed > 0)
        {
            notes.Add($"{Unnamed} {noun} report tokens without {OtlpFacts.OperationName} and were not counted: only the call of a model is, "
                + "and without the name of an operation it can't be told from an agent's or a workflow's span.");
        }

        if (_repeated > 0)
        {
            notes.Add($"{_repeated} {noun} report the same tokens as a call inside them, and both were counted: the first is {_firstRepeated}. If it only wraps "
                + "that call, let one of the two libraries not report it, and reverse the event.");
        }

        return string.Join(' ', notes);
    }
}
