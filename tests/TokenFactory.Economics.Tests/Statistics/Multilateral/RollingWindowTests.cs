using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class RollingWindowTests
{
    private static readonly MultilateralMethod[] All = Enum.GetValues<MultilateralMethod>();
    private static readonly Splice[] Splices = Enum.GetValues<Splice>();

    [Fact]
    public void Each_window_is_spliced_on_as_the_formula_says() => Gen.Select(AnyPanels.Churning, Gen.Int[2, 5]).Sample((panel, w) =>
    {
        foreach (var method in All)
        foreach (var splice in Splices)
        {
            var expected = Naive(panel, method, w, splice);
            panel.Levels(method, 0, w, splice).ShouldBeNear([.. expected.Select(level => (double?)(100 * level))], $"{method}, {splice} of {w}");
        }
    });

    [Fact]
    public void A_window_of_two_is_the_chained_matched_index_and_links_across_empty_periods() =>
        Gen.Select(AnyPanels.Freemium, Gen.Int[0, 6], Gen.Int[1, 3]).Sample((panel, at, length) =>
        {
            Basket[] gapped = [.. panel[..(1 + at % panel.Length)], .. Enumerable.Repeat(AnyPanels.Of(), length), .. panel[(1 + at % panel.Length)..]];
            var chain = new List<double?> { 100 };
            for (var t = 1; t < panel.Length; t++)
                chain.Add(chain[^1] * Bilateral.Fisher(BilateralBasket.Of(panel[t - 1], panel[t], ItemSelection.Matched)).Value);

            var series = MultilateralSeries.Compile(gapped, 0, MultilateralMethod.GeksFisher, 2, Splice.Movement);

            series.Zip(gapped).Where(p => !p.Second.IsEmpty).Select(p => p.First.Level).ToList().ShouldBeNear(chain, "links are matched Fisher indices");
            series.Zip(gapped).Where(p => p.Second.IsEmpty).Should().OnlyContain(p => p.First.NullReason == NullReasons.EmptyPeriod);
        });

    [Fact]
    public void The_period_at_which_a_window_is_spliced_on_is_told()
    {
        Basket[] panel = [.. Enumerable.Range(0, 8).Select(t => AnyPanels.Of((1, 10 + t, 1), (2, 20 - t, 1 + t)))];
        int?[] At(Splice splice) => [.. MultilateralSeries.Compile(panel, 0, MultilateralMethod.GeksFisher, 6, splice).Select(p => p.SplicedAt)];

        At(Splice.Movement).Should().Equal(null, null, null, null, null, null, 5, 6);
        At(Splice.Window).Should().Equal(null, null, null, null, null, null, 1, 2);
        At(Splice.Wisp).Should().Equal(null, null, null, null, null, null, 1, 2);
        At(Splice.Half).Should().Equal(null, null, null, null, null, null, 3, 4);
        At(Splice.Hasp).Should().Equal(null, null, null, null, null, null, 3, 4);
        At(Splice.Mean).Should().OnlyContain(place => place == null);
        foreach (var splice in Splices)
            MultilateralSeries.Compile(panel, 0, MultilateralMethod.GeksFisher, 6, splice).Should().OnlyContain(p => !p.IsSpliceFallback);
    }

    [Fact]
    public void Where_the_period_of_the_splice_is_empty_the_nearest_stands_in_and_is_flagged()
    {
        Basket[] panel = [.. Enumerable.Range(0, 7).Select(t => t == 3 ? AnyPanels.Of() : AnyPanels.Of((1, 10 + t, 1), (2, 20 - t, 1 + t)))];
        (int?, bool)[] At(Splice splice) =>
            [.. MultilateralSeries.Compile(panel, 0, MultilateralMethod.GeksFisher, 3, splice).Select(p => (p.SplicedAt, p.IsSpliceFallback))];

        At(Splice.Movement).Should().Equal((null, false), (null, false), (null, false), (null, false), (2, true), (4, false), (5, false));
        // The window that ends at period 5 begins with the empty one.
        At(Splice.Window).Should().Equal((null, false), (null, false), (null, false), (null, false), (2, false), (4, true), (4, false));
        At(Splice.Mean).Should().Equal((null, false), (null, false), (null, false), (null, false), (null, true), (null, true), (null, false));
    }

    [Fact]
    public void A_published_level_is_never_revised_by_later_periods() => Gen.Select(AnyPanels.Churning, Gen.Int[2, 4]).Sample((panel, window) =>
    {
        foreach (var method in All)
        foreach (var splice in Splices)
        {
            if (panel.Length > window)
                panel[..^1].Levels(method, 0, window, splice).ShouldBeNear(panel.Levels(method, 0, window, splice)[..^1], $"{method} {splice}");
        }
    });

    [Fact]
    public void A_break_parts_the_series_and_each_reference_period_has_its_own_side()
    {
        Basket[] panel =
        [
            AnyPanels.Of((1, 10, 1)), AnyPanels.Of((1, 20, 1)), AnyPanels.Of((1, 40, 1)),
            AnyPanels.Of((2, 10, 1)), AnyPanels.Of((2, 20, 1)), AnyPanels.Of((2, 30, 1)),
        ];

        foreach (var method in All)
        foreach (var splice in Splices)
        {
            panel.Levels(method, 0, 3, splice).ShouldBeNear([100, 200, 400, null, null, null], $"{method} {splice}");
            panel.Levels(method, 4, 3, splice).ShouldBeNear([null, null, null, 50, 100, 150], $"{method} {splice}");
            MultilateralSeries.Compile(panel, 4, method, 3, splice).Take(3).Select(p => p.NullReason).Should().Equal("chain_broken", "chain_broken", "no_matched_items");
        }
    }

    [Fact]
    public void A_break_is_mended_by_a_later_period_that_ties_both_sides()
    {
        Basket[] panel =
        [
            AnyPanels.Of((1, 10, 1)), AnyPanels.Of((1, 20, 1)), AnyPanels.Of((2, 10, 1)), AnyPanels.Of((1, 40, 1), (2, 20, 1)), AnyPanels.Of((2, 40, 1)),
        ];

        foreach (var reference in new[] { 0, 4 })
        foreach (var splice in Splices)
        {
            double?[] expected = [100, 200, 200, 400, 800];
            panel.Levels(MultilateralMethod.GeksFisher, reference, 3, splice)
                .ShouldBeNear([.. expected.Select(level => 100 * level / expected[reference])], splice.ToString());
        }
    }

    [Fact]
    public void A_break_for_free_items_alone_says_so()
    {
        Basket[] panel = [AnyPanels.Of((1, 10, 1)), AnyPanels.Of((1, 20, 1)), AnyPanels.Of((1, 0, 1)), AnyPanels.Of((1, 30, 1))];

        foreach (var method in new[] { MultilateralMethod.GeksTornqvist, MultilateralMethod.IntGeksFisher, MultilateralMethod.Wtpd, MultilateralMethod.Gk })
        {
            MultilateralSeries.Compile(panel, 0, method, 2, Splice.Movement).Select(p => p.NullReason)
                .Should().Equal([null, null, "zero_price", "zero_price"], method.ToString());
        }

        panel.Levels(MultilateralMethod.GeksTornqvist, 0, 3).ShouldBeNear([100, 200, null, 300], "a window of 3 looks past the free period");
    }

    // I_T = I_(T-1) x (N_last / N_j) x (B_(j+1) / B_last), B the window before or the published series.
    private static List<double> Naive(Basket[] panel, MultilateralMethod method, int w, Splice splice)
    {
        double[] Window(int end) => [.. panel[(end - w + 1)..(end + 1)].Levels(method).Select(level => level!.Value)];
        var published = panel[..Math.Min(w, panel.Length)].Levels(method).Select(level => level!.Value / 100).ToList();
        for (var t = w; t < panel.Length; t++)
        {
            var n = Window(t);
            var b = splice is Splice.Wisp or Splice.Hasp or Splice.MeanPub ? [.. published[^w..]] : Window(t - 1);
            double By(int j) => published[t - 1] * (n[^1] / n[j]) * (b[j + 1] / b[^1]);
            published.Add(splice switch
            {
                Splice.Movement => By(w - 2),
                Splice.Window or Splice.Wisp => By(0),
                Splice.Half or Splice.Hasp => By((w - 1) / 2),
                _ => Math.Exp(Enumerable.Range(0, w - 1).Average(j => Math.Log(By(j)))),
            });
        }

        return published;
    }
}
