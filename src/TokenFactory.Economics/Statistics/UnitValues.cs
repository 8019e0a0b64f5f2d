namespace TokenFactory.Economics.Statistics;

/// <summary>Longer periods out of shorter ones: the price of an item in a quarter is its value over the quarter by its quantity, a unit value.</summary>
public static class UnitValues
{
    /// <summary>The basket of the periods together, values and quantities summed item by item, exactly (case 16). Carried prices are left out.</summary>
    /// <param name="periods">Baskets of periods that follow on each other.</param>
    public static Basket Over(IEnumerable<Basket> periods)
    {
        var items = new Dictionary<int, ItemValue>();
        foreach (var (id, item) in periods.SelectMany(static basket => basket.Items))
        {
            var sum = items.GetValueOrDefault(id);
            items[id] = new ItemValue(sum.Value + item.Value, sum.Quantity + item.Quantity);
        }

        return new Basket(items);
    }
}
