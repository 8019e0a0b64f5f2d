using System.Globalization;
using CsCheck;
using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>That contributions add up; their values are those of cases 02, 12 and 20 (<see cref="ConformanceTests"/>).</summary>
public sealed class ContributionsTests
{
    private static readonly Func<BilateralBasket, Decomposition>[] All =
    [
        Contributions.Fisher, Contributions.FisherQuantity, Contributions.Laspeyres, Contributions.Paasche, Contributions.Tornqvist,
        Contributions.Jevons, Contributions.Reinsdorf, b => Contributions.Laspeyres(b.Swapped), b => Contributions.Paasche(b.Swapped),
    ];

    [Fact]
    public void Contributions_sum_to_growth_even_when_items_come_and_go() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        foreach (var decompose in All)
        {
            var parts = decompose(Union(a, b));
            (parts.Growth is null).Should().Be(parts.Index.NullReason is not null);
            if (parts.Growth is not { } growth)
            {
                parts.Items.Should().BeEmpty();
                continue;
            }

            parts.Items.Sum(i => i.Value).Should().BeApproximately(growth, 1e-9 * parts.Items.Sum(i => Math.Abs(i.Value)) + 1e-12);
            parts.Items.Should().BeInAscendingOrder(i => i.ItemId).And.OnlyHaveUniqueItems(i => i.ItemId);
        }
    });

    [Fact]
    public void Rounded_contributions_sum_to_rounded_growth_to_the_last_digit() => Gen.Select(Any, Any, Gen.Int[0, 6]).Sample((a, b, decimals) =>
    {
        foreach (var decompose in All)
        {
            var parts = decompose(Union(a, b));
            if (parts.Round(decimals) is not { } rounded)
                continue;
            var unit = (decimal)Math.Pow(10, -decimals);

            rounded.Items.Sum(i => i.Value).Should().Be(rounded.Growth);
            rounded.Growth.Should().BeApproximately((decimal)parts.Growth!.Value, (unit / 2) + (1e-12m * Math.Abs(rounded.Growth)));
            Contributions.Roll(rounded.Items, id => id % 3).Sum(group => group.Value).Should().Be(rounded.Growth);
            foreach (var (exact, published) in parts.Items.Zip(rounded.Items))
            {
                published.ItemId.Should().Be(exact.ItemId);
                (published.Value % unit).Should().Be(0);
                published.Value.Should().BeApproximately((decimal)exact.Value, unit + (1e-12m * Math.Abs(rounded.Growth)) + (1e-12m * Math.Abs(published.Value)));
            }
        }
    });

    [Fact]
    public void Units_that_are_missing_go_to_the_largest_remainders_and_at_a_tie_to_the_lower_item()
    {
        Decomposition.RoundTo(1, [0.3335, 0.3335, 0.333], 3)!.Value.Parts.Should().Equal(0.334m, 0.333m, 0.333m);
        Decomposition.RoundTo(0.002, [0.0004, 0.0009, 0.0007], 3)!.Value.Parts.Should().Equal(0, 0.001m, 0.001m);
        Decomposition.RoundTo(-0.001, [-0.0004, -0.0006], 3)!.Value.Parts.Should().Equal(0, -0.001m);
        Decomposition.RoundTo(0.25, [0.125, 0.125], 1).Should().BeEquivalentTo((Total: 0.3m, Parts: new[] { 0.2m, 0.1m }));
        Decomposition.RoundTo(0, [], 6)!.Value.Parts.Should().BeEmpty();
    }

    [Fact]
    public void Numbers_without_such_decimals_are_not_rounded()
    {
        Decomposition.RoundTo(1e15, [1e15], 6).Should().BeNull();
        Decomposition.RoundTo(double.NaN, [1], 6).Should().BeNull();
        Decomposition.RoundTo(1e13, [6e12, 4e12], 6)!.Value.Parts.Should().Equal(6e12m, 4e12m);
    }

    [Theory]
    [InlineData(0.5, 0, "1")]
    [InlineData(-0.5, 0, "-1")]
    [InlineData(0.0078125, 6, "0.007813")]
    [InlineData(1.0000005, 6, "1.000001")]
    [InlineData(1.0000025, 6, "1.000002")]
    public void The_growth_is_rounded_half_away_from_zero_by_its_own_digits(double growth, int decimals, string published) =>
        Decomposition.RoundTo(growth, [growth], decimals)!.Value.Total.Should().Be(decimal.Parse(published, CultureInfo.InvariantCulture));

    [Fact]
    public void Contributions_roll_up_by_what_an_item_belongs_to()
    {
        var parts = Contributions.FisherQuantity(Union(Of((1, 10, 4), (2, 5, 2), (3, 1, 8)), Of((1, 10, 6), (2, 5, 2), (4, 2, 9))));

        var byProducer = Contributions.Roll(parts.Items, id => id <= 2 ? "openai" : "moonshot");

        byProducer.Select(p => p.Key).Should().Equal("openai", "moonshot");
        byProducer.Sum(p => p.Value).Should().BeApproximately(parts.Growth!.Value, 1e-12);
        byProducer[0].Value.Should().BeApproximately(parts.Items.Where(i => i.ItemId <= 2).Sum(i => i.Value), 1e-15);
        parts.Items.Single(i => i.ItemId == 2).Value.Should().Be(0);
    }

    [Fact]
    public void Without_an_index_there_are_no_contributions_and_a_reason()
    {
        Contributions.FisherQuantity(Union(Of((1, 10, 4)), Of((2, 10, 4)))).Index.NullReason.Should().Be("no_matched_items");
        Contributions.FisherQuantity(Union(Of((1, 0, 4)), Of((1, 10, 4)))).Index.NullReason.Should().Be("zero_price");
        // The quantity index has a value; its contributions would be weighed by a price index of 0.
        Contributions.FisherQuantity(Matched(Of((1, 10, 4), (2, 0, 1)), Of((1, 0, 4), (2, 0, 1)))).Index.NullReason.Should().Be("zero_price");
        Contributions.Jevons(Union(Of((1, 0, 4)), Of((1, 10, 4)))).Index.NullReason.Should().Be("zero_price");
        Contributions.Reinsdorf(Matched(Of((1, 10, 4), (2, 0, 1)), Of((1, 20, 4), (2, 3, 1)))).Index.NullReason.Should().Be("zero_price");
        Contributions.Jevons(Union(Of((1, 0, 4)), Of((1, 10, 4)))).Round(6).Should().BeNull();
    }
}
