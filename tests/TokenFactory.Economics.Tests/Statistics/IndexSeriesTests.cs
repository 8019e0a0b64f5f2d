using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class IndexSeriesTests
{
    private static readonly IndexMethod Chained = new() { Kind = IndexKind.Price };

    [Fact]
    public void A_chain_that_can_not_be_linked_is_flagged_and_holds_on_the_side_of_the_reference()
    {
        Basket[] baskets = [Of((1, 10, 1)), Of((1, 20, 1)), Of((2, 5, 1)), Of((2, 10, 1))];

        var fromTheFirst = IndexSeries.Compile(baskets, 0, Chained);
        var fromTheLast = IndexSeries.Compile(baskets, 3, Chained);

        Published(fromTheFirst).Should().Equal(100, 200, null, null);
        fromTheFirst.Select(p => p.NullReason).Should().Equal(null, null, "no_matched_items", "no_matched_items");
        Published(fromTheLast).Should().Equal(null, null, 50, 100);
    }

    [Fact]
    public void An_empty_period_is_null_and_the_chain_links_across_it()
    {
        var series = IndexSeries.Compile([Of((1, 10, 1)), Of(), Of((1, 15, 1))], 0, Chained);

        Published(series).Should().Equal(100, null, 150);
        series[1].NullReason.Should().Be("empty_period");
    }

    [Fact]
    public void A_reference_period_outside_the_series_leaves_no_level() =>
        IndexSeries.Compile([Of((1, 10, 1))], -1, Chained)[0].NullReason.Should().Be("no_reference_period");

    [Fact]
    public void New_and_vanished_items_and_their_share_are_counted()
    {
        var point = IndexSeries.Compile([Of((1, 60, 1), (2, 40, 1)), Of((1, 50, 1), (3, 50, 1), (4, 100, 1))], 0, Chained)[1];

        point.NewItems.Should().Be(2);
        point.VanishedItems.Should().Be(1);
        point.MatchedShare.Should().BeApproximately((0.6 + 0.25) / 2, 1e-12);
    }

    [Fact]
    public void The_value_index_needs_no_matched_items() =>
        IndexSeries.Compile([Of((1, 10, 1)), Of((2, 25, 1))], 0, new IndexMethod { Kind = IndexKind.Value })[1].Level.Should().Be(250);

    [Fact]
    public void Free_items_only_give_a_reason_instead_of_a_number() =>
        IndexSeries.Compile([Of((1, 0, 5)), Of((1, 10, 5))], 0, Chained)[1].NullReason.Should().Be("zero_price");

    [Fact]
    public void A_new_item_whose_price_can_not_be_imputed_is_never_dropped_from_volume()
    {
        // All that is matched became free: no price relative carries over to item 2.
        Basket[] baskets = [Of((1, 10, 1)), Of((1, 0, 1), (2, 50, 1))];

        foreach (var formula in Enum.GetValues<BilateralFormula>())
        {
            var union = IndexSeries.Compile(baskets, 0, new IndexMethod { Kind = IndexKind.Quantity, Formula = formula })[1];
            (union.Level, union.NullReason, union.NewItems).Should().Be((null, "zero_price", 1));
        }

        IndexSeries.Compile(baskets, 0, new IndexMethod { Kind = IndexKind.Quantity, Formula = BilateralFormula.Laspeyres, Items = ItemSelection.Matched })[1]
            .Level.Should().Be(100);
    }

    [Fact]
    public void An_item_that_vanishes_while_all_others_become_free_counts_as_lost_volume()
    {
        var method = new IndexMethod { Kind = IndexKind.Quantity, Formula = BilateralFormula.Laspeyres };

        IndexSeries.Compile([Of((1, 10, 1), (2, 30, 1)), Of((1, 0, 1))], 0, method)[1].Level.Should().Be(25);
    }

    [Fact]
    public void The_value_index_is_the_ratio_of_values_even_across_a_period_of_free_items()
    {
        Basket[] baskets = [Of((1, 10, 1)), Of((1, 0, 7)), Of((1, 30, 1)), Of(), Of((2, 15, 1))];

        foreach (var linking in Enum.GetValues<Linking>())
        {
            Published(IndexSeries.Compile(baskets, 0, new IndexMethod { Kind = IndexKind.Value, Linking = linking })).Should().Equal(100, 0, 300, null, 150);
            Published(IndexSeries.Compile(baskets, 1, new IndexMethod { Kind = IndexKind.Value, Linking = linking })).Should().Equal(null, 100, null, null, null);
        }
    }

    [Fact]
    public void The_first_period_of_a_chain_is_compared_with_nothing()
    {
        var series = IndexSeries.Compile([Of(), Of((1, 10, 1)), Of((1, 20, 1))], 1, Chained);

        series.Select(p => p.MatchedShare).Should().Equal(null, null, 1);
        IndexSeries.Compile([Of((1, 10, 1))], 0, Chained with { Linking = Linking.FixedBase })[0].MatchedShare.Should().Be(1);
    }

    [Fact]
    public void An_item_whose_corrections_outweigh_it_is_missing() =>
        Of((1, -3, -1), (2, 0, 0), (3, 5, 0), (4, -2, 1), (5, 1, 1)).Ids.ToArray().Should().Equal(5);

    [Fact]
    public void A_chain_beyond_the_range_of_numbers_ends_with_a_reason()
    {
        // Each item is seen twice, 10^50 times dearer the second time.
        var baskets = Enumerable.Range(0, 9).Select(t => Of((t, 1e25m, 1), (t + 1, 1e-25m, 1))).ToList();

        var forwards = IndexSeries.Compile(baskets, 0, Chained with { Items = ItemSelection.Matched });

        forwards.Take(7).Should().OnlyContain(p => p.NullReason == null);
        forwards.Skip(7).Should().OnlyContain(p => p.Level == null && p.NullReason == "out_of_range");
    }

    [Fact]
    public void The_order_and_the_numbers_of_items_change_no_figure_in_the_last_bit()
    {
        var random = new Random(11);
        (decimal Value, decimal Quantity)[] Items() => [.. Enumerable.Range(0, 500).Select(_ =>
            ((decimal)random.NextInt64(1, 1_000_000_000_000) / 1_000_000, (decimal)random.NextInt64(1, 1_000_000_000)))];
        var (before, after) = (Items(), Items());
        Basket[] Numbered(int[] ids) =>
            [new(before.Select((item, i) => KeyValuePair.Create(ids[i], new ItemValue(item.Value, item.Quantity)))),
             new(after.Select((item, i) => KeyValuePair.Create(ids[i], new ItemValue(item.Value, item.Quantity))))];

        var ids = Enumerable.Range(0, before.Length).ToArray();
        var expected = IndexSeries.Compile(Numbered(ids), 0, Chained)[1];
        for (var i = 0; i < 50; i++)
        {
            random.Shuffle(ids);
            IndexSeries.Compile(Numbered(ids), 0, Chained)[1].Level.Should().Be(expected.Level);
        }
    }

    // Index numbers are published with six decimals.
    private static IEnumerable<double?> Published(IReadOnlyList<IndexPoint> series) =>
        series.Select(p => p.Level is { } level ? Math.Round(level, 6, MidpointRounding.AwayFromZero) : (double?)null);

    private static Basket Of(params (int Id, decimal Value, decimal Quantity)[] items) =>
        new(items.Select(i => KeyValuePair.Create(i.Id, new ItemValue(i.Value, i.Quantity))));
}
