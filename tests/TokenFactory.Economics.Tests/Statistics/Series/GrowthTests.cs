using System.Text.Json;
using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class GrowthTests
{
    private static readonly Transformation[] All = Enum.GetValues<Transformation>();

    // FRED, "What formulas are used to calculate growth rates?", by hand: months, x = 100, ..., 110 after a year, 121 the month after.
    [Theory]
    [InlineData(Transformation.Lin, 121)]
    [InlineData(Transformation.Chg, 11)]
    [InlineData(Transformation.Ch1, 20)]
    [InlineData(Transformation.Pch, 10)]
    [InlineData(Transformation.Pc1, 19.801980198019802)]
    [InlineData(Transformation.Pca, 213.8428376721)]
    [InlineData(Transformation.Cch, 9.531017980432486)]
    [InlineData(Transformation.Cca, 114.37221576518983)]
    [InlineData(Transformation.Log, 4.795790545596741)]
    public void Each_transformation_is_FRED_s_formula(Transformation transformation, double expected)
    {
        double?[] months = [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 109, 109, 110, 121];

        Growth.Of(transformation, months, Regular(months.Length, 12), Frequency.Month)[13].Value.Should().BeApproximately(expected, 1e-10 * expected);
    }

    [Fact]
    public void Transformations_have_FRED_s_names() =>
        All.Select(t => JsonNamingPolicy.SnakeCaseLower.ConvertName(t.ToString())).Should().Equal("lin", "chg", "ch1", "pch", "pc1", "pca", "cch", "cca", "log");

    [Theory]
    [InlineData(Frequency.Year, 10)]
    [InlineData(Frequency.Quarter, 46.41)]
    [InlineData(Frequency.Week, 14104.29)]
    public void A_rate_is_compounded_over_the_periods_of_a_year(Frequency frequency, double expected) =>
        Growth.Of(Transformation.Pca, [100, 110], Regular(2, 1), frequency)[1].Value.Should().BeApproximately(expected, 0.01);

    [Fact]
    public void Days_and_hours_are_not_annualised()
    {
        foreach (var frequency in (Frequency[])[Frequency.Day, Frequency.Hour])
        {
            Reasons(Transformation.Pca, [100, null, 110], frequency).Should().Equal("not_annualised", "growth_of_null", "not_annualised");
            Reasons(Transformation.Cca, [100, 110], frequency).Should().Equal("not_annualised", "not_annualised");
            Reasons(Transformation.Pch, [100, 110], frequency).Should().Equal("no_earlier_period", null);
        }
    }

    [Fact]
    public void Growth_is_null_across_a_gap_and_says_where_the_gap_is()
    {
        double?[] levels = [100, null, 110, 121];

        foreach (var transformation in All.Except([Transformation.Lin, Transformation.Log]))
        {
            Reasons(transformation, levels, Frequency.Month).Should()
                .Equal(["no_earlier_period", "growth_of_null", "earlier_value_missing", null], "of {0}", transformation);
        }

        Reasons(Transformation.Lin, levels, Frequency.Month).Should().Equal(null, "growth_of_null", null, null);
    }

    [Fact]
    public void A_point_without_a_value_keeps_its_own_reason() =>
        Growth.Of(Transformation.Pch, [100, null, null], Regular(3, 1), Frequency.Month, [null, "empty_period", null])
            .Select(g => g.NullReason).Should().Equal("no_earlier_period", "empty_period", "growth_of_null");

    [Fact]
    public void Zero_is_no_base_and_has_no_logarithm()
    {
        double?[] levels = [100, 0, 50, -10, 20];

        Reasons(Transformation.Chg, levels, Frequency.Month).Should().Equal("no_earlier_period", null, null, null, null);
        Reasons(Transformation.Pch, levels, Frequency.Month).Should().Equal("no_earlier_period", null, "zero_base", null, "zero_base");
        Reasons(Transformation.Pca, levels, Frequency.Month).Should().Equal("no_earlier_period", null, "zero_base", "zero_base", "zero_base");
        Reasons(Transformation.Cch, levels, Frequency.Month).Should().Equal("no_earlier_period", "zero_base", "zero_base", "zero_base", "zero_base");
        Reasons(Transformation.Log, levels, Frequency.Month).Should().Equal(null, "zero_base", null, "zero_base", null);
        Growth.Of(Transformation.Pch, levels, Regular(5, 1), Frequency.Month).Select(g => g.Value).Should().Equal(null, -100, null, -120, null);
        Growth.Of(Transformation.Pca, levels, Regular(5, 1), Frequency.Month)[1].Value.Should().Be(-100);
    }

    [Fact]
    public void Who_knows_the_calendar_says_what_a_year_before_is()
    {
        // The year before has 53 weeks, and one period between is not in the series at all.
        var places = new EarlierPlaces { PeriodBefore = [-1, 0, -1, 2], YearBefore = [-1, -1, 0, 1] };

        Growth.Of(Transformation.Pc1, [100, 200, 150, 150], places, Frequency.Week).Select(g => g.Value).Should().Equal(null, null, 50, -25);
        Growth.Of(Transformation.Pch, [100, 200, 150, 150], places, Frequency.Week).Select(g => g.Value).Should().Equal(null, 100, null, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-2)]
    public void A_place_that_is_not_before_its_point_is_refused(int place)
    {
        var growth = () => Growth.Of(Transformation.Pch, [100], new EarlierPlaces { PeriodBefore = [place], YearBefore = [-1] }, Frequency.Month);
        var change = () => Growth.Change([100m], [place]);

        growth.Should().Throw<ArgumentException>();
        change.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Money_changes_exactly()
    {
        decimal?[] levels = [0.000000000001m, 1234567890123456.000000000003m, null, 5m];

        Growth.Change(levels, [-1, 0, 1, 2]).Should().Equal(
            new ExactChange(null, "no_earlier_period"), new ExactChange(1234567890123456.000000000002m, null),
            new ExactChange(null, "growth_of_null"), new ExactChange(null, "earlier_value_missing"));
        Growth.Change([decimal.MinValue, decimal.MaxValue], [-1, 0])[1].Should().Be(new ExactChange(null, "out_of_range"));
        Growth.Change([null], [-1], ["empty_period"])[0].NullReason.Should().Be("empty_period");
    }

    [Fact]
    public void Changes_of_money_add_up_to_the_last_digit() => Gen.Long[-1_000_000_000_000_000, 1_000_000_000_000_000].Array[1, 20].Sample(trillionths =>
    {
        decimal?[] levels = [.. trillionths.Select(t => (decimal?)(t * 0.000000000001m))];

        var changes = Growth.Change(levels, Regular(levels.Length, 1).PeriodBefore);

        changes.Skip(1).Sum(c => c.Value!.Value).Should().Be(levels[^1]!.Value - levels[0]!.Value);
    });

    [Fact]
    public void Rates_agree_with_each_other() => Gen.Select(Gen.Double[0.01, 1_000], Gen.Double[0.01, 1_000]).Sample((before, now) =>
    {
        double Of(Transformation transformation) => Growth.Of(transformation, [before, now], Regular(2, 1), Frequency.Month)[1].Value!.Value;
        var ratio = 1 + (Of(Transformation.Pch) / 100);
        var compounded = Enumerable.Repeat(ratio, 12).Aggregate(1.0, (product, next) => product * next);

        Of(Transformation.Cch).Should().BeApproximately(100 * Math.Log(ratio), 1e-6);
        Of(Transformation.Cca).Should().BeApproximately(12 * Of(Transformation.Cch), 1e-9);
        Of(Transformation.Pca).Should().BeApproximately(100 * (compounded - 1), 1e-8 * Math.Max(1, 100 * compounded));
        Of(Transformation.Chg).Should().Be(now - before);
        Of(Transformation.Pch).Should().BeApproximately(100 * Of(Transformation.Chg) / before, 1e-9 * Math.Max(1, 100 * ratio));
        Of(Transformation.Pc1).Should().Be(Of(Transformation.Pch), "both are given the same place here");
        Of(Transformation.Ch1).Should().Be(Of(Transformation.Chg));
    });

    [Fact]
    public void Whatever_the_series_each_point_has_a_number_or_a_reason() =>
        Gen.Select(AnyNumbers.AnyOrNone.Array[0, 8], Gen.Enum<Frequency>(), Gen.Int[1, 3]).Sample((levels, frequency, year) =>
        {
            foreach (var transformation in All)
            {
                var growth = Growth.Of(transformation, levels, Regular(levels.Length, year), frequency);

                growth.Should().HaveCount(levels.Length);
                foreach (var point in growth)
                    point.ShouldBeSound();
            }
        });

    private static IEnumerable<string?> Reasons(Transformation transformation, double?[] levels, Frequency frequency) =>
        Growth.Of(transformation, levels, Regular(levels.Length, 1), frequency).Select(g => g.NullReason);

    // A series without holes: the year before is so many points back.
    private static EarlierPlaces Regular(int count, int year) => new()
    {
        PeriodBefore = [.. Enumerable.Range(-1, count)],
        YearBefore = [.. Enumerable.Range(0, count).Select(t => t < year ? -1 : t - year)],
    };
}
