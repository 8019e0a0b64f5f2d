using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using CsCheck;
using TokenFactory.Api.Catalog.Import;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class PriceNumberTests
{
    [Theory]
    [InlineData("1.25e-06", PriceNumber.PerToken, "1.25")]
    [InlineData("1.25E-6", PriceNumber.PerToken, "1.25")]
    [InlineData("0.000015", PriceNumber.PerToken, "15")]
    [InlineData("3e-07", PriceNumber.PerToken, "0.3")]
    [InlineData("1e-18", PriceNumber.PerToken, "0.000000000001")]
    [InlineData("1", PriceNumber.PerToken, "1000000")]
    [InlineData("0", PriceNumber.PerToken, "0")]
    [InlineData("-0.0", PriceNumber.PerToken, "0")]
    [InlineData("0e5", PriceNumber.PerToken, "0")]
    [InlineData("00012.50", PriceNumber.PerMillionTokens, "12.5")]
    [InlineData("5e+0", PriceNumber.PerMillionTokens, "5")]
    [InlineData("0.005e3", PriceNumber.PerMillionTokens, "5")]
    [InlineData("123e-2", PriceNumber.PerMillionTokens, "1.23")]
    public void A_price_is_read_exactly_in_any_power_of_ten(string text, int power, string expected)
    {
        PriceNumber.TryRead(Encoding.UTF8.GetBytes(text), power, out var value, out var violation).Should().BeTrue(violation);

        value.ToString(CultureInfo.InvariantCulture).Should().Be(expected);
    }

    [Theory]
    [InlineData("0.18000000000000002", PriceNumber.PerMillionTokens, "12 decimals")]
    [InlineData("1.0000000000000002e-06", PriceNumber.PerToken, "12 decimals")]
    [InlineData("1e-19", PriceNumber.PerToken, "12 decimals")]
    [InlineData("1e-50", PriceNumber.PerToken, "12 decimals")]
    [InlineData("1000000.1", PriceNumber.PerMillionTokens, "1000000")]
    [InlineData("1.1", PriceNumber.PerToken, "1000000")]
    [InlineData("-1", PriceNumber.PerMillionTokens, "negative")]
    [InlineData("1e40", PriceNumber.PerMillionTokens, "digits")]
    [InlineData("1e400", PriceNumber.PerMillionTokens, "exponent")]
    [InlineData("1e99999999999", PriceNumber.PerMillionTokens, "decimal number")]
    [InlineData("", PriceNumber.PerToken, "decimal number")]
    [InlineData("e5", PriceNumber.PerToken, "decimal number")]
    [InlineData("1.", PriceNumber.PerToken, "decimal number")]
    [InlineData(".5", PriceNumber.PerToken, "decimal number")]
    [InlineData("-.5", PriceNumber.PerToken, "decimal number")]
    [InlineData("1.2.3", PriceNumber.PerToken, "decimal number")]
    [InlineData("1e", PriceNumber.PerToken, "decimal number")]
    [InlineData("1e 5", PriceNumber.PerToken, "decimal number")]
    [InlineData("1e5.0", PriceNumber.PerToken, "decimal number")]
    [InlineData("--1", PriceNumber.PerToken, "decimal number")]
    [InlineData("1-1", PriceNumber.PerToken, "decimal number")]
    [InlineData("1,5", PriceNumber.PerToken, "decimal number")]
    [InlineData("NaN", PriceNumber.PerToken, "decimal number")]
    [InlineData(" 1", PriceNumber.PerToken, "decimal number")]
    public void What_is_no_unit_value_is_told_and_never_rounded(string text, int power, string why)
    {
        PriceNumber.TryRead(Encoding.UTF8.GetBytes(text), power, out _, out var violation).Should().BeFalse();

        violation.Should().Contain(why);
    }

    [Fact]
    public void Moving_the_point_is_multiplying_by_a_power_of_ten() =>
        Gen.Select(Gen.Long[0, 999_999_999], Gen.Int[0, 9], Gen.Int[-9, 9], Gen.Int[0, 6]).Sample((digits, decimals, exponent, power) =>
        {
            // digits x 10^-decimals, written with its point, times 10^exponent
            var padded = digits.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
            var text = (decimals == 0 ? padded : $"{padded[..^decimals]}.{padded[^decimals..]}") + $"e{exponent}";
            var scale = 12 - decimals + exponent + power;
            var trillionths = scale >= 0 ? digits * BigInteger.Pow(10, scale) : BigInteger.Zero;
            var isExact = scale >= 0 || digits % (long)BigInteger.Pow(10, Math.Min(18, -scale)) == 0;
            if (scale < 0 && isExact)
                trillionths = digits / BigInteger.Pow(10, -scale);

            var isRead = PriceNumber.TryRead(Encoding.UTF8.GetBytes(text), power, out var value, out _);

            isRead.Should().Be(isExact && trillionths <= BigInteger.Pow(10, 18), text);
            if (isRead)
                new BigInteger(value * 1_000_000_000_000m).Should().Be(trillionths, text);
        });

    [Theory]
    [InlineData("200000", 200_000L)]
    [InlineData("256000.0", 256_000L)]
    [InlineData("2.56e5", 256_000L)]
    [InlineData("0", 0L)]
    [InlineData("0.5", null)]
    [InlineData("-1", null)]
    [InlineData("1e16", null)]
    [InlineData("\"5\"", null)]
    public void A_threshold_is_a_whole_number_of_tokens(string json, long? expected)
    {
        using var number = JsonDocument.Parse(json);

        (PriceNumber.TryReadTokens(number.RootElement, out var tokens) ? tokens : (long?)null).Should().Be(expected);
    }
}
