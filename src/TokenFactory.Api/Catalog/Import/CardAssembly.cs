using System.Diagnostics;
using System.Text.Json;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// Puts the rows of a catalogue together to cards, and keeps count of each: what comes in goes out in a card, as a refused row or as a
/// repetition. The same for all formats, so that the rules are the same.
/// </summary>
internal sealed class CardAssembly
{
    private readonly List<ImportedCard> _cards = [];
    private readonly List<RefusedRow> _refused = [];
    private readonly Dictionary<(string Producer, string Model), string> _known = [];
    private int _read;
    private int _repeated;

    /// <summary>A row that is in no card.</summary>
    public void Refuse(string where, string code, string detail)
    {
        _read++;
        _refused.Add(new RefusedRow(where, code, detail));
    }

    /// <summary>A model's prices. A model that the file has twice counts once: the first time.</summary>
    public void Add(CatalogueEntry entry)
    {
        _read += entry.Rows.Count(row => !row.IsCopy);
        var cards = new List<(ImportedCard Card, List<PriceRow> Rows)>();
        foreach (var rows in entry.Rows.GroupBy(row => row.Card))
        {
            if (Card(entry, rows.Key, [.. rows]) is { } card)
                cards.Add(card);
        }

        if (cards.Count == 0)
            return;
        var key = (ProducerNames.Normalize(entry.Producer), entry.Model);
        var content = string.Join('\n', cards.Select(card => Content(card.Card)).Order(StringComparer.Ordinal));
        if (_known.TryAdd(key, content))
            _cards.AddRange(cards.Select(card => card.Card));
        else if (_known[key] == content)
            _repeated += cards.Sum(card => card.Card.Rows);
        else
            RefuseRows(cards.SelectMany(card => card.Rows), RefusalCodes.Repeated, $"The file has other prices of {entry.Model} further above.");
    }

    public ImportedPrices Complete()
    {
        var prices = new ImportedPrices { RowsRead = _read, RowsRepeated = _repeated, Cards = _cards, Refused = _refused };
        return _cards.Sum(card => card.Rows) + _refused.Count + _repeated == _read
            ? prices
            : throw new UnreachableException("A price of the catalogue was lost or counted twice.");
    }

    private (ImportedCard Card, List<PriceRow> Rows)? Card(CatalogueEntry entry, CardTerms terms, List<PriceRow> rows)
    {
        var rates = new SortedDictionary<TokenClass, RateTerms>();
        var unread = new HashSet<TokenClass>(Enum.GetValues<TokenClass>().Where(c => entry.IsUnread(terms, c, out _)));
        var kept = new List<PriceRow>();
        foreach (var ofClass in rows.GroupBy(row => row.TokenClass))
        {
            if (entry.IsUnread(terms, ofClass.Key, out var where))
            {
                RefuseRows(ofClass, RefusalCodes.Incomplete, $"Another part of the price, at {where}, can't be read.");
                continue;
            }

            var single = WithoutRepetitions(ofClass);
            if (Rate(ofClass.Key, single) is { } rate)
            {
                rates.Add(ofClass.Key, rate);
                kept.AddRange(single);
            }
            else
            {
                unread.Add(ofClass.Key);
                RefuseRows(single, RefusalCodes.NoBasePrice, "The price holds above a threshold or at some hours, and there is none for the rest.");
            }
        }

        if (rates.Count == 0)
            return null;
        var card = new ImportedCard
        {
            Producer = entry.Producer,
            ProducerName = entry.ProducerName,
            Model = entry.Model,
            ServiceTier = terms.ServiceTier,
            Currency = terms.Currency,
            EffectiveFrom = terms.From,
            EffectiveTo = terms.To,
            Rates = [.. rates.Values],
            Fallbacks = PriceFallbacks.All(rates.ContainsKey, unread.Contains),
            Where = rows[0].CardWhere ?? entry.Where,
            Rows = kept.Count(row => !row.IsCopy),
        };
        return (card, kept);
    }

    /// <summary>One row for each condition: the first. A later one is a repetition if it says the same, else refused.</summary>
    private List<PriceRow> WithoutRepetitions(IEnumerable<PriceRow> rows)
    {
        var first = new Dictionary<(DailyHours?, long?), PriceRow>();
        var single = new List<PriceRow>();
        foreach (var row in rows)
        {
            if (first.TryAdd((row.Hours, row.Above), row))
                single.Add(row);
            else if (first[(row.Hours, row.Above)] is var other && (other.UnitValue, other.Inclusive) == (row.UnitValue, row.Inclusive))
                _repeated += row.IsCopy ? 0 : 1;
            else
                RefuseRows([row], RefusalCodes.Repeated, $"The price is {other.UnitValue} at {other.Where} already.");
        }

        return single;
    }

    /// <summary>Null: a part of it has no base.</summary>
    private static RateTerms? Rate(TokenClass tokenClass, List<PriceRow> rows)
    {
        var steps = rows.GroupBy(row => row.Hours).Select(hours =>
            (Hours: hours.Key, Base: hours.SingleOrDefault(row => row.Above is null), Tiers: Tiers(hours))).ToList();
        if (steps.Exists(step => step.Base is null) || steps.Find(step => step.Hours is null).Base is not { } always)
            return null;
        var windows = steps.Where(step => step.Hours is not null).Select(step => new WindowTerms
        {
            From = step.Hours!.From,
            To = step.Hours.To,
            UnitValue = step.Base!.UnitValue,
            ContextTiers = step.Tiers,
        }).ToList();
        return new RateTerms
        {
            TokenClass = tokenClass,
            UnitValue = always.UnitValue,
            ContextTiers = steps.Find(step => step.Hours is null).Tiers,
            Windows = windows.Count > 0 ? windows : null,
        };
    }

    private static List<ContextTierTerms>? Tiers(IEnumerable<PriceRow> rows)
    {
        var tiers = rows.Where(row => row.Above is not null).OrderBy(row => row.Above)
            .Select(row => new ContextTierTerms { Above = row.Above!.Value, Inclusive = row.Inclusive, UnitValue = row.UnitValue }).ToList();
        return tiers.Count > 0 ? tiers : null;
    }

    private void RefuseRows(IEnumerable<PriceRow> rows, string code, string detail) =>
        _refused.AddRange(rows.Where(row => !row.IsCopy).Select(row => new RefusedRow(row.Where, code, detail)));

    /// <summary>What a card says, without where it says so.</summary>
    private static string Content(ImportedCard card) => JsonSerializer.Serialize(
        new { card.ServiceTier, card.Currency, card.EffectiveFrom, card.EffectiveTo, card.Rates, Fallbacks = card.Fallbacks.Select(f => new[] { f.Key, f.Value }) },
        WireJson.Options);
}
