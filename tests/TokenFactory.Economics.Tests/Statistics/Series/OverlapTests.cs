using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class OverlapTests
{
    // Two or three years of four quarters: [item][year][quarter], of a price and a quantity.
    private static readonly Gen<OverlapItem[]> Continuing = Items(Gen.Double[0.1, 100].Select(p => (double?)p), Gen.Double[0.1, 1_000]);

    private static readonly Gen<OverlapItem[]> ComingAndGoing = Items(
        Gen.Frequency((8, Gen.Double[0.1, 100].Select(p => (double?)p)), (1, Gen.Const((double?)0)), (1, Gen.Const((double?)null))),
        Gen.Frequency((2, Gen.Double[0.1, 1_000]), (1, Gen.Const(0.0))));

    private static readonly Gen<OverlapItem[]> Anything = Items(AnyNumbers.AnyOrNone, AnyNumbers.Any);

    [Fact]
    public void Both_overlaps_are_of_one_annual_chain() => ComingAndGoing.Sample(items =>
        Overlap.OneQuarter(items).AnnualChain.Should().Equal(Overlap.Annual(items).AnnualChain));

    [Fact]
    public void Under_annual_overlap_the_quarters_average_to_the_annual_chain() => Continuing.Sample(items =>
    {
        var volume = Overlap.Annual(items);

        for (var year = 0; year < volume.Values.Count; year++)
        {
            var annual = volume.AnnualChain[year].Value!.Value;
            volume.Values[year].Average(v => v.Value!.Value).Should().BeApproximately(annual, 1e-9 * annual);
        }
    });

    [Fact]
    public void Under_one_quarter_overlap_each_year_goes_on_from_the_last_quarter() => Continuing.Sample(items =>
    {
        var volume = Overlap.OneQuarter(items);

        for (var year = 1; year < volume.Values.Count; year++)
        {
            double Average(OverlapItem item) => item.Prices[year - 1].Zip(item.Quantities[year - 1], (p, q) => p!.Value * q).Sum() / item.Quantities[year - 1].Sum();
            double At(int y, int t) => items.Sum(item => Average(item) * item.Quantities[y][t]);

            for (var t = 0; t < 4; t++)
            {
                var movement = At(year, t) / At(year - 1, 3);
                (volume.Values[year][t].Value / volume.Values[year - 1][3].Value).Should().BeApproximately(movement, 1e-9 * movement);
            }
        }
    });

    [Fact]
    public void Steady_quantities_have_a_steady_volume_whatever_the_prices() => Continuing.Sample(items =>
    {
        OverlapItem[] steady = [.. items.Select((item, i) => item with { Quantities = [.. item.Quantities.Select(year => year.Select(_ => i + 1.0).ToArray())] })];

        foreach (var volume in (OverlapVolume[])[Overlap.Annual(steady), Overlap.OneQuarter(steady)])
            volume.Values.SelectMany(year => year).All(v => Math.Abs(v.Value!.Value - 100) < 1e-9).Should().BeTrue();
    });

    [Fact]
    public void An_item_that_pauses_counts_as_zero_where_it_is_missing()
    {
        // Prices 1 and 2. Year 1: volumes 30 and 10, on average 20. Year 2 at the same prices: 10 and 40.
        OverlapItem[] items = [Item([[1, 1], [1, 1]], [[10, 10], [10, 0]]), Item([[2, null], [2, 2]], [[10, 7], [0, 20]])];

        var volume = Overlap.Annual(items);

        Values(volume).Should().Equal(150, 50, 50, 200);
        volume.AnnualChain.Select(a => a.Value).Should().Equal(100, 125);
        volume.ImputedItems.Should().Equal(0, 0);
    }

    [Fact]
    public void A_new_item_counts_at_an_imputed_price()
    {
        // The matched item halves its price; the new one costs 3 now, which is 6 of the year before.
        OverlapItem[] items = [Item([[4, 4], [2, 2]], [[5, 5], [5, 5]]), Item([[null, null], [3, 3]], [[0, 0], [0, 10]])];

        var volume = Overlap.Annual(items);

        Values(volume).Should().Equal(100, 100, 100, 400);
        volume.AnnualChain.Select(a => a.Value).Should().Equal(100, 250);
        volume.ImputedItems.Should().Equal(0, 1);
    }

    [Fact]
    public void A_new_item_that_nothing_is_matched_with_breaks_the_chain_and_a_free_one_does_not()
    {
        OverlapItem[] replaced = [Item([[4], [null], [4]], [[5], [0], [5]]), Item([[null], [3], [3]], [[0], [10], [10]])];
        OverlapItem[] freeOnly = [Item([[4], [null]], [[5], [0]]), Item([[null], [0]], [[0], [10]])];

        var broken = Overlap.Annual(replaced);

        broken.Values.Select(v => v[0].NullReason).Should().Equal(null, "no_matched_items", "no_matched_items");
        broken.AnnualChain.Select(a => a.NullReason).Should().Equal(null, "no_matched_items", "no_matched_items");
        Values(Overlap.Annual(freeOnly)).Should().Equal(100, 0);
    }

    [Fact]
    public void Empty_years_and_sub_periods_are_passed_over()
    {
        OverlapItem[] items = [Item([[1, 1], [1, 1], [2, 2]], [[10, 0], [0, 0], [20, 30]])];

        foreach (var volume in (OverlapVolume[])[Overlap.Annual(items), Overlap.OneQuarter(items)])
        {
            volume.Values.SelectMany(v => v).Select(v => v.NullReason).Should().Equal(null, "empty_period", "empty_period", "empty_period", null, null);
            // The year before had one sub-period of 10: on average 5, so that 10 is 200, and 20 is 400.
            Values(volume).Should().Equal(200, null, null, null, 400, 600);
            volume.AnnualChain.Select(a => a.Value).Should().Equal(100, null, 500);
        }
    }

    [Fact]
    public void A_year_of_free_items_has_no_volume_to_link_to()
    {
        OverlapItem[] items = [Item([[0, 0], [1, 1]], [[10, 10], [10, 10]])];

        Overlap.Annual(items).Values.SelectMany(v => v).Should().OnlyContain(v => v.NullReason == "zero_price");
        Overlap.OneQuarter(items).Values.SelectMany(v => v).Should().OnlyContain(v => v.NullReason == "zero_price");
    }

    [Fact]
    public void A_last_quarter_of_free_items_only_breaks_the_one_quarter_overlap_alone()
    {
        OverlapItem[] items = [Item([[1, 1], [1, 1]], [[10, 0], [10, 10]]), Item([[0, 0], [0, 0]], [[10, 10], [10, 10]])];

        Values(Overlap.Annual(items)).Should().Equal(200, 0, 200, 200);
        Overlap.OneQuarter(items).Values[1].Should().OnlyContain(v => v.NullReason == "zero_price");
    }

    [Fact]
    public void Items_of_different_years_or_sub_periods_are_refused()
    {
        var (one, two) = (Item([[1, 1]], [[1, 1]]), Item([[1]], [[1]]));
        OverlapItem[][] all = [[one, two], [one with { Quantities = two.Quantities }], [Item([[]], [[]])]];

        foreach (var items in all)
        {
            var volume = () => Overlap.Annual(items);
            volume.Should().Throw<ArgumentException>();
        }

        Overlap.Annual([]).Values.Should().BeEmpty();
    }

    [Fact]
    public void Whatever_comes_and_goes_each_value_is_a_number_or_a_reason() => Gen.OneOf(ComingAndGoing, Anything).Sample(items =>
    {
        foreach (var volume in (OverlapVolume[])[Overlap.Annual(items), Overlap.OneQuarter(items)])
        {
            foreach (var value in volume.Values.SelectMany(v => v).Concat(volume.AnnualChain))
                value.ShouldBeSound();
            volume.Values.Should().HaveSameCount(volume.AnnualChain);
        }
    }, iter: 2_000);

    private static IEnumerable<double?> Values(OverlapVolume volume) =>
        volume.Values.SelectMany(year => year).Select(v => v.Value is { } value ? Math.Round(value, 9, MidpointRounding.AwayFromZero) : (double?)null);

    private static OverlapItem Item(double?[][] prices, double[][] quantities) => new(prices, quantities);

    private static Gen<OverlapItem[]> Items(Gen<double?> price, Gen<double> quantity) => Gen.Int[1, 3].SelectMany(years =>
        Gen.Select(price.Array[4].Array[years], quantity.Array[4].Array[years]).Select((prices, quantities) => new OverlapItem(prices, quantities)).Array[1, 4]);
}
