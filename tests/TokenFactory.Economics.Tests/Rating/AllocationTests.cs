using CsCheck;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class AllocationTests
{
    private static readonly Gen<decimal> Total = Gen.Long[-9_000_000_000_000_000, 9_000_000_000_000_000].Select(t => t / 1_000_000_000_000m);
    private static readonly Gen<decimal[]> Quantities = Gen.OneOf(Gen.Const(0L), Gen.Long[0, 1_000], Gen.Long[0, 1_000_000_000_000_000]).Select(q => (decimal)q).Array[1, 40]
        .Where(q => q.Any(v => v > 0));

    [Fact]
    public void The_parts_sum_to_the_amount_and_none_is_off_by_more_than_the_last_digit()
    {
        Gen.Select(Total, Quantities).Sample((total, quantities) =>
        {
            var parts = Allocation.ProRata(total, quantities);

            parts.Sum().Should().Be(total);
            for (var i = 0; i < parts.Length; i++)
            {
                parts[i].Should().BeApproximately(total * (quantities[i] / quantities.Sum()), 0.000000000002m);
                if (quantities[i] == 0)
                    parts[i].Should().Be(0);
            }
        });
    }

    [Fact]
    public void A_remainder_falls_where_the_shares_before_it_round()
    {
        Allocation.ProRata(0.000000000002m, [1, 1, 1]).Should().Equal(0.000000000001m, 0, 0.000000000001m);
        Allocation.ProRata(-0.000000000001m, [1, 1]).Should().Equal(-0.000000000001m, 0);
        Allocation.ProRata(1, [3, 0, 1]).Should().Equal(0.75m, 0, 0.25m);
    }

    [Fact]
    public void Nothing_is_divided_by_nothing_alone()
    {
        Allocation.ProRata(0, [0, 0]).Should().Equal(0, 0);
        Allocation.ProRata(0, []).Should().BeEmpty();
        FluentActions.Invoking(() => Allocation.ProRata(1, [0, 0])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Allocation.ProRata(1, [2, -1])).Should().Throw<ArgumentException>();
    }
}
