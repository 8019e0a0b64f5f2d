using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class MultilateralSeriesTests
{
    private static readonly MultilateralMethod[] All = Enum.GetValues<MultilateralMethod>();

    [Fact]
    public void One_period_is_its_own_reference()
    {
        foreach (var method in All)
            One(method, null, AnyPanels.Of((1, 10, 1))).Should().Equal(new MultilateralPoint(100, null, null, 0, 0, null, false));
    }

    [Fact]
    public void Without_a_period_or_an_item_there_is_nothing_to_refer_to()
    {
        foreach (var method in All)
        {
            MultilateralSeries.Compile([], 0, method, null, Splice.Movement).Should().BeEmpty();
            One(method, 2, AnyPanels.Of(), AnyPanels.Of()).Select(p => p.NullReason).Should().Equal("no_reference_period", "no_reference_period");
            One(method, 2, AnyPanels.Of(), AnyPanels.Of((1, 10, 1))).Select(p => p.NullReason).Should().Equal("no_reference_period", "no_reference_period");
            MultilateralSeries.Compile([AnyPanels.Of((1, 10, 1))], 1, method, null, Splice.Movement)[0].NullReason.Should().Be("no_reference_period");
            MultilateralSeries.Compile([AnyPanels.Of((1, 10, 1))], -1, method, null, Splice.Movement)[0].NullReason.Should().Be("no_reference_period");
        }
    }

    [Fact]
    public void A_window_of_one_period_is_refused()
    {
        var compile = () => MultilateralSeries.Compile([AnyPanels.Of((1, 10, 1))], 0, MultilateralMethod.Gk, 1, Splice.Movement);

        compile.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void An_empty_period_is_null_and_the_others_stand_as_if_it_were_not_there()
    {
        Basket[] panel = [AnyPanels.Of((1, 10, 1), (2, 5, 5)), AnyPanels.Of((1, 12, 2), (2, 4, 5)), AnyPanels.Of((1, 15, 1), (2, 3, 9))];

        foreach (var method in All)
        {
            var gap = One(method, null, panel[0], panel[1], AnyPanels.Of(), panel[2]);

            gap[2].NullReason.Should().Be("empty_period");
            gap.Where((_, t) => t != 2).Should().Equal(One(method, null, panel));
        }
    }

    [Fact]
    public void A_period_that_nothing_ties_to_the_reference_has_no_level()
    {
        foreach (var method in All)
        {
            var series = One(method, null, AnyPanels.Of((1, 10, 1)), AnyPanels.Of((1, 20, 1)), AnyPanels.Of((2, 5, 1)), AnyPanels.Of((2, 10, 1)));

            series.Select(p => p.NullReason).Should().Equal(null, null, "no_matched_items", "chain_broken");
            series[1].Level.Should().BeApproximately(200, 1e-9);
        }
    }

    [Fact]
    public void A_period_without_a_match_with_the_reference_is_tied_through_another()
    {
        Basket[] panel = [AnyPanels.Of((1, 10, 1)), AnyPanels.Of((1, 20, 1), (2, 5, 1)), AnyPanels.Of((2, 10, 1))];

        foreach (var method in All)
            panel.Levels(method).ShouldBeNear([100, 200, 400], method.ToString());
    }

    [Fact]
    public void Churn_is_counted_against_the_period_before_that_is_not_empty()
    {
        var series = One(
            MultilateralMethod.GeksFisher, null, AnyPanels.Of((1, 60, 1), (2, 40, 1)), AnyPanels.Of(), AnyPanels.Of((1, 50, 1), (3, 50, 1), (4, 100, 1)));

        series.Select(p => p.NewItems).Should().Equal(0, 0, 2);
        series.Select(p => p.VanishedItems).Should().Equal(0, 0, 1);
        series.Select(p => p.MatchedShare).Should().Equal(null, null, (0.6 + 0.25) / 2);
    }

    [Fact]
    public void Free_items_leave_geometric_methods_without_a_level_and_basket_methods_with_one()
    {
        // The panel of case 21: always free, becomes free, becomes paid, paid; money beside tokens.
        Basket[] panel = [AnyPanels.Of((0, 0, 1000), (1, 1000, 500), (2, 0, 800), (3, 1000, 100)), AnyPanels.Of((0, 0, 3000), (1, 0, 2000), (2, 300, 100), (3, 990, 110))];

        One(MultilateralMethod.GeksFisher, null, panel)[1].Level.Should().BeApproximately(64.60285916091257, 1e-10);
        foreach (var method in new[] { MultilateralMethod.GeksWalsh, MultilateralMethod.IntGeksFisher, MultilateralMethod.IntGeksWalsh, MultilateralMethod.Gk })
            One(method, null, panel)[1].Level.Should().NotBeNull(method.ToString());
        foreach (var method in new[]
        {
            MultilateralMethod.GeksTornqvist, MultilateralMethod.GeksJevons, MultilateralMethod.IntGeksTornqvist, MultilateralMethod.IntGeksJevons,
            MultilateralMethod.Wtpd,
        })
        {
            One(method, null, panel).Select(p => (p.Level, p.NullReason)).Should().Equal((100, null), (null, "zero_price"));
        }
    }

    [Fact]
    public void A_period_with_a_free_item_is_left_out_and_the_others_keep_their_levels()
    {
        Basket[] panel =
        [
            AnyPanels.Of((1, 10, 1), (2, 5, 1)), AnyPanels.Of((1, 12, 1), (2, 0, 1)), AnyPanels.Of((1, 20, 1), (2, 10, 1)),
        ];

        foreach (var method in new[] { MultilateralMethod.GeksTornqvist, MultilateralMethod.GeksJevons, MultilateralMethod.Wtpd })
        {
            var series = One(method, null, panel);
            series.Select(p => p.NullReason).Should().Equal(null, "zero_price", null);
            series[2].Level.Should().BeApproximately(200, 1e-9);
        }
    }

    [Fact]
    public void A_free_item_of_one_period_alone_disturbs_nothing()
    {
        foreach (var method in All)
            One(method, null, AnyPanels.Of((1, 10, 1)), AnyPanels.Of((1, 20, 1), (2, 0, 5)))[1].Level.Should().BeApproximately(200, 1e-9, method.ToString());
    }

    [Fact]
    public void A_period_of_free_items_alone_has_no_level_and_the_others_are_compared_without_it()
    {
        Basket[] panel = [AnyPanels.Of((1, 10, 1), (2, 5, 1)), AnyPanels.Of((1, 0, 100), (2, 0, 1)), AnyPanels.Of((1, 20, 1), (2, 10, 1))];

        foreach (var method in new[] { MultilateralMethod.GeksFisher, MultilateralMethod.GeksWalsh, MultilateralMethod.Wtpd, MultilateralMethod.Gk })
        {
            var series = One(method, null, panel);
            series.Select(p => p.NullReason).Should().Equal([null, "zero_price", null], method.ToString());
            series[2].Level.Should().BeApproximately(200, 1e-9);
        }
    }

    [Fact]
    public void A_carried_price_ties_periods_without_weighing()
    {
        // Item 2 is missing in the second period; its price is carried there.
        Basket[] panel =
        [
            AnyPanels.Of((1, 10, 1), (2, 30, 1)),
            AnyPanels.Of((1, 20, 1)).WithCarried([KeyValuePair.Create(2, 30.0)]),
            AnyPanels.Of((1, 10, 1), (2, 30, 1)),
        ];

        // Laspeyres (20 + 30) / 40, Paasche 20 / 10.
        panel[..2].Levels(MultilateralMethod.GeksFisher)[1].Should().BeApproximately(100 * Math.Sqrt(50.0 / 40 * 2), 1e-9);
        // Shares 1/4 and 1 of item 1.
        panel[..2].Levels(MultilateralMethod.GeksTornqvist)[1].Should().BeApproximately(100 * Math.Pow(2, (0.25 + 1) / 2), 1e-9);
        // The weight of item 2 is sqrt(1 x 0).
        panel[..2].Levels(MultilateralMethod.GeksWalsh)[1].Should().BeApproximately(200, 1e-9);
        // One of two relatives.
        panel[..2].Levels(MultilateralMethod.GeksJevons)[1].Should().BeApproximately(100 * Math.Sqrt(2), 1e-9);
        foreach (var method in new[] { MultilateralMethod.Wtpd, MultilateralMethod.Gk })
        {
            panel.Levels(method).ShouldBeNear(
                new[] { panel[0], AnyPanels.Of((1, 20, 1)), panel[2] }.Levels(method), $"{method} takes no notice of it");
        }
    }

    [Fact]
    public void Levels_beyond_the_range_of_numbers_have_a_reason()
    {
        // Each item is seen twice, 10^50 times dearer the second time.
        Basket[] panel = [.. Enumerable.Range(0, 9).Select(t => AnyPanels.Of((t, 1e25m, 1), (t + 1, 1e-25m, 1)))];

        foreach (var method in All)
        {
            var series = MultilateralSeries.Compile(panel, 0, method, 2, Splice.Movement);
            series.Take(7).Should().OnlyContain(p => p.NullReason == null, method.ToString());
            series.Skip(7).Should().OnlyContain(p => p.Level == null && p.NullReason == "out_of_range", method.ToString());
        }
    }

    [Fact]
    public void The_order_and_the_numbers_of_items_change_no_published_figure()
    {
        var random = new Random(5);
        var items = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 6).Select(_ => random.Next(4) == 0
            ? new ItemValue(0, 0) : new ItemValue((decimal)random.NextInt64(1, 1_000_000_000_000) / 1_000_000, random.NextInt64(1, 1_000_000_000))).ToArray()).ToArray();
        Basket[] Numbered(int[] ids) => [.. Enumerable.Range(0, 6).Select(t => new Basket(items.Select((item, i) => KeyValuePair.Create(ids[i], item[t]))))];
        var shuffled = Enumerable.Range(0, items.Length).ToArray();
        var ordered = Numbered(shuffled);
        random.Shuffle(shuffled);

        foreach (var method in All)
            Numbered(shuffled).Levels(method).ShouldBeNear(ordered.Levels(method), method.ToString());
    }

    private static IReadOnlyList<MultilateralPoint> One(MultilateralMethod method, int? window, params Basket[] panel) =>
        MultilateralSeries.Compile(panel, 0, method, window, Splice.Movement);
}
