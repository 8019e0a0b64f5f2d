using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>What multilateral price indices must satisfy, over random panels with entry, exit, gaps and free items.</summary>
public sealed class MultilateralAxiomTests
{
    private static readonly MultilateralMethod[] All = Enum.GetValues<MultilateralMethod>();
    private static readonly Splice[] Splices = Enum.GetValues<Splice>();

    // What stays defined with free items.
    private static readonly MultilateralMethod[] OfBaskets =
        [MultilateralMethod.GeksFisher, MultilateralMethod.GeksWalsh, MultilateralMethod.IntGeksFisher, MultilateralMethod.IntGeksWalsh, MultilateralMethod.Gk];

    // What has no chain in it.
    private static readonly MultilateralMethod[] Direct = [.. All.Where(m => !m.ToString().StartsWith("Int", StringComparison.Ordinal))];

    [Fact]
    public void Identity_prices_that_never_change_give_100_however_quantities_do() => AnyPanels.Churning.Sample(panel =>
    {
        var constant = panel.With((_, id, item) => item with { Value = (id + 1) * item.Quantity });

        foreach (var method in All)
            constant.Levels(method).ShouldBeNear([.. panel.Select(_ => 100d)], method.ToString());
    });

    [Fact]
    public void Proportionality_prices_that_move_together_give_their_movement_whatever_the_window_and_the_splice() =>
        Gen.Select(AnyPanels.Churning, Gen.Int[1, 1_000].Array[7], Gen.Int[2, 5]).Sample((panel, factors, window) =>
        {
            var moving = panel.With((t, id, item) => item with { Value = factors[t] * (id + 1) * item.Quantity });

            foreach (var method in All)
            foreach (var splice in Splices)
            {
                moving.Levels(method, 0, window, splice)
                    .ShouldBeNear([.. panel.Select((_, t) => 100d * factors[t] / factors[0])], $"{method}, {splice} of {window}");
            }
        });

    [Fact]
    public void Commensurability_the_unit_of_an_item_does_not_matter() => Gen.Select(AnyPanels.Churning, Gen.Int[2, 1_000]).Sample((panel, k) =>
    {
        var inThousands = panel.With((_, id, item) => id == 0 ? item with { Quantity = item.Quantity * k } : item);

        foreach (var method in All)
            inThousands.Levels(method).ShouldBeNear(panel.Levels(method), method.ToString());
    });

    [Fact]
    public void Time_reversal_the_periods_backwards_give_the_levels_backwards() => AnyPanels.Churning.Sample(panel =>
    {
        Basket[] backwards = [.. panel.Reverse()];

        foreach (var method in All)
            backwards.Levels(method, panel.Length - 1).ShouldBeNear([.. panel.Levels(method).Reverse()], method.ToString());
    });

    [Fact]
    public void Transitivity_any_reference_period_gives_the_same_movements() => Gen.Select(AnyPanels.Churning, Gen.Int[0, 6]).Sample((panel, other) =>
    {
        var reference = other % panel.Length;
        foreach (var method in All)
        {
            var first = panel.Levels(method);
            panel.Levels(method, reference).ShouldBeNear([.. first.Select(level => 100 * level / first[reference])], method.ToString());
        }
    });

    [Fact]
    public void Base_invariance_another_reference_period_only_scales_a_rolled_series() =>
        Gen.Select(AnyPanels.Churning, Gen.Int[0, 6], Gen.Int[2, 5]).Sample((panel, other, window) =>
        {
            var reference = other % panel.Length;
            foreach (var method in All)
            foreach (var splice in Splices)
            {
                var first = panel.Levels(method, 0, window, splice);
                panel.Levels(method, reference, window, splice)
                    .ShouldBeNear([.. first.Select(level => 100 * level / first[reference])], $"{method}, {splice} of {window}");
            }
        });

    [Fact]
    public void No_drift_a_last_period_that_repeats_the_first_is_100() => AnyPanels.Churning.Sample(panel =>
    {
        Basket[] returning = [.. panel, panel[0]];

        foreach (var method in Direct)
            returning.Levels(method)[^1].Should().BeApproximately(100, 1e-7, method.ToString());
    });

    [Fact]
    public void Free_items_leave_basket_methods_defined() => AnyPanels.Freemium.Sample(panel =>
    {
        foreach (var method in OfBaskets)
            panel.Levels(method).Should().NotContainNulls(method.ToString());
    });

    [Fact]
    public void Items_of_one_period_alone_are_ignored() => AnyPanels.Freemium.Sample(panel =>
    {
        var id = 1_000;
        Basket[] crowded = [.. panel.Select(basket => new Basket([.. basket.Items, KeyValuePair.Create(id++, new ItemValue(id, 7))]))];

        // The dummy method weighs by shares in the value of the whole period.
        foreach (var method in All.Except([MultilateralMethod.Wtpd]))
            crowded.Levels(method).ShouldBeNear(panel.Levels(method), method.ToString());
    });

    [Fact]
    public void On_a_balanced_panel_the_intersection_method_is_the_plain_one() => AnyPanels.Balanced.Sample(panel =>
    {
        foreach (var formula in new[] { "Fisher", "Tornqvist", "Walsh", "Jevons" })
        {
            panel.Levels(Enum.Parse<MultilateralMethod>($"IntGeks{formula}"))
                .ShouldBeNear(panel.Levels(Enum.Parse<MultilateralMethod>($"Geks{formula}")), formula);
        }
    });

    [Fact]
    public void A_window_of_all_periods_or_more_is_one_window_whatever_the_splice() => Gen.Select(AnyPanels.Wild, Gen.Int[0, 3]).Sample((panel, more) =>
    {
        foreach (var method in All)
        foreach (var splice in Splices)
        {
            MultilateralSeries.Compile(panel, 0, method, Math.Max(2, panel.Length + more), splice)
                .Should().Equal(MultilateralSeries.Compile(panel, 0, method, null, Splice.Movement));
        }
    });

    [Fact]
    public void A_series_never_holds_a_NaN_or_an_infinity_and_says_why_a_level_is_missing() =>
        Gen.Select(AnyPanels.Wild, Gen.Int[-1, 9], Gen.Int[2, 6].Select(w => w == 6 ? (int?)null : w)).Sample((panel, reference, window) =>
        {
            var hasReference = reference >= 0 && reference < panel.Length && !panel[reference].IsEmpty;
            foreach (var method in All)
            foreach (var splice in Splices)
            {
                var series = MultilateralSeries.Compile(panel, reference, method, window, splice);

                series.Should().HaveCount(panel.Length);
                series.Should().OnlyContain(p => p.Level == null ? p.NullReason != null : p.NullReason == null && double.IsFinite(p.Level.Value) && p.Level > 0);
                series.Should().OnlyContain(p => p.MatchedShare == null || (p.MatchedShare >= 0 && p.MatchedShare <= 1.0000001));
                if (hasReference)
                {
                    series[reference].Level.Should().Be(100);
                    series.Select(p => p.NullReason == NullReasons.EmptyPeriod).Should().Equal(panel.Select(b => b.IsEmpty));
                }
                else
                {
                    series.Should().OnlyContain(p => p.NullReason == NullReasons.NoReference);
                }
            }
        });
}
