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
/// corrections that outweigh it) are left out, unless a price was carried into it: <see cref="WithCarried"/>.
/// </summary>
public sealed class Basket
{
    private readonly int[] _ids;
    private readonly double[] _prices;
    private readonly double[] _quantities;
    private readonly decimal[] _values;
    private double[]? _logPrices;

    /// <summary>Makes the basket of a period.</summary>
    /// <param name="items">Its items, each id once.</param>
    /// <exception cref="ArgumentException">An id occurs twice.</exception>
    /// <exception cref="OverflowException">The values add up to more than <see cref="decimal.MaxValue"/>.</exception>
    public Basket(IEnumerable<KeyValuePair<int, ItemValue>> items)
    {
        var present = items.Where(i => i.Value.IsPresent).ToArray();
        Array.Sort(present, static (left, right) => left.Key.CompareTo(right.Key));
        _ids = Array.ConvertAll(present, static i => i.Key);
        CheckOrder(_ids, nameof(items));
        _prices = Array.ConvertAll(present, static i => i.Value.Price);
        _quantities = Array.ConvertAll(present, static i => (double)i.Value.Quantity);
        _values = Array.ConvertAll(present, static i => i.Value.Value);
        Value = _values.Sum();
        Items = present;
    }

    private Basket(int[] ids, double[] prices, double[] quantities, decimal[] values, Basket sold)
    {
        (_ids, _prices, _quantities, _values) = (ids, prices, quantities, values);
        (Items, Value) = (sold.Items, sold.Value);
    }

    /// <summary>The items that were sold, by id, ascending; without those whose price was only carried here.</summary>
    public IReadOnlyList<KeyValuePair<int, ItemValue>> Items { get; }

    /// <summary>Sum of the values of present items, in money: exact while it fits <see cref="decimal"/>'s 28 digits.</summary>
    public decimal Value { get; }

    /// <summary>Whether nothing was sold.</summary>
    public bool IsEmpty => Items.Count == 0;

    /// <summary>How many items have a price, carried ones included.</summary>
    public int Count => _ids.Length;

    /// <summary>How many of them only have a carried price.</summary>
    public int CarriedItems => Count - Items.Count;

    /// <summary>The ids of the items that have a price, ascending; the other columns are in the same order.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Money per token; 0: free.</summary>
    public ReadOnlySpan<double> Prices => _prices;

    /// <summary>Tokens; 0 for a carried price alone.</summary>
    public ReadOnlySpan<double> Quantities => _quantities;

    /// <summary>Money, exact; 0 for a free item and for a carried price.</summary>
    public ReadOnlySpan<decimal> Values => _values;

    /// <summary>ln of the prices; negative infinity for a free item, for which nothing that needs it is defined.</summary>
    public ReadOnlySpan<double> LogPrices => _logPrices ??= Array.ConvertAll(_prices, Math.Log);

    /// <summary>The same basket with prices of items that were not sold in the period, each with quantity 0.</summary>
    /// <param name="prices">Money per token by item id, at least 0; ids that the basket has already are passed over.</param>
    public Basket WithCarried(IEnumerable<KeyValuePair<int, double>> prices)
    {
        var carried = prices.Where(p => Array.BinarySearch(_ids, p.Key) < 0).ToArray();
        if (carried.Length == 0)
            return this;
        int[] ids = [.. _ids, .. carried.Select(c => c.Key)];
        var order = Enumerable.Range(0, ids.Length).OrderBy(i => ids[i]).ToArray();
        double[] allPrices = [.. _prices, .. carried.Select(c => c.Value)];
        var sorted = Array.ConvertAll(order, i => ids[i]);
        CheckOrder(sorted, nameof(prices));
        return new Basket(
            sorted,
            Array.ConvertAll(order, i => allPrices[i]),
            Array.ConvertAll(order, i => i < _quantities.Length ? _quantities[i] : 0),
            Array.ConvertAll(order, i => i < _values.Length ? _values[i] : 0),
            this);
    }

    private static void CheckOrder(int[] ids, string parameter)
    {
        for (var i = 1; i < ids.Length; i++)
        {
            if (ids[i] == ids[i - 1])
                throw new ArgumentException($"Item {ids[i]} occurs twice.", parameter);
        }
    }
}
