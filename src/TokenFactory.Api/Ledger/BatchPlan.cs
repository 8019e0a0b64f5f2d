namespace TokenFactory.Api.Ledger;

/// <summary>An identity that the ledger already holds.</summary>
internal readonly record struct KnownIdentity(byte[] Fingerprint, DateTimeOffset RecordedAt, long BatchId, int FirstEntryNo, int EntryCount);

/// <summary>An event that is held back already.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Fingerprint">Its fingerprint, in hexadecimal.</param>
internal readonly record struct HeldBack(string EventId, string Fingerprint);

/// <summary>
/// What one transaction will write and answer, decided from its postings and the identities known so far. Pure: it is made again when a
/// race shows that more identities are known.
/// </summary>
internal sealed class BatchPlan
{
    private static readonly KnownIdentity Nowhere = new([], default, 0, 0, 0);

    private readonly RecordedEvent[][] _outcomes;
    private readonly List<NewEvent> _newEvents = [];
    private readonly List<Refusal> _refusals = [];
    private readonly List<LedgerEvent> _quarantined = [];
    private readonly List<MeterMove> _moves = [];
    private readonly HashSet<HeldBack> _heldBack;
    private readonly bool[] _refused;
    private int _duplicates;

    private BatchPlan(IReadOnlyList<PendingPosting> postings, IEnumerable<HeldBack> heldBack)
    {
        _heldBack = [.. heldBack];
        _outcomes = [.. postings.Select(p => new RecordedEvent[p.Posting.Events.Count])];
        _refused = new bool[postings.Count];
    }

    /// <summary>A new event with the number of its first entry in the batch.</summary>
    internal readonly record struct NewEvent(LedgerEvent Event, int FirstEntryNo);

    /// <summary>What to insert, sorted by event id so that overlapping transactions wait for each other instead of deadlocking.</summary>
    public IReadOnlyList<NewEvent> NewEvents => _newEvents;

    public IReadOnlyList<Refusal> Refusals => _refusals;

    /// <summary>Events that can't be read, to be held back.</summary>
    public IReadOnlyList<LedgerEvent> Quarantined => _quarantined;

    /// <summary>How counters move: by new events, and by readings that are refused because their tokens are told elsewhere.</summary>
    public IReadOnlyList<MeterMove> Moves => _moves;

    public int EntryCount { get; private set; }

    public BatchCounts Counts { get; private set; }

    public PostingResult ResultOf(int posting) => new(_outcomes[posting], _refused[posting]);

    /// <param name="postings">Postings of one source and kind; an atomic one alone.</param>
    /// <param name="known">Identities of this source that are already recorded.</param>
    /// <param name="heldBack">Events of this source that are held back already.</param>
    /// <param name="recordedAt">The transaction's instant of recording.</param>
    /// <param name="batchId">The transaction's batch id.</param>
    public static BatchPlan For(
        IReadOnlyList<PendingPosting> postings, IReadOnlyDictionary<string, KnownIdentity> known, IEnumerable<HeldBack> heldBack,
        DateTimeOffset recordedAt, long batchId)
    {
        var plan = new BatchPlan(postings, heldBack);
        var slots = SortedSlots(postings);
        for (var i = 0; i < slots.Length;)
        {
            var next = i + 1;
            while (next < slots.Length && slots[next].Event.EventId == slots[i].Event.EventId)
                next++;
            plan.Decide(slots.AsSpan(i, next - i), known.TryGetValue(slots[i].Event.EventId, out var recorded) ? recorded : null, recordedAt, batchId);
            i = next;
        }

        foreach (var pending in postings)
            plan._refusals.AddRange(pending.Posting.Refusals);
        if (postings is [{ Posting.Atomic: true }] && plan.HasRefusals)
            plan.RefuseAll(slots, postings[0].Posting, batchId);
        // What the ledger itself posts is no event that came in: it is answered, and tried again by whoever posts it.
        if (postings[0].Posting.Kind == BatchKind.Ingest)
            plan.Count();
        else
            plan._refusals.Clear();
        return plan;
    }

    // What is held back is not refused.
    private bool HasRefusals => _refusals.Exists(r => r.Outcome != EventOutcome.Quarantined);

    private readonly record struct Slot(int Posting, int Index, LedgerEvent Event);

    // Arrival order decides between two events with one id: the sort must keep it.
    private static Slot[] SortedSlots(IReadOnlyList<PendingPosting> postings)
    {
        var slots = new List<Slot>();
        for (var p = 0; p < postings.Count; p++)
        {
            var events = postings[p].Posting.Events;
            for (var e = 0; e < events.Count; e++)
                slots.Add(new Slot(p, e, events[e]));
        }

        var sorted = slots.ToArray();
        Array.Sort(sorted, static (a, b) =>
        {
            var byId = string.CompareOrdinal(a.Event.EventId, b.Event.EventId);
            if (byId != 0)
                return byId;
            var byPosting = a.Posting.CompareTo(b.Posting);
            return byPosting != 0 ? byPosting : a.Index.CompareTo(b.Index);
        });
        return sorted;
    }

    private void Decide(ReadOnlySpan<Slot> sameId, KnownIdentity? first, DateTimeOffset recordedAt, long batchId)
    {
        foreach (var slot in sameId)
        {
            var sent = slot.Event;
            if (first is null && sent.IfNew is { } refusal)
            {
                _refusals.Add(refusal);
                Move(sent);
                Answer(slot, EventOutcome.Rejected, Nowhere);
            }
            else if (first is null && sent.Quarantine is { } held)
            {
                HoldBack(slot, held);
            }
            else if (first is null)
            {
                first = new KnownIdentity(sent.Fingerprint, recordedAt, batchId, EntryCount, sent.Lines.Length);
                _newEvents.Add(new NewEvent(sent, EntryCount));
                Move(sent);
                EntryCount += sent.Lines.Length;
                Answer(slot, EventOutcome.Accepted, first.Value);
            }
            else if (sent.Fingerprint.AsSpan().SequenceEqual(first.Value.Fingerprint))
            {
                _duplicates++;
                Answer(slot, EventOutcome.Duplicate, first.Value);
            }
            else
            {
                _refusals.Add(new Refusal(EventOutcome.Conflict, sent.EventId, "content_conflict",
                    "An event with this id and other content is recorded already.", sent.Fingerprint));
                Answer(slot, EventOutcome.Conflict, first.Value);
            }
        }
    }

    private void Move(LedgerEvent sent)
    {
        if (sent.Move is { } move)
            _moves.Add(move);
    }

    // An event that can't be read claims no identity: the sender may still send a readable one under this id. The same again is a duplicate.
    private void HoldBack(Slot slot, QuarantinedUsage held)
    {
        var sent = slot.Event;
        if (_heldBack.Add(new HeldBack(sent.EventId, Convert.ToHexString(sent.Fingerprint))))
        {
            _quarantined.Add(sent);
            _refusals.Add(new Refusal(EventOutcome.Quarantined, sent.EventId, held.Code, held.Detail, sent.Fingerprint));
        }
        else
        {
            _duplicates++;
        }

        Answer(slot, EventOutcome.Quarantined, Nowhere);
    }

    private void Answer(Slot slot, EventOutcome outcome, KnownIdentity at) =>
        _outcomes[slot.Posting][slot.Index] = new RecordedEvent(outcome, at.RecordedAt, at.BatchId, at.FirstEntryNo, at.EntryCount);

    // What was recorded before stays a duplicate; what repeats an event of this batch repeats nothing.
    private void RefuseAll(Slot[] slots, Posting posting, long batchId)
    {
        _refused[0] = true;
        _newEvents.Clear();
        _moves.Clear();
        EntryCount = 0;
        foreach (var slot in slots)
        {
            ref var outcome = ref _outcomes[0][slot.Index];
            if (outcome.Outcome is not (EventOutcome.Accepted or EventOutcome.Duplicate) || outcome.BatchId != batchId)
                continue;
            if (outcome.Outcome == EventOutcome.Duplicate)
                _duplicates--;
            outcome = new RecordedEvent(EventOutcome.Rejected, default, 0, 0, 0);
            _refusals.Add(new Refusal(EventOutcome.Rejected, slot.Event.EventId, "atomic_refused",
                $"Another event of the same atomic batch of {posting.Events.Count + posting.Refusals.Count} was refused."));
        }
    }

    private void Count()
    {
        var byOutcome = _refusals.CountBy(r => r.Outcome).ToDictionary();
        Counts = new BatchCounts(_newEvents.Count, _duplicates, byOutcome.GetValueOrDefault(EventOutcome.Conflict),
            byOutcome.GetValueOrDefault(EventOutcome.Rejected), byOutcome.GetValueOrDefault(EventOutcome.Quarantined));
    }
}
