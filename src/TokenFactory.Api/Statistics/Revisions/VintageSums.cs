using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Sums of cells, of one vintage or of all up to one.</summary>
/// <param name="Value">Money of the priced part.</param>
/// <param name="Quantity">Tokens, priced or not.</param>
/// <param name="PricedQuantity">Tokens whose value is known.</param>
/// <param name="FreeQuantity">Those of them that were priced at 0.</param>
internal readonly record struct VintageSums(ExactSum Value, ExactSum Quantity, ExactSum PricedQuantity, ExactSum FreeQuantity)
{
    /// <summary>Money per million priced tokens, rounded half away from zero to 12 decimals; null when none is priced.</summary>
    public ExactSum? UnitValue => Value.Per(PricedQuantity, 1_000_000);

    /// <summary>Free tokens per priced token; null where none is priced.</summary>
    public double? FreeShare => PricedQuantity.Trillionths.Sign > 0 ? FreeQuantity.Per(PricedQuantity)?.ToDouble() : null;

    /// <summary>Unpriced tokens per token; null where there are none.</summary>
    public double? UnpricedShare => Quantity.Trillionths.Sign > 0 ? (Quantity - PricedQuantity).Per(Quantity)?.ToDouble() : null;

    public VintageSums Plus(VintageSums other) => new(
        Value + other.Value, Quantity + other.Quantity, PricedQuantity + other.PricedQuantity, FreeQuantity + other.FreeQuantity);
}

/// <summary>What one vintage added to one period, of one item or of all.</summary>
internal readonly record struct VintageCell(Period Period, DateOnly Vintage, int ItemId, VintageSums Sums);

/// <summary>What is known of one period so far.</summary>
internal sealed class KnownPeriod
{
    private readonly Dictionary<int, VintageSums> _items = [];
    private Basket? _basket;

    public VintageSums Total { get; private set; }

    /// <summary>Of the items so far.</summary>
    public Basket Basket => _basket ??= new Basket(_items.Select(i => KeyValuePair.Create(i.Key, ItemOf(i.Value))));

    public void Add(VintageCell cell)
    {
        Total = Total.Plus(cell.Sums);
        _items[cell.ItemId] = _items.GetValueOrDefault(cell.ItemId).Plus(cell.Sums);
        _basket = null;
    }

    // As the panel of an index reads its sums.
    private static ItemValue ItemOf(VintageSums sums) => new(ItemPanel.Number(sums.Value.ToString()), ItemPanel.Number(sums.PricedQuantity.ToString()));
}
