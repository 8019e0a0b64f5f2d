using CsCheck;
using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ValueAddedTests
{
    private static readonly BilateralBasket Nothing = Union(Of(), Of());

    [Fact]
    public void Output_and_input_are_deflated_each_by_its_own_prices()
    {
        // Output 100 -> 110 pieces at 10 -> 12, input 200 -> 180 at 2 -> 3.
        var (outputs, inputs) = (Union(Of((1, 10, 100)), Of((1, 12, 110))), Union(Of((2, 2, 200)), Of((2, 3, 180))));
        var (laspeyres, paasche) = ((1100.0 - 360) / (1000 - 400), (1320.0 - 540) / (1200 - 600));

        ValueAdded.Volume(outputs, inputs).Value.Should().BeApproximately(Math.Sqrt(laspeyres * paasche), 1e-14);
        (ValueAdded.Volume(outputs, inputs).Value * ValueAdded.Price(outputs, inputs).Value).Should().BeApproximately(780.0 / 600, 1e-14);
    }

    [Fact]
    public void Without_inputs_value_added_is_output() => Gen.Select(Churning, Churning).Sample((a, b) =>
    {
        var expected = Bilateral.FisherQuantity(Union(a, b)).Value!.Value;

        ValueAdded.Volume(Union(a, b), Nothing).Value.Should().BeApproximately(expected, 1e-12 * expected);
        ValueAdded.Contributions(Union(a, b), Nothing).Outputs.Items.Zip(Contributions.FisherQuantity(Union(a, b)).Items)
            .Should().OnlyContain(pair => Math.Abs(pair.First.Value - pair.Second.Value) <= 1e-9 * Math.Abs(pair.Second.Value) + 1e-12);
    });

    [Fact]
    public void Contributions_of_outputs_and_inputs_sum_to_the_growth_of_value_added() => Gen.Select(Churning, Churning, Churning, Churning).Sample((a, b, c, d) =>
    {
        // Inputs a thousandth of what they might be, so that value is left; where none is, there is a reason.
        Basket Small(Basket basket) => basket.Map((_, item) => item with { Value = item.Value / 1_000 });
        var (outputs, inputs) = (Union(a, b), Union(Small(c), Small(d)));
        var parts = ValueAdded.Contributions(outputs, inputs);

        if (parts.Outputs.Growth is not { } growth)
        {
            parts.Outputs.Index.NullReason.Should().Be("nonpositive_value_added");
            return;
        }

        var all = parts.Outputs.Items.Concat(parts.Inputs.Items).Select(i => i.Value).ToList();
        growth.Should().BeApproximately(ValueAdded.Volume(outputs, inputs).Value!.Value - 1, 0);
        all.Sum().Should().BeApproximately(growth, (1e-9 * all.Sum(Math.Abs)) + 1e-12);
    });

    [Fact]
    public void More_input_holds_growth_back()
    {
        var parts = ValueAdded.Contributions(Union(Of((1, 10, 100)), Of((1, 10, 100))), Union(Of((2, 2, 200)), Of((2, 2, 230))));

        parts.Outputs.Items.Single().Value.Should().Be(0);
        parts.Inputs.Items.Single().Value.Should().BeApproximately(-60.0 / 600, 1e-15);
    }

    [Theory]
    [InlineData(500, 1, "p0q0 is 0")]
    [InlineData(1, 600, "p1q1 is below 0")]
    public void Value_added_that_is_not_above_0_has_no_volume(int before, int after, string because)
    {
        var (outputs, inputs) = (Union(Of((1, 10, 100)), Of((1, 10, 100))), Union(Of((2, 2, before)), Of((2, 2, after))));

        ValueAdded.Volume(outputs, inputs).NullReason.Should().Be("nonpositive_value_added", because);
        ValueAdded.Contributions(outputs, inputs).Inputs.Index.NullReason.Should().Be("nonpositive_value_added", because);
    }

    [Fact]
    public void A_side_that_can_not_be_compared_says_why()
    {
        ValueAdded.Volume(Union(Of((1, 10, 1)), Of((2, 10, 1))), Nothing).NullReason.Should().Be("no_matched_items");
        ValueAdded.Volume(Nothing, Nothing).NullReason.Should().Be("no_matched_items");
        ValueAdded.Volume(Union(Of((1, 10, 1)), Of((1, 10, 1))), Union(Of((1, 1, 1)), Of((2, 1, 1)))).NullReason.Should().Be("no_matched_items");
    }
}
