using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.AnyPanels;

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
        fromTheFirst.Select(p => p.NullReason).Should().Equal(null, null, "no_matched_items", "chain_broken");
        Published(fromTheLast).Should().Equal(null, null, 50, 100);
        fromTheLast.Select(p => p.NullReason).Should().Equal("chain_broken", "no_matched_items", null, null);
        foreach (var series in new[] { fromTheFirst, fromTheLast })
        {
            series.Select(p => p.IsBreak).Should().Equal(false, false, true, false);
            series.Select(p => p.ComparedWith).Should().Equal(null, 0, 1, 2);
        }
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

        BilateralFormula[] unweighted =
            [BilateralFormula.Jevons, BilateralFormula.Carli, BilateralFormula.Dutot, BilateralFormula.Harmonic, BilateralFormula.Cswd];
        foreach (var formula in Enum.GetValues<BilateralFormula>().Where(f => !LoweYoung.Covers(f)).Except(unweighted))
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
    public void A_period_that_shares_no_item_with_the_one_before_is_linked_to_the_nearest_that_it_shares_one_with()
    {
        Basket[] baskets = [Of((1, 10, 1)), Of((2, 7, 1)), Of(), Of((1, 15, 1)), Of((1, 30, 1), (2, 7, 1))];

        var series = IndexSeries.Compile(baskets, 0, Chained with { Items = ItemSelection.Matched });
        var fromTheLast = IndexSeries.Compile(baskets, 4, Chained with { Items = ItemSelection.Matched });

        Published(series).Should().Equal(100, null, null, 150, 300);
        series.Select(p => p.NullReason).Should().Equal(null, "no_matched_items", "empty_period", null, null);
        series.Select(p => p.ComparedWith).Should().Equal(null, 0, null, 0, 3);
        series.Select(p => p.IsBreak).Should().Equal(false, true, false, false, false);
        Published(fromTheLast).Should().Equal(33.333333, null, null, 50, 100);
    }

    [Fact]
    public void A_period_of_free_items_is_linked_across()
    {
        Basket[] baskets = [Of((1, 10, 1)), Of((1, 0, 1)), Of((1, 20, 1))];

        Published(IndexSeries.Compile(baskets, 0, Chained)).Should().Equal(100, 0, 200);
        Published(IndexSeries.Compile(baskets, 2, Chained)).Should().Equal(50, 0, 100);
        var fromTheFree = IndexSeries.Compile(baskets, 1, Chained);
        Published(fromTheFree).Should().Equal(null, 100, null);
        fromTheFree.Select(p => p.NullReason).Should().Equal("zero_price", null, "chain_broken");
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(12, false)]
    public void A_chain_looks_back_over_twelve_periods_that_are_not_empty(int between, bool isLinked)
    {
        var others = Enumerable.Range(0, between).SelectMany(t => new[] { Of((t + 10, 5, 1)), Of() });
        Basket[] baskets = [Of((1, 10, 1)), .. others, Of((1, 20, 1))];

        var last = IndexSeries.Compile(baskets, 0, Chained)[^1];

        (last.Level, last.IsBreak, last.ComparedWith).Should().Be(isLinked ? (200, false, 0) : ((double?)null, true, baskets.Length - 3));
        last.NullReason.Should().Be(isLinked ? null : "no_matched_items");
    }

    [Fact]
    public void A_fixed_base_compares_with_the_reference_period()
    {
        var series = IndexSeries.Compile([Of((1, 10, 1)), Of(), Of((1, 20, 1)), Of((2, 1, 1))], 2, Chained with { Linking = Linking.FixedBase });

        series.Select(p => p.ComparedWith).Should().Equal(2, null, 2, 2);
        series.Select(p => p.NullReason).Should().Equal(null, "empty_period", null, "no_matched_items");
        series.Should().OnlyContain(p => !p.IsBreak);
    }

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
}
