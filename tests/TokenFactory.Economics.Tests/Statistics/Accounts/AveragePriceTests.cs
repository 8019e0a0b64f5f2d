using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class AveragePriceTests
{
    [Fact]
    public void Buyers_who_move_to_cheaper_models_are_a_composition_effect_and_no_price_change()
    {
        var (before, after) = (Of((1, 10, 100), (2, 1, 100)), Of((1, 10, 50), (2, 1, 150)));
        var price = Bilateral.Fisher(Matched(before, after));

        price.Value.Should().Be(1);
        AveragePrice.Index(before, after).Value.Should().BeApproximately(3.25 / 5.5, 1e-15);
        AveragePrice.CompositionEffect(before, after, price).Value.Should().BeApproximately(3.25 / 5.5, 1e-15);
    }

    [Fact]
    public void A_common_price_change_is_no_composition_effect()
    {
        var (before, after) = (Of((1, 10, 100), (2, 1, 100)), Of((1, 5, 100), (2, 0.5m, 100)));

        AveragePrice.CompositionEffect(before, after, Bilateral.Fisher(Matched(before, after))).Value.Should().BeApproximately(1, 1e-15);
    }

    [Fact]
    public void What_has_no_value_says_why()
    {
        var some = Of((1, 10, 1));
        AveragePrice.Of(Of()).NullReason.Should().Be("empty_period");
        AveragePrice.Index(Of((1, 0, 1)), some).NullReason.Should().Be("zero_price");
        AveragePrice.Index(some, Of()).NullReason.Should().Be("empty_period");
        AveragePrice.CompositionEffect(some, some, IndexValue.Null("no_matched_items")).NullReason.Should().Be("no_matched_items");
        AveragePrice.CompositionEffect(some, some, IndexValue.Of(0)).NullReason.Should().Be("zero_price");
    }

    [Fact]
    public void The_smallest_average_price_keeps_its_digits() =>
        AveragePrice.Of(new Basket([KeyValuePair.Create(1, new ItemValue(0.000000000003m, 1_000_000_000_000_000_000))])).Value.Should().BeApproximately(3e-30, 1e-44);

    [Fact]
    public void The_free_share_is_one_of_tokens()
    {
        AveragePrice.FreeShare(Of((1, 0, 30), (2, 5, 10))).Should().Be(0.75);
        AveragePrice.FreeShare(Of((2, 5, 10))).Should().Be(0);
        AveragePrice.FreeShare(Of()).Should().BeNull();
    }

    [Fact]
    public void A_longer_period_has_the_unit_value_of_the_shorter_ones_together()
    {
        var quarter = UnitValues.Over([Of((1, 10, 1), (2, 3, 3)), Of(), Of((1, 4, 2), (3, 0, 7))]);

        quarter.Ids.ToArray().Should().Equal(1, 2, 3);
        quarter.Prices.ToArray().Should().Equal(6, 3, 0);
        quarter.Quantities.ToArray().Should().Equal(3, 3, 7);
        quarter.Value.Should().Be(27);
    }
}
