using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Rating;

/// <summary>The price of one token class on a card: what an entry pins by its number.</summary>
public sealed class Rate
{
    /// <summary>The number that entries carry; positive.</summary>
    public required long Id { get; init; }
    public required TokenClass TokenClass { get; init; }

    /// <summary>Money per million tokens where no tier and no window says otherwise. On a marked-up card it is not used.</summary>
    public UnitValue UnitValue { get; init; }

    /// <summary>In rising order; may be empty.</summary>
    public IReadOnlyList<ContextTier> ContextTiers { get; init; } = [];

    /// <summary>The first that holds the instant counts.</summary>
    public IReadOnlyList<PriceWindow> Windows { get; init; } = [];

    /// <summary>Prices by the month's quantity; null: every token of the month costs the same.</summary>
    public MonthTiers? MonthTiers { get; init; }

    /// <summary>Tokens of a package; a request pays for every package that it begins. 1: token by token.</summary>
    public long PackageTokens { get; init; } = 1;

    /// <summary>The price of a request at an instant, with what decided it, and whether every input within the bounds has it.</summary>
    public (UnitValue UnitValue, PriceWindow? Window, ContextTier? Tier, bool IsCertain) PriceAt(DateTimeOffset instant, InputBounds input)
    {
        if (Windows.Count == 0 && ContextTiers.Count == 0)
            return (UnitValue, null, null, true);
        var window = Windows.FirstOrDefault(w => w.Window.Contains(instant));
        var tiers = window?.ContextTiers ?? ContextTiers;
        var tier = ContextTier.Reached(tiers, input.Most);
        return (tier?.UnitValue ?? window?.UnitValue ?? UnitValue, window, tier, tier == ContextTier.Reached(tiers, input.Least));
    }
}
