using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>Multilateral methods against their definitions, written out naively: item by item, pair by pair, equation by equation.</summary>
public sealed class MultilateralDefinitionTests
{
    private static readonly string[] Formulas = ["Fisher", "Tornqvist", "Walsh", "Jevons"];

    [Fact]
    public void GEKS_is_the_geometric_mean_over_the_usable_paths_through_every_period() => AnyPanels.Wild.Sample(panel =>
    {
        if (panel[0].IsEmpty)
            return;
        foreach (var formula in Formulas)
        {
            double? Index(int from, int to) => from == to ? 1 : Matched(formula, panel[from], panel[to], panel[to]);
            var expected = panel.Select((_, t) => t == 0 ? 100 : 100 * GeometricMean(panel.Select((_, k) => Index(0, k) * Index(k, t))));

            panel.Levels(Enum.Parse<MultilateralMethod>($"Geks{formula}")).ShouldBeNear([.. expected], formula);
        }
    });

    [Fact]
    public void Intersection_GEKS_chains_means_over_the_items_of_three_periods() => AnyPanels.Wild.Sample(panel =>
    {
        Basket[] present = [.. panel.Where(basket => !basket.IsEmpty)];
        if (present.Length == 0)
            return;
        foreach (var formula in Formulas)
        {
            double? Index(int from, int to, int third) => from == to ? 1 : Matched(formula, present[from], present[to], present[third]);
            var expected = new double?[present.Length];
            expected[0] = 100;
            for (var t = 1; t < present.Length; t++)
                expected[t] = expected[t - 1] * GeometricMean(present.Select((_, k) => Index(t - 1, k, t) * Index(k, t, t - 1)));

            present.Levels(Enum.Parse<MultilateralMethod>($"IntGeks{formula}")).ShouldBeNear(expected, formula);
        }
    });

    [Fact]
    public void A_pair_is_compared_by_the_bilateral_index_of_its_matched_items() => Gen.Select(AnyPanels.Freemium, Gen.Int[1, 6]).Sample((panel, other) =>
    {
        Basket[] pair = [panel[0], panel[other % panel.Length]];

        pair.Levels(MultilateralMethod.GeksFisher)[1].Should().BeApproximately(
            100 * Bilateral.Fisher(BilateralBasket.Of(pair[0], pair[1], ItemSelection.Matched)).Value!.Value, 1e-9 * pair.Levels(MultilateralMethod.GeksFisher)[1]!.Value);
    });

    [Fact]
    public void Time_product_dummy_levels_are_the_least_squares_ones() => AnyPanels.Churning.Sample(panel =>
    {
        var effects = panel.Levels(MultilateralMethod.Wtpd).Select(level => Math.Log(level!.Value)).ToArray();
        var observations = panel.SelectMany((basket, t) => basket.Items.Select(i =>
            (Period: t, Id: i.Key, Weight: (double)(i.Value.Value / basket.Value), LogPrice: Math.Log(i.Value.Price)))).ToList();
        var items = observations.GroupBy(o => o.Id)
            .ToDictionary(g => g.Key, g => g.Sum(o => o.Weight * (o.LogPrice - effects[o.Period])) / g.Sum(o => o.Weight));

        // The residuals of each period, weighted, add up to 0; those of each item do by the choice of its effect.
        foreach (var period in observations.GroupBy(o => o.Period))
            period.Sum(o => o.Weight * (o.LogPrice - effects[o.Period] - items[o.Id])).Should().BeApproximately(0, 1e-10);
    });

    [Fact]
    public void Geary_Khamis_levels_meet_their_own_equations() => AnyPanels.Freemium.Sample(panel =>
    {
        var levels = panel.Levels(MultilateralMethod.Gk);
        var sales = panel.SelectMany((basket, t) => basket.Items.Select(i =>
            (Period: t, Id: i.Key, Quantity: (double)i.Value.Quantity, Price: i.Value.Price / levels[t]!.Value))).ToList();
        var references = sales.GroupBy(s => s.Id).ToDictionary(g => g.Key, g => g.Sum(s => s.Quantity * s.Price) / g.Sum(s => s.Quantity));

        foreach (var period in sales.GroupBy(s => s.Period))
        {
            var level = (double)panel[period.Key].Value / period.Sum(s => references[s.Id] * s.Quantity);
            level.Should().BeApproximately(levels[period.Key]!.Value, 1e-9 * level);
        }
    });

    [Fact]
    public void Periods_that_hardly_anything_ties_together_come_out_as_exact_as_others()
    {
        // Items 1 and 2 weigh 10^15 times as much as item 3, which alone ties the first two periods to the last two.
        Basket[] panel =
        [
            AnyPanels.Of((1, 1e12m, 1), (3, 0.001m, 1)), AnyPanels.Of((1, 2e12m, 1), (3, 0.002m, 1)),
            AnyPanels.Of((2, 1e12m, 1), (3, 0.003m, 1)), AnyPanels.Of((2, 2e12m, 1), (3, 0.006m, 1)),
        ];

        foreach (var method in new[] { MultilateralMethod.Wtpd, MultilateralMethod.Gk })
            panel.Levels(method).ShouldBeNear([100, 200, 300, 600], method.ToString());
    }

    private static double? GeometricMean(IEnumerable<double?> factors)
    {
        var usable = factors.Where(f => f is not null).ToList();
        return usable.Count == 0 ? null : Math.Exp(usable.Average(f => Math.Log(f!.Value)));
    }

    // The index over items that three periods have; null where it or its inverse is undefined.
    private static double? Matched(string formula, Basket from, Basket to, Basket third)
    {
        var items = (
            from before in @from.Items
            join after in to.Items on before.Key equals after.Key
            join other in third.Items on before.Key equals other.Key
            select (P0: before.Value.Price, Q0: (double)before.Value.Quantity, P1: after.Value.Price, Q1: (double)after.Value.Quantity)).ToList();
        var (value0, value1) = (items.Sum(i => i.P0 * i.Q0), items.Sum(i => i.P1 * i.Q1));
        var index = formula switch
        {
            "Fisher" => Math.Sqrt(items.Sum(i => i.P1 * i.Q0) / value0 * (value1 / items.Sum(i => i.P0 * i.Q1))),
            "Walsh" => items.Sum(i => i.P1 * Math.Sqrt(i.Q0 * i.Q1)) / items.Sum(i => i.P0 * Math.Sqrt(i.Q0 * i.Q1)),
            "Tornqvist" => Math.Exp(items.Sum(i => (i.P0 * i.Q0 / value0 + i.P1 * i.Q1 / value1) / 2 * Math.Log(i.P1 / i.P0))),
            "Jevons" => Math.Exp(items.Sum(i => Math.Log(i.P1 / i.P0)) / items.Count),
            _ => throw new ArgumentOutOfRangeException(nameof(formula)),
        };
        return items.Count > 0 && double.IsNormal(index) ? index : null;
    }
}
