using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>A card of the catalog, as an import finds it.</summary>
/// <param name="Id">Its number; null: this import adds it.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">The end that is known of it; null: open, until the next begins.</param>
/// <param name="Content">What it says, as one text: equal for equal prices.</param>
/// <param name="MayBeSuperseded">Whether this import may put another card in its place from an instant on.</param>
internal sealed record KnownCard(long? Id, DateTimeOffset From, DateTimeOffset? To, string Content, bool MayBeSuperseded = true);

/// <summary>A card of the catalogue that is imported.</summary>
/// <param name="Card">As it was read.</param>
/// <param name="Content">As of <see cref="KnownCard"/>.</param>
internal sealed record CatalogueCard(ImportedCard Card, string Content)
{
    public DateTimeOffset? From => Card.EffectiveFrom;

    public DateTimeOffset? To => Card.EffectiveTo;

    public bool Overlaps(CatalogueCard other) =>
        (From ?? DateTimeOffset.MinValue) < (other.To ?? DateTimeOffset.MaxValue) && (other.From ?? DateTimeOffset.MinValue) < (To ?? DateTimeOffset.MaxValue);

    public bool HoldsAt(DateTimeOffset instant) => (From is not { } from || from <= instant) && (To is not { } to || to > instant);
}

/// <summary>What becomes of an imported card.</summary>
internal enum ImportOutcome
{
    /// <summary>The catalog says so already.</summary>
    Unchanged,

    /// <summary>A new version, from an instant on. A card that was open until then ends there.</summary>
    Added,

    /// <summary>A card that the catalog has ends earlier than was known.</summary>
    Ended,

    /// <summary>It can't be placed, or contradicts what is known: nothing is changed, and it is listed.</summary>
    Refused,
}

/// <summary>One step of an import.</summary>
internal sealed record ImportStep(CatalogueCard Card, ImportOutcome Outcome)
{
    /// <summary>Of an added card: when it begins, and its end where it has one. Of an ended card: its new end.</summary>
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }

    /// <summary>The card that was in force until then; that ends; or that is in the way.</summary>
    public KnownCard? Other { get; init; }

    /// <summary>Its beginning is assumed, not known.</summary>
    public bool IsAssumed { get; init; }
    public string? Code { get; init; }
    public string? Detail { get; init; }
}

/// <summary>
/// Places the cards that a catalogue has of one model and tier among those that are known. Pure. A version is added, never changed: what is
/// already said stays unchanged, so that a second import of the same catalogue does nothing.
/// </summary>
internal sealed class ImportPlan
{
    // The instant before an end, as PostgreSQL keeps instants.
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    private readonly List<KnownCard> _cards;
    private readonly List<ImportStep> _steps = [];
    private readonly DateTimeOffset _observedAt;
    private readonly DateTimeOffset? _assumedStart;
    private readonly IReadOnlyList<CatalogueCard> _catalogue;

    private ImportPlan(IEnumerable<KnownCard> known, IReadOnlyList<CatalogueCard> catalogue, DateTimeOffset observedAt, DateTimeOffset? assumedStart)
    {
        _cards = [.. known.OrderBy(c => c.From)];
        _catalogue = catalogue;
        _observedAt = observedAt;
        _assumedStart = assumedStart;
    }

    /// <param name="known">The cards of the scope that are not withdrawn.</param>
    /// <param name="catalogue">What the catalogue says of it, in the order of the file. Where two prices of one instant differ, the first counts.</param>
    /// <param name="observedAt">When the catalogue was read: a price without a beginning is known from then on.</param>
    /// <param name="assumedStart">From when such a price is to be assumed, where nothing is known of the scope; null: nothing is assumed.</param>
    public static IReadOnlyList<ImportStep> For(
        IEnumerable<KnownCard> known, IReadOnlyList<CatalogueCard> catalogue, DateTimeOffset observedAt, DateTimeOffset? assumedStart)
    {
        var steps = new List<ImportStep>();
        var distinct = new List<CatalogueCard>();
        foreach (var card in catalogue)
        {
            if (distinct.Find(card.Overlaps) is not { } first)
                distinct.Add(card);
            else if (first.Content == card.Content)
                steps.Add(new ImportStep(card, ImportOutcome.Unchanged));
            else
                steps.Add(new ImportStep(card, ImportOutcome.Refused) { Code = "differs", Detail = $"The file has another price of the same model and time at {first.Card.Where}, maybe under another name of the producer: the first counts." });
        }

        var plan = new ImportPlan(known, distinct, observedAt, assumedStart);
        // What one card adds may leave another uncovered: until nothing is added any more, as it would be by importing again.
        while (plan.Pass())
            steps.AddRange(plan._steps.Where(s => s.Outcome is ImportOutcome.Added or ImportOutcome.Ended));
        var changed = steps.Select(s => s.Card).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. steps, .. plan._steps.Where(s => s.Outcome == ImportOutcome.Refused || !changed.Contains(s.Card))];
    }

    /// <returns>Whether it changes anything.</returns>
    private bool Pass()
    {
        _steps.Clear();
        var isNew = _cards.Count == 0;
        foreach (var card in _catalogue.OrderBy(c => c.From ?? DateTimeOffset.MinValue).ThenBy(c => c.To ?? DateTimeOffset.MaxValue))
        {
            if (card.From is { } from)
                Place(card, from, card.To, isAssumed: false);
            else
                PlaceUndated(card, isNew);
        }

        AgreeAtObservation();
        return _steps.Exists(s => s.Outcome is ImportOutcome.Added or ImportOutcome.Ended);
    }

    private void PlaceUndated(CatalogueCard card, bool isNew)
    {
        // What it says of the last instant that it is known to hold at.
        var at = card.To is { } to && to <= _observedAt ? to - Microsecond : _observedAt;
        if (CoverAt(at) is { } cover && cover.Content == card.Content)
        {
            Keep(card, cover);
            return;
        }

        var start = isNew && _assumedStart < at ? _assumedStart.Value : at;
        if (start == at && at < _observedAt)
        {
            Refuse(card, null, "unknown_start", "Nobody says from when this price held, and it held no more when it was read. Send assume_start to say from when to assume it.");
            return;
        }

        Place(card, start, card.To, isAssumed: start < at);
    }

    private void Place(CatalogueCard card, DateTimeOffset from, DateTimeOffset? to, bool isAssumed)
    {
        var cover = CoverAt(from);
        if (cover?.Content == card.Content)
        {
            Keep(card, cover);
            return;
        }

        if (_cards.Find(c => c.From == from) is { } same)
        {
            Refuse(card, same, "differs", $"{Name(same)} of this instant says otherwise. Replace it where the catalogue is right.");
            return;
        }

        if (cover is { MayBeSuperseded: false })
        {
            Refuse(card, cover, "another_source", $"{Name(cover)}, of another source, holds then and says otherwise. Send supersede=all to put this list's price in its place.");
            return;
        }

        if (cover?.To > from)
        {
            Refuse(card, cover, "overlap", $"{Name(cover)} is in the way: it holds to {UtcInstantConverter.Text(cover.To.Value)}.");
            return;
        }

        // Where another card begins before its end, that one is known better.
        if (_cards.Exists(c => c.From > from && c.From < to))
            to = null;
        Add(card, from, to, cover, isAssumed);
    }

    // The catalogue may know that a card which is open here has come to an end, with nothing after it.
    private void Keep(CatalogueCard card, KnownCard cover)
    {
        if (card.To is { } to && cover is { Id: not null, To: null } && !_catalogue.Any(c => c.From == to)
            && !_cards.Exists(c => c.From > cover.From && c.From <= to))
        {
            _cards[_cards.IndexOf(cover)] = cover with { To = to };
            _steps.Add(new ImportStep(card, ImportOutcome.Ended) { To = to, Other = cover });
            return;
        }

        _steps.Add(new ImportStep(card, ImportOutcome.Unchanged) { Other = cover });
    }

    // Whatever is known of before: at the moment when the catalogue was read its prices hold.
    private void AgreeAtObservation()
    {
        if (_catalogue.Where(c => c.HoldsAt(_observedAt)).MaxBy(c => c.From ?? DateTimeOffset.MinValue) is not { } holds
            || _steps.Exists(s => ReferenceEquals(s.Card, holds) && s.Outcome == ImportOutcome.Refused))
        {
            return;
        }

        if (CoverAt(_observedAt) is not { } cover || cover.Content != holds.Content)
            Place(holds, _observedAt, holds.To, isAssumed: false);
    }

    private void Add(CatalogueCard card, DateTimeOffset from, DateTimeOffset? to, KnownCard? cover, bool isAssumed)
    {
        var added = new KnownCard(null, from, to, card.Content);
        _cards.Insert(_cards.FindLastIndex(c => c.From < from) + 1, added);
        _steps.Add(new ImportStep(card, ImportOutcome.Added) { From = from, To = to, Other = cover, IsAssumed = isAssumed });
    }

    private void Refuse(CatalogueCard card, KnownCard? inTheWay, string code, string detail) =>
        _steps.Add(new ImportStep(card, ImportOutcome.Refused) { Other = inTheWay, Code = code, Detail = detail });

    private KnownCard? CoverAt(DateTimeOffset instant) => _cards.FindLast(c => c.From <= instant) is { } card && !(card.To <= instant) ? card : null;

    private static string Name(KnownCard card) => card.Id is { } id ? $"The rate card {id}" : "Another card of the catalogue";
}
