using System.Text.Json;

namespace TokenFactory.Economics.Statistics;

/// <summary>Series of contributions, churn, volumes in money and unit values.</summary>
public static partial class Conformance
{
    private static IReadOnlyList<ConformanceFigure> ContributionsOf(ConformanceCase published, ConformanceSeries series)
    {
        var link = series.Raw.TryGetProperty("link", out var places) ? places.EnumerateArray().Select(p => p.GetInt32()).ToArray() : [0, 1];
        var pair = BilateralBasket.Of(published.Baskets[link[0]], published.Baskets[link[1]], ItemSelection.Matched);
        var compared = series.IsQuantity ? pair.Swapped : pair;
        var parts = series.Method switch
        {
            "jevons_contributions" => Contributions.Jevons(compared),
            "fisher_contributions_reinsdorf_s6" => Contributions.Reinsdorf(compared),
            _ => Contributions.Fisher(compared),
        };
        return series.With(parts.Items.Select(i => (double?)i.Value));
    }

    private static List<ConformanceFigure> UnionLinks(ConformanceCase published, ConformanceSeries series)
    {
        var figures = new List<ConformanceFigure>();
        var t = 0;
        foreach (var link in series.Values.EnumerateArray())
        {
            var (before, after) = (published.Baskets[t], published.Baskets[++t]);
            var union = BilateralBasket.Of(before, after, ItemSelection.Union);
            void Add(string name, IndexValue computed) => figures.Add(new ConformanceFigure(link.GetProperty(name).GetDouble(), computed.Value));
            Add("matched_fisher", Bilateral.Fisher(BilateralBasket.Of(before, after, ItemSelection.Matched)));
            Add("union_fisher_price", Bilateral.Fisher(union));
            Add("union_fisher_quantity", Bilateral.FisherQuantity(union));
            Add("self_consistent_price", SelfConsistentFisher.Of(before, after));
            Add("value_ratio", Bilateral.ValueRatio(before, after));
            var contributions = Contributions.FisherQuantity(union).Items.ToDictionary(c => published.ItemNames[c.ItemId], c => c.Value);
            foreach (var item in link.GetProperty("contributions").EnumerateObject())
                figures.Add(new ConformanceFigure(item.Value.GetDouble(), contributions.Remove(item.Name, out var value) ? value : null));
            figures.AddRange(contributions.Values.Select(extra => new ConformanceFigure(null, extra)));
        }

        return figures;
    }

    private static IReadOnlyList<ConformanceFigure> Volumes(ConformanceCase published, ConformanceSeries series)
    {
        var baskets = series.Items is { } items ? published.BasketsOf(items) : published.Baskets;
        var reference = series.Raw.GetProperty("reference") is { ValueKind: JsonValueKind.Number } place
            ? place.GetInt32()
            : Array.IndexOf(published.Periods, series.Text("reference"));
        var quantity = IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = IndexKind.Quantity });
        var volumes = ChainedVolume.Compile([.. baskets.Select(b => b.Value)], quantity, reference);
        // A null is a figure here that its source does not print.
        return [.. series.With(volumes.Select(v => v.Real)).Where(figure => figure.Published is not null)];
    }

    private static IReadOnlyList<ConformanceFigure> LongerPeriods(ConformanceCase published, ConformanceSeries series)
    {
        var longer = published.Baskets.Chunk(series.Raw.GetProperty("group").GetInt32()).Select(UnitValues.Over);
        return series.With(longer
            .SelectMany(basket => (series.Method == "unit_values" ? basket.Prices : basket.Quantities).ToArray())
            .Select(figure => (double?)figure));
    }

    // Events fold into the value, quantity and price of an item and period, to the last digit.
    private static IReadOnlyList<ConformanceFigure> ItemPeriods(ConformanceCase published, ConformanceSeries series)
    {
        static (string, string) Key(JsonElement row) => (row.GetProperty("item").GetString()!, row.GetProperty("period").GetString()!);
        static decimal Number(JsonElement row, string name) => ConformanceCase.Exact(row.GetProperty(name));
        var cells = published.Raw.GetProperty("events").EnumerateArray().GroupBy(Key).ToDictionary(group => group.Key, group => new ItemValue(
            group.Sum(e => Number(e, "quantity") * Number(e, "unit_value")), group.Sum(e => Number(e, "quantity"))));
        return [.. series.Values.EnumerateArray().SelectMany(row =>
        {
            var cell = cells[Key(row)];
            var basket = new Basket([KeyValuePair.Create(0, cell)]);
            double? price = row.GetProperty("price").ValueKind == JsonValueKind.Null ? null : (double)Number(row, "price");
            return new ConformanceFigure[]
            {
                new((double)Number(row, "quantity"), (double)cell.Quantity),
                new((double)Number(row, "value"), (double)cell.Value),
                new(price, basket.IsEmpty ? null : basket.Prices[0]),
            };
        })];
    }
}
