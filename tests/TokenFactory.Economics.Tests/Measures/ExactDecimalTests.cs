using System.Globalization;
using System.Text;
using CsCheck;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Tests.Measures;

public sealed class ExactDecimalTests
{
    [Theory]
    [InlineData("2.50", "2.5")]
    [InlineData("-2.50", "-2.5")]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("007.10", "7.1")]
    [InlineData("0.000000000001", "0.000000000001")]
    [InlineData("9999999999999999999999999999", "9999999999999999999999999999")]
    public void Reads_plain_decimals_exactly_and_drops_trailing_zeros(string text, string expected)
    {
        ExactDecimal.TryParse(Encoding.UTF8.GetBytes(text), out var value, out _).Should().BeTrue();

        value.ToString(CultureInfo.InvariantCulture).Should().Be(expected);
    }

    [Fact]
    public void Trailing_zeros_go_and_nothing_else() =>
        Gen.Select(Gen.Int, Gen.Int, Gen.Int[0, 3], Gen.Bool, Gen.Byte[0, 28], Gen.Int[0, 9]).Sample((low, middle, high, isNegative, scale, zeros) =>
        {
            var value = new decimal(low, middle, high, isNegative, scale);
            for (var i = 0; i < zeros && value.Scale < 28 && Math.Abs(value) < 1_000; i++)
                value *= 1.0m;

            var normalized = ExactDecimal.Normalize(value);

            normalized.Should().Be(value);
            normalized.Scale.Should().Be((value / 1.0000000000000000000000000000m).Scale);
        });

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e3")]
    [InlineData("+1")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1.2.3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    [InlineData("١")]
    public void Refuses_anything_but_plain_decimals(string text) =>
        ExactDecimal.TryParse(Encoding.UTF8.GetBytes(text), out _, out _).Should().BeFalse();

    [Theory]
    [InlineData("0.00000000000000000000000000001")] // decimal.Parse makes 0 of it
    [InlineData("12345678901234567890123456789")]
    [InlineData("1.2345678901234567890123456789")]
    public void Refuses_what_would_have_to_be_rounded(string text) =>
        ExactDecimal.TryParse(Encoding.UTF8.GetBytes(text), out _, out _).Should().BeFalse();

    [Fact]
    public void Reads_back_every_decimal_it_can_hold() =>
        Gen.Select(Gen.Long, Gen.Int[0, 12]).Sample((mantissa, scale) =>
        {
            var value = new decimal(Math.Abs(mantissa / 2)) / (decimal)Math.Pow(10, scale);
            var text = value.ToString(CultureInfo.InvariantCulture);

            ExactDecimal.TryParse(Encoding.UTF8.GetBytes(text), out var parsed, out _).Should().BeTrue();
            parsed.Should().Be(value);
        });

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1.5e-05", "0.000015")]
    [InlineData("1.5E-5", "0.000015")]
    [InlineData("2.5e+3", "2500")]
    [InlineData("0.00010500000000000001", "0.000105")]
    [InlineData("1e-12", "0.000000000001")]
    [InlineData("5e-13", "0.000000000001")] // a tie goes away from zero
    [InlineData("-5e-13", "-0.000000000001")]
    [InlineData("4.999999999999999e-13", "0")]
    [InlineData("0.00000000000049999999999999999999999999999999999999999999999", "0")] // in one step, or it would be 5e-13 first
    [InlineData("1e-300", "0")]
    [InlineData("0.1234567890125", "0.123456789013")]
    [InlineData("1000000000000000", "1000000000000000")]
    public void Rounds_a_floating_point_number_from_its_digits(string text, string expected)
    {
        ExactDecimal.TryRound(text, 12, out var value).Should().BeTrue();

        value.ToString(CultureInfo.InvariantCulture).Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("NaN")]
    [InlineData("1e")]
    [InlineData("1e99999")]
    [InlineData("1e16")]
    [InlineData("1000000000000000.000001")]
    [InlineData("1,5")]
    [InlineData("0x1")]
    public void Does_not_round_what_is_no_amount(string text) => ExactDecimal.TryRound(text, 12, out _).Should().BeFalse();

    [Fact]
    public void Rounds_as_decimal_does_where_decimal_is_exact() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Int[-20, 2]).Sample((mantissa, exponent) =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{exponent}");
            var exact = decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

            ExactDecimal.TryRound(text, 12, out var value).Should().BeTrue();

            value.Should().Be(Math.Round(exact, 12, MidpointRounding.AwayFromZero));
        });
}
