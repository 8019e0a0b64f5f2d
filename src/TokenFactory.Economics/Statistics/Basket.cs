namespace TokenFactory.Economics.Statistics;

/// <summary>
/// What one item brought in one period: v = value, q = quantity, and the elementary price p = v / q (a unit value). Only the priced part
/// counts. With q = 0 there is no price and the item is missing in the period; v = 0 with q > 0 is a free item, which is present.
/// </summary>
/// <param name="Value">Sum of amounts, in money. Negative where corrections outweigh what they correct.</param>
/// <param name="Quantity">Sum of quantities, in tokens. Negative likewise.</param>
public readonly record struct ItemValue(decimal Value, decimal Quantity)
{
    /// <summary>Whether the item is present: q > 0 and v at least 0, so that it has a price.</summary>
    public bool IsPresent => Quantity > 0 && Value >= 0;

    /// <summary>Money per token, v / q, to the precision of a double. Only for an item that is present.</summary>
    public double Price => (double)Value / (double)Quantity;
}

/// <summary>
/// The items of one period, in the order of their ids whatever order they came in. Items that are missing in the period (no quantity, or
/// corrections that outweigh it) are left out.
/// </summary>
public sealed class Basket
{
    private readonly SortedList<int, ItemValue> _items;

    /// <summary>Makes the basket of a period.</summary>
    /// <param name="items">Its items, each id once.</param>
    /// <exception cref="ArgumentException">An id occurs twice.</exception>
    /// <exception cref="OverflowException">The values add up to more than <see cref="decimal.MaxValue"/>.</exception>
    public Basket(IEnumerable<KeyValuePair<int, ItemValue>> items)
    {
        _items = new SortedList<int, ItemValue>(items.Where(i => i.Value.IsPresent).ToDictionary(i => i.Key, i => i.Value));
        Value = _items.Values.Sum(i => i.Value);
    }

    /// <summary>Present items by id, ascending.</summary>
    public IReadOnlyDictionary<int, ItemValue> Items => _items;

    /// <summary>Sum of the values of present items, in money: exact while it fits <see cref="decimal"/>'s 28 digits.</summary>
    public decimal Value { get; }

    public bool IsEmpty => _items.Count == 0;
}
