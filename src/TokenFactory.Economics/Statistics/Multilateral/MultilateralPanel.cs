using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Prices and quantities as a table, a row per period and a column per item, so that a comparison of two periods is one straight walk. A
/// missing item has 0 in every column, so that products with it vanish; <see cref="Present"/> tells it from a free one. Items that
/// only one period has are left out: they can't be compared with anything. Rows are filled up with missing items to whole vectors of four:
/// sums run in the same order on every machine.
/// </summary>
internal sealed class MultilateralPanel
{
    private readonly IReadOnlyList<Basket> _baskets;
    private readonly int[][] _places;
    private readonly int _width;
    private readonly double[][] _prices;
    private readonly double[][] _quantities;
    private double[][]? _present;
    private double[][]? _values;
    private double[][]? _shares;
    private double[][]? _logPrices;
    private double[][]? _roots;

    /// <param name="baskets">The periods, none of them empty.</param>
    public MultilateralPanel(IReadOnlyList<Basket> baskets)
    {
        _baskets = baskets;
        (_places, Items) = PlacesOf(baskets);
        _width = (Items + Vector256<double>.Count - 1) / Vector256<double>.Count * Vector256<double>.Count;
        _prices = Rows(static basket => basket.Prices);
        _quantities = Rows(static basket => basket.Quantities);
    }

    public int Periods => _baskets.Count;

    /// <summary>How many items at least two periods have.</summary>
    public int Items { get; }

    /// <summary>Money per token.</summary>
    public ReadOnlySpan<double> Prices(int period) => _prices[period];

    /// <summary>Tokens; 0 for a price that was only carried.</summary>
    public ReadOnlySpan<double> Quantities(int period) => _quantities[period];

    /// <summary>1 for an item that has a price, a free or a carried one too.</summary>
    public ReadOnlySpan<double> Present(int period) => (_present ??= Rows(static basket =>
    {
        var ones = new double[basket.Count];
        Array.Fill(ones, 1);
        return ones;
    }))[period];

    /// <summary>p q, in money.</summary>
    public ReadOnlySpan<double> Values(int period) => (_values ??= ValueRows(static _ => 1))[period];

    /// <summary>v / V, V the value of all items of the period, those that the panel leaves out too; 0 where V is 0.</summary>
    public ReadOnlySpan<double> Shares(int period) =>
        (_shares ??= ValueRows(static basket => basket.Value > 0 ? 1 / (double)basket.Value : 0))[period];

    /// <summary>ln p; 0 for a free item as for a missing one: see <see cref="HasFree"/>.</summary>
    public ReadOnlySpan<double> LogPrices(int period) => (_logPrices ??= Rows(static basket =>
    {
        var logs = basket.LogPrices.ToArray();
        for (var i = 0; i < logs.Length; i++)
            logs[i] = basket.Prices[i] > 0 ? logs[i] : 0;
        return logs;
    }))[period];

    /// <summary>sqrt q.</summary>
    public ReadOnlySpan<double> Roots(int period) => (_roots ??= Array.ConvertAll(_quantities, row => Array.ConvertAll(row, Math.Sqrt)))[period];

    /// <summary>Whether an item of the period, seen in another one too, has price 0.</summary>
    public bool HasFree(int period)
    {
        var basket = _baskets[period];
        for (var i = 0; i < basket.Count; i++)
        {
            if (basket.Prices[i] == 0 && _places[period][i] >= 0)
                return true;
        }

        return false;
    }

    /// <summary>A row as vectors.</summary>
    public static ReadOnlySpan<Vector256<double>> Vectors(ReadOnlySpan<double> row) => MemoryMarshal.Cast<double, Vector256<double>>(row);

    // p q times a factor of the period.
    private double[][] ValueRows(Func<Basket, double> factor)
    {
        var rows = new double[Periods][];
        for (var t = 0; t < rows.Length; t++)
        {
            var by = factor(_baskets[t]);
            rows[t] = new double[_width];
            for (var i = 0; i < _width; i++)
                rows[t][i] = _prices[t][i] * _quantities[t][i] * by;
        }

        return rows;
    }

    private double[][] Rows(Func<Basket, ReadOnlySpan<double>> column)
    {
        var rows = new double[Periods][];
        for (var t = 0; t < rows.Length; t++)
        {
            rows[t] = new double[_width];
            var values = column(_baskets[t]);
            for (var i = 0; i < values.Length; i++)
            {
                if (_places[t][i] is >= 0 and var place)
                    rows[t][place] = values[i];
            }
        }

        return rows;
    }

    // Where each item of each basket stands in a row; -1: no other period has it.
    private static (int[][] Places, int Items) PlacesOf(IReadOnlyList<Basket> baskets)
    {
        var periods = new Dictionary<int, int>();
        foreach (var basket in baskets)
        {
            foreach (var id in basket.Ids)
                CollectionsMarshal.GetValueRefOrAddDefault(periods, id, out _)++;
        }

        var places = new Dictionary<int, int>();
        foreach (var id in periods.Where(p => p.Value > 1).Select(p => p.Key).Order())
            places.Add(id, places.Count);
        var all = new int[baskets.Count][];
        for (var t = 0; t < all.Length; t++)
        {
            all[t] = new int[baskets[t].Count];
            for (var i = 0; i < all[t].Length; i++)
                all[t][i] = places.GetValueOrDefault(baskets[t].Ids[i], -1);
        }

        return (all, places.Count);
    }
}
