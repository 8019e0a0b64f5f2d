using CsCheck;
using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ValueAddedSeriesTests
{
    private static readonly Basket Nothing = Of();

    [Fact]
    public void Who_buys_nothing_has_the_quantity_index_of_the_output() => Gen.Select(Churning, Churning, Churning).Sample((a, b, c) =>
    {
        Basket[] outputs = [a, Nothing, b, c];
        var expected = IndexSeries.Compile(outputs, 0, new IndexMethod { Kind = IndexKind.Quantity });

        var series = ValueAddedSeries.Compile(outputs, [Nothing, Nothing, Nothing, Nothing], 0);

        series.Zip(expected).Should().OnlyContain(pair => pair.First.NullReason == pair.Second.NullReason
            && pair.First.MatchedShare == pair.Second.MatchedShare && pair.First.ComparedWith == pair.Second.ComparedWith
            && Math.Abs((pair.First.Level - pair.Second.Level) ?? 0) <= 1e-9 * (pair.Second.Level ?? 0));
    });

    [Fact]
    public void Links_are_volumes_of_value_added_and_a_period_without_any_is_linked_across()
    {
        Basket[] outputs = [Of((1, 10, 100)), Of((1, 12, 110)), Of((1, 11, 50)), Of((1, 12, 120))];
        Basket[] inputs = [Of((2, 2, 200)), Of((2, 3, 180)), Of((2, 3, 190)), Of((2, 2, 210))];

        var series = ValueAddedSeries.Compile(outputs, inputs, 0);

        double Link(int from, int to) => ValueAdded.Volume(Union(outputs[from], outputs[to]), Union(inputs[from], inputs[to])).Value!.Value;
        series[1].Level.Should().BeApproximately(100 * Link(0, 1), 1e-12);
        series[2].Should().Match<IndexPoint>(p => p.Level == null && p.NullReason == "nonpositive_value_added");
        series[3].Level.Should().BeApproximately(100 * Link(0, 1) * Link(1, 3), 1e-12);
        series[3].ComparedWith.Should().Be(1);
        ValueAddedSeries.FirstPositive(outputs, inputs).Should().Be(0);
        ValueAddedSeries.FirstPositive(inputs, outputs).Should().Be(2, "only then is more bought than made");
    }

    [Fact]
    public void Who_begins_to_buy_has_the_earlier_prices_of_that_imputed_at_the_mean_of_what_it_makes()
    {
        // Output prices rise by a fifth: what is bought at 3 would have been 2.50.
        var series = ValueAddedSeries.Compile([Of((1, 10, 100)), Of((1, 12, 110))], [Nothing, Of((2, 3, 180))], 0);

        var (laspeyres, paasche) = ((1100 - (2.5 * 180)) / 1000, (1320.0 - 540) / 1200);
        series[1].Level.Should().BeApproximately(100 * Math.Sqrt(laspeyres * paasche), 1e-12);
    }

    [Fact]
    public void Who_only_buys_has_no_volume()
    {
        var series = ValueAddedSeries.Compile([Nothing, Nothing, Nothing], [Of((2, 2, 200)), Nothing, Of((2, 3, 180))], 0);

        series.Select(p => p.NullReason).Should().Equal("nonpositive_value_added", "empty_period", "nonpositive_value_added");
        ValueAddedSeries.FirstPositive([Nothing], [Of((2, 2, 200))]).Should().Be(-1);
    }

    [Fact]
    public void Without_a_reference_period_nothing_has_a_level()
    {
        ValueAddedSeries.Compile([Of((1, 10, 100)), Nothing], [Nothing, Nothing], -1).Select(p => p.NullReason).Should().Equal("no_reference_period", "empty_period");
        var uneven = () => ValueAddedSeries.Compile([Nothing], [], 0);
        uneven.Should().Throw<ArgumentException>();
    }
}
