namespace TokenFactory.Economics.Statistics;

/// <summary>
/// What one item brought in one period: v = value, q = quantity, and the elementary price p = v / q (a unit value). Only the priced part
/// counts. With q = 0 there is no price and the item is missing in the period; v = 0 with q > 0 is a free item, which is present.
/// </summary>
/// <param name="Value">Sum of amounts, in money.</param>
/// <param name="Quantity">Sum of quantities, in tokens.</param>
public readonly record struct ItemValue(decimal Value, decimal Quantity)
{
    /// <summary>Whether the item is present: it has a price.</summary>
    public bool IsPresent => Quantity > 0 && Value >= 0;

    /// <summary>Money per token. Only for an item that is present.</summary>
    public double Price => (double)Value / (double)Quantity;
}

/// <summary>The items of one period. Items that are missing in the period (no quantity, or corrections that outweigh it) are left out.</summary>
public sealed class Basket
{
    private readonly Dictionary<int, ItemValue> _items;

    public Basket(IEnumerable<KeyValuePair<int, ItemValue>> items) =>
        _items = items.Where(i => i.Value.IsPresent).ToDictionary(i => i.Key, i => i.Value);

    /// <summary>Present items by id.</summary>
    public IReadOnlyDictionary<int, ItemValue> Items => _items;

    /// <summary>Sum of the values of present items, exact.</summary>
    public decimal Value => _items.Values.Sum(i => i.Value);

    public bool IsEmpty => _items.Count == 0;
}
