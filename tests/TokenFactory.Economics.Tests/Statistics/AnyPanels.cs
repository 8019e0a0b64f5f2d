using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>Random periods with their items, and changes to all of them.</summary>
internal static class AnyPanels
{
    private static readonly Gen<ItemValue> Priced =
        Gen.Select(Gen.Long[1, 1_000_000_000], Gen.Long[1, 1_000_000]).Select((v, q) => new ItemValue((decimal)v / 1_000, q));

    private static readonly Gen<ItemValue> Free = Gen.Long[1, 1_000_000].Select(q => new ItemValue(0, q));

    private static readonly Gen<ItemValue> Missing = Gen.Const(new ItemValue(0, 0));

    /// <summary>Every item sold in every period.</summary>
    public static Gen<Basket[]> Balanced { get; } = Panel(Priced, 2, 7, firstIsPriced: false);

    /// <summary>Items come and go, with gaps; item 0 is always there, so that every pair has a match.</summary>
    public static Gen<Basket[]> Churning { get; } = Panel(Gen.Frequency((1, Missing), (2, Priced)), 2, 7, firstIsPriced: true);

    /// <summary>Items come and go and can be free; item 0 is always there with a price.</summary>
    public static Gen<Basket[]> Freemium { get; } = Panel(Gen.Frequency((3, Missing), (1, Free), (5, Priced)), 2, 7, firstIsPriced: true);

    /// <summary>Anything, empty periods and periods without a match too.</summary>
    public static Gen<Basket[]> Wild { get; } = Panel(Gen.Frequency((6, Missing), (1, Free), (3, Priced)), 1, 9, firstIsPriced: false);

    /// <summary>A basket of items with what each brought.</summary>
    public static Basket Of(params (int Id, decimal Value, decimal Quantity)[] items) =>
        new(items.Select(i => KeyValuePair.Create(i.Id, new ItemValue(i.Value, i.Quantity))));

    /// <summary>The same panel with each item of each period changed.</summary>
    public static Basket[] With(this IReadOnlyList<Basket> panel, Func<int, int, ItemValue, ItemValue> change) =>
        [.. panel.Select((basket, t) => new Basket(basket.Items.Select(i => KeyValuePair.Create(i.Key, change(t, i.Key, i.Value)))))];

    public static double?[] Levels(
        this IReadOnlyList<Basket> panel, MultilateralMethod method, int reference = 0, int? window = null, Splice splice = Splice.Movement) =>
        [.. MultilateralSeries.Compile(panel, reference, method, window, splice).Select(p => p.Level)];

    public static void ShouldBeNear(this IReadOnlyList<double?> levels, IReadOnlyList<double?> expected, string because)
    {
        levels.Should().HaveCount(expected.Count);
        for (var t = 0; t < levels.Count; t++)
        {
            levels[t].HasValue.Should().Be(expected[t].HasValue, because);
            if (expected[t] is { } level)
                levels[t]!.Value.Should().BeApproximately(level, 1e-9 * level, because);
        }
    }

    private static Gen<Basket[]> Panel(Gen<ItemValue> item, int fewest, int most, bool firstIsPriced) =>
        from items in Gen.Int[1, 6]
        from panel in Gen.Select(Priced, item.Array[items]).Select((first, others) => new Basket(
            others.Select((value, id) => KeyValuePair.Create(id, firstIsPriced && id == 0 ? first : value)))).Array[fewest, most]
        select panel;
}
