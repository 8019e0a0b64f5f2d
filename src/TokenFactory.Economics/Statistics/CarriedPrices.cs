namespace TokenFactory.Economics.Statistics;

/// <summary>Prices carried forward over gaps (case 05): the flagged option <see cref="ItemSelection.Carried"/>.</summary>
public static class CarriedPrices
{
    /// <summary>
    /// Gives each item that is missing for a while, between two periods of the series in which it was sold, its last price in the periods between,
    /// with quantity 0. Before its first and after its last sale an item stays missing; a period in which nothing was sold stays empty.
    /// Prices that were carried already are taken over as they are.
    /// </summary>
    /// <param name="baskets">One per period, in order.</param>
    /// <returns>As many, in the same order; those without a gap are the same instances.</returns>
    public static IReadOnlyList<Basket> Fill(IReadOnlyList<Basket> baskets)
    {
        var last = new Dictionary<int, int>();
        for (var t = 0; t < baskets.Count; t++)
        {
            foreach (var item in baskets[t].Items)
                last[item.Key] = t;
        }

        // Items that were sold and will be sold again, with the price of their last sale.
        var open = new Dictionary<int, double>();
        var filled = new Basket[baskets.Count];
        for (var t = 0; t < baskets.Count; t++)
        {
            foreach (var (id, item) in baskets[t].Items)
            {
                if (last[id] > t)
                    open[id] = item.Price;
                else
                    open.Remove(id);
            }

            filled[t] = baskets[t].IsEmpty ? baskets[t] : baskets[t].WithCarried(open);
        }

        return filled;
    }
}
