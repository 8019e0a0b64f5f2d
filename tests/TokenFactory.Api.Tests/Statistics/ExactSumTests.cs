using System.Globalization;
using System.Numerics;
using CsCheck;
using TokenFactory.Api.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

public sealed class ExactSumTests
{
    // At most 12 decimals and 25 digits: a decimal holds them, and sums and differences of a few.
    private static readonly Gen<decimal> Amounts = Gen.Select(Gen.Long[-999_999_999_999_999, 999_999_999_999_999], Gen.Int[0, 12], (digits, decimals) =>
        digits / (decimal)BigInteger.Pow(10, decimals));

    // As the database writes sums: up to 40 digits.
    private static readonly Gen<string> Texts = Gen.Select(Gen.Long[-999_999_999_999_999, 999_999_999_999_999], Gen.Int[0, 25], Gen.Int[0, 12], (digits, zeros, decimals) =>
        new ExactSum(digits * BigInteger.Pow(10, zeros) * BigInteger.Pow(10, 12 - decimals)).ToString());

    [Fact]
    public void Sums_and_differences_are_those_of_decimals_where_these_hold_them() => Gen.Select(Amounts, Amounts).Sample((left, right) =>
    {
        var (l, r) = (Of(left), Of(right));
        (l + r).ToString().Should().Be(Text(left + right));
        (l - r).ToString().Should().Be(Text(left - right));
        l.Abs().ToString().Should().Be(Text(Math.Abs(left)));
        l.CompareTo(r).Should().Be(left.CompareTo(right));
        l.ToDouble().Should().Be((double)left);
    });

    [Fact]
    public void What_is_written_is_read_back() => Amounts.Sample(amount => ExactSum.Parse(Of(amount).ToString()).Should().Be(Of(amount)));

    [Theory]
    [InlineData("1", "3", 1, "0.333333333333")]
    [InlineData("2", "3", 1, "0.666666666667")]
    [InlineData("-2", "3", 1, "-0.666666666667")]
    [InlineData("0.000000000001", "2", 1, "0.000000000001")]
    [InlineData("-0.000000000001", "2", 1, "-0.000000000001")]
    [InlineData("5", "4", 1_000_000, "1250000")]
    [InlineData("5", "0", 1, null)]
    [InlineData("123456789012345678901234567890.123456789012", "1", 1, "123456789012345678901234567890.123456789012")]
    public void A_quotient_is_rounded_once_half_away_from_zero(string dividend, string divisor, int factor, string? quotient) =>
        ExactSum.Parse(dividend).Per(ExactSum.Parse(divisor), factor)?.ToString().Should().Be(quotient);

    [Fact]
    public void Quotients_of_texts_are_those_of_sums_however_long_they_are() =>
        Gen.Select(Texts, Texts, Gen.Bool).Sample((numerator, denominator, isPerMillion) =>
        {
            var factor = isPerMillion ? 1_000_000 : 1;
            ExactMoney.WithoutZeros(ExactMoney.Quotient(numerator, denominator, 12, factor)).Should()
                .Be(ExactSum.Parse(numerator).Per(ExactSum.Parse(denominator), factor)?.ToString(), $"{numerator} x {factor} / {denominator}");
        });

    [Theory]
    [InlineData("1", "3", 6, "0.333333")]
    [InlineData("-1", "2000000", 6, "-0.000001")]
    [InlineData("1", "2000001", 6, "0.000000")]
    [InlineData("-1", "2000001", 6, "0.000000")]
    [InlineData("0", "7", 6, "0.000000")]
    [InlineData("7", "0", 6, null)]
    [InlineData("12345678901234567890123456789012345", "1", 6, "12345678901234567890123456789012345.000000")]
    public void A_quotient_of_texts_has_the_decimals_that_are_asked_for(string numerator, string denominator, int decimals, string? quotient) =>
        ExactMoney.Quotient(numerator, denominator, decimals).Should().Be(quotient);

    [Theory]
    [InlineData("0.0000000000001")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("1.2.3")]
    public void What_is_no_sum_of_the_ledger_is_refused(string text) =>
        FluentActions.Invoking(() => ExactSum.Parse(text)).Should().Throw<FormatException>();

    private static ExactSum Of(decimal amount) => ExactSum.Parse(Text(amount));

    private static string Text(decimal amount) => amount.ToString("0.############", CultureInfo.InvariantCulture);
}
