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

    // Index numbers are published with six decimals.
    private static IEnumerable<double?> Published(IReadOnlyList<IndexPoint> series) =>
        series.Select(p => p.Level is { } level ? Math.Round(level, 6, MidpointRounding.AwayFromZero) : (double?)null);

    private static Basket Of(params (int Id, decimal Value, decimal Quantity)[] items) =>
        new(items.Select(i => KeyValuePair.Create(i.Id, new ItemValue(i.Value, i.Quantity))));
}
