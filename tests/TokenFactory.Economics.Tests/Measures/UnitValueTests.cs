using System.Numerics;
using CsCheck;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Tests.Measures;

public sealed class UnitValueTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("2.5")]
    [InlineData("0.000000000001")]
    [InlineData("1000000")]
    [InlineData("999999.999999999999")]
    public void Holds_what_it_was_given(string text)
    {
        var value = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        UnitValue.PerMillionTokens(value).ValuePerMillionTokens.Should().Be(value);
        UnitValue.PerMillionTokens(value).ToString().Should().Be(text);
    }

    [Theory]
    [InlineData("-0.000000000001", "negative")]
    [InlineData("1000000.000000000001", "exceed")]
    [InlineData("0.0000000000001", "12 decimals")]
    [InlineData("0.1234567890123", "12 decimals")]
    [InlineData("0.0000000000000000000000000001", "12 decimals")]
    [InlineData("999999.9999999999999999999999", "12 decimals")]
    public void Refuses_what_the_ledger_could_not_keep_exactly(string text, string why)
    {
        var value = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        UnitValue.TryCreate(value, out _, out var violation).Should().BeFalse();
        violation.Should().Contain(why);
    }

    [Fact]
    public void Trailing_zeros_are_not_decimals() =>
        UnitValue.PerMillionTokens(2.5000000000000000000000000000m).Should().Be(UnitValue.PerMillionTokens(2.5m));

    [Theory]
    [InlineData(1, "0.5", "0.0000005")]
    [InlineData(17_817, "0.15", "0.00267255")]
    [InlineData(1, "0.000000500000", "0.000000000001")] // exactly half of the last kept decimal: away from zero
    [InlineData(1, "0.000000499999", "0")]
    [InlineData(-1, "0.0000005", "-0.000000000001")]
    [InlineData(1_000_000_000_000_000, "1000000", "1000000000000000")]
    [InlineData(0, "15", "0")]
    public void The_amount_is_rounded_once_half_away_from_zero(long quantity, string unitValue, string amount) =>
        UnitValue.PerMillionTokens(decimal.Parse(unitValue, System.Globalization.CultureInfo.InvariantCulture)).AmountOf(quantity)
            .Should().Be(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void The_amount_equals_arbitrary_precision_arithmetic() =>
        Gen.Select(Gen.Long[-Quantity.Maximum, Quantity.Maximum], Gen.Long[0, 1_000_000_000_000_000_000]).Sample((quantity, trillionths) =>
        {
            var unitValue = UnitValue.PerMillionTokens((decimal)trillionths * 0.000000000001m);
            var product = (BigInteger)quantity * trillionths;
            var rounded = BigInteger.Divide(BigInteger.Abs(product) + 500_000, 1_000_000) * product.Sign;

            ((BigInteger)(unitValue.AmountOf(quantity) * 1_000_000m * 1_000_000m)).Should().Be(rounded);
        });

    [Fact]
    public void A_reversed_quantity_gives_the_negated_amount() =>
        Gen.Select(Gen.Long[0, Quantity.Maximum], Gen.Long[0, 1_000_000_000_000_000_000]).Sample((quantity, trillionths) =>
        {
            var unitValue = UnitValue.PerMillionTokens((decimal)trillionths * 0.000000000001m);

            unitValue.AmountOf(-quantity).Should().Be(-unitValue.AmountOf(quantity));
        });

    [Theory]
    [InlineData(Quantity.Maximum + 1)]
    [InlineData(-Quantity.Maximum - 1)]
    public void A_quantity_out_of_bounds_throws(long quantity)
    {
        var act = () => UnitValue.PerMillionTokens(1).AmountOf(quantity);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void What_is_told_before_rounding_is_the_product_itself() =>
        Gen.Select(Gen.Long[0, Quantity.Maximum], Gen.Long[0, 1_000_000_000_000_000_000]).Sample((quantity, trillionths) =>
        {
            var product = (BigInteger)quantity * trillionths;

            var text = UnitValue.PerMillionTokens((decimal)trillionths * 0.000000000001m).UnroundedAmountOf(quantity);

            if (text is null)
                return product % 1_000_000 == 0;
            var (whole, fraction) = (text.Split('.')[0], text.Split('.')[1]);
            return BigInteger.Parse(whole + fraction.PadRight(18, '0'), System.Globalization.CultureInfo.InvariantCulture) == product && fraction.Length is > 12 and <= 18;
        });

    [Theory]
    [InlineData(1, "0.0000005", "0.0000000000005")]
    [InlineData(1, "0.5", null)]
    [InlineData(0, "0.0000005", null)]
    public void Nothing_is_told_where_nothing_is_rounded(long quantity, string unitValue, string? exact) =>
        UnitValue.PerMillionTokens(decimal.Parse(unitValue, System.Globalization.CultureInfo.InvariantCulture)).UnroundedAmountOf(quantity).Should().Be(exact);
}
