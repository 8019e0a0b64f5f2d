using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>All prices of a model from a date on, or at some hours; with neither: always.</summary>
internal sealed class PriceStage
{
    public required string Where { get; init; }
    public DateTimeOffset? From { get; init; }
    public DailyHours? Hours { get; init; }

    /// <summary>Whether it is known when it is in force.</summary>
    public required bool IsReadable { get; init; }

    /// <summary>The prices, without any card's terms.</summary>
    public CatalogueEntry Prices { get; } = new() { Producer = "", Model = "", Where = "" };

    public bool IsUnread(TokenClass tokenClass) => Prices.IsUnread(CardTerms.Undated, tokenClass, out _);

    public bool IsPriced(TokenClass tokenClass) => Prices.Rows.Exists(row => row.TokenClass == tokenClass);
}

/// <summary>
/// Lays a list of stages along time: of those in force at an instant the last counts, and where none is, the first, if it is one of hours.
/// Between two dates at which a stage begins, the last stage that isn't one of hours is the card, and the stages of hours behind it are its windows.
/// </summary>
internal static class PriceStages
{
    /// <summary>Gives the entry the rows of all its cards.</summary>
    /// <returns>The rows that are in none: another stage goes before theirs at any time.</returns>
    public static IReadOnlyList<PriceRow> Lay(IReadOnlyList<PriceStage> stages, CatalogueEntry entry)
    {
        var laid = new HashSet<PriceStage>();
        foreach (var (from, to, always, hours) in Intervals(stages))
            LayCard(entry, new CardTerms(ServiceTier.Standard, "USD", from, to), always, hours, laid);
        return [.. stages.Where(stage => !laid.Contains(stage)).SelectMany(stage => stage.Prices.Rows)];
    }

    private static List<(DateTimeOffset? From, DateTimeOffset? To, PriceStage Always, List<PriceStage> Hours)> Intervals(IReadOnlyList<PriceStage> stages)
    {
        var intervals = new List<(DateTimeOffset? From, DateTimeOffset? To, PriceStage Always, List<PriceStage> Hours)>();
        DateTimeOffset?[] begins = [null, .. stages.Select(stage => stage.From).OfType<DateTimeOffset>().Distinct().Order()];
        for (var i = 0; i < begins.Length; i++)
        {
            var from = begins[i];
            var last = stages.Count - 1;
            while (last >= 0 && (stages[last].Hours is not null || (stages[last].From is { } begin && !(begin <= from))))
                last--;
            if (last < 0 && stages is not [{ Hours: not null }, ..])
                continue;
            var always = stages[Math.Max(last, 0)];
            // The last one goes first: it is the one that counts where two overlap.
            var hours = stages.Skip(last + 1).Where(stage => stage.Hours is not null).Reverse().ToList();
            var to = i + 1 < begins.Length ? begins[i + 1] : null;
            if (intervals is [.., var before] && before.Always == always && before.Hours.SequenceEqual(hours))
                intervals[^1] = before with { To = to };
            else
                intervals.Add((from, to, always, hours));
        }

        return intervals;
    }

    private static void LayCard(CatalogueEntry entry, CardTerms terms, PriceStage always, List<PriceStage> hours, HashSet<PriceStage> laid)
    {
        List<(PriceStage Stage, DailyHours? Hours)> parts = [(always, null), .. hours.Select(stage => (stage, stage.Hours))];
        var classes = parts.SelectMany(part => part.Stage.Prices.Rows).Select(row => row.TokenClass).ToHashSet();
        foreach (var (stage, at) in parts)
        {
            var isCopy = !laid.Add(stage);
            entry.Rows.AddRange(stage.Prices.Rows.Select(row => row with { Card = terms, Hours = at, IsCopy = isCopy, CardWhere = always.Where }));
            foreach (var tokenClass in Enum.GetValues<TokenClass>())
            {
                if (stage.IsUnread(tokenClass))
                    entry.MarkUnread(terms, tokenClass, stage.Where);
                else if (classes.Contains(tokenClass) && !stage.IsPriced(tokenClass))
                    TakePriceOfAnother(entry, terms, stage, at, tokenClass, always.Where);
            }
        }
    }

    // A stage replaces the one before it as a whole: a class that it does not price takes another's price of the same stage, not its own of another.
    private static void TakePriceOfAnother(
        CatalogueEntry entry, CardTerms terms, PriceStage stage, DailyHours? at, TokenClass tokenClass, string cardWhere)
    {
        if (PriceFallbacks.Of(tokenClass, stage.IsPriced, stage.IsUnread) is not { } other)
        {
            entry.MarkUnread(terms, tokenClass, stage.Where);
            return;
        }

        entry.Rows.AddRange(stage.Prices.Rows.Where(row => row.TokenClass == other)
            .Select(row => row with { TokenClass = tokenClass, Card = terms, Hours = at, IsCopy = true, CardWhere = cardWhere }));
    }
}
