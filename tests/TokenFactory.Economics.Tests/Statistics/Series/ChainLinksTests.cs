using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ChainLinksTests
{
    [Fact]
    public void A_link_without_a_value_breaks_the_chain_for_good()
    {
        var chain = ChainLinks.Multiply([Statistic.Of(110), Statistic.Null("no_matched_items"), Statistic.Of(120), Statistic.Null("empty_period")]);

        chain.Select(c => c.NullReason).Should().Equal(null, "no_matched_items", "no_matched_items", "no_matched_items");
        chain[0].Value.Should().BeApproximately(110, 1e-12);
    }

    [Fact]
    public void A_link_of_zero_holds_and_one_below_it_does_not()
    {
        ChainLinks.Multiply([Statistic.Of(0), Statistic.Of(120)]).Select(c => c.Value).Should().Equal(0, 0);
        ChainLinks.Multiply([Statistic.Of(-1), Statistic.Of(120)]).Select(c => c.NullReason).Should().Equal("out_of_range", "out_of_range");
    }

    [Fact]
    public void A_chain_moves_as_its_links_do() => Gen.Double[50, 200].Array[1, 20].Sample(links =>
    {
        var chain = ChainLinks.Multiply([.. links.Select(Statistic.Of)]);

        for (var t = 1; t < links.Length; t++)
            (100 * chain[t].Value / chain[t - 1].Value).Should().BeApproximately(links[t], 1e-9);
    });

    [Fact]
    public void Whatever_the_links_each_level_is_a_number_or_a_reason() => AnyNumbers.Any.Array[0, 10].Sample(links =>
    {
        foreach (var level in ChainLinks.Multiply([.. links.Select(Statistic.Of)]))
            level.ShouldBeSound();
    });
}
