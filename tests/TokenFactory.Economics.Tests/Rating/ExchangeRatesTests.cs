using System.Collections.Frozen;
using System.Numerics;
using CsCheck;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class ExchangeRatesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly BigInteger Trillion = 1_000_000_000_000;

    // Amounts of the ledger: up to 10^15, with 12 decimals, small and large alike.
    private static readonly Gen<BigInteger> Amounts = Gen.Select(Gen.Long[-999_999_999_999_999, 999_999_999_999_999], Gen.Long[0, 999_999_999_999], Gen.Int[0, 25])
        .Select((high, low, digits) => ((new BigInteger(high) * Trillion) + low) / BigInteger.Pow(10, digits));

    // Above 0, up to 10^12, with 12 decimals.
    private static readonly Gen<BigInteger> Rates = Gen.Select(Gen.Long[0, 999_999_999_999], Gen.Long[1, 1_000_000_000_000], Gen.Int[0, 22])
        .Select((high, low, digits) => BigInteger.Max(1, ((new BigInteger(high) * Trillion) + low) / BigInteger.Pow(10, digits)));

    [Fact]
    public void A_conversion_equals_arbitrary_precision_arithmetic() =>
        Gen.Select(Amounts, Rates, Rates).Sample((amount, from, to) =>
        {
            var publication = Published(1, Noon, "EUR", ("JPY", Decimal(from)), ("USD", Decimal(to)));

            Expect(publication.Convert(Decimal(amount), "JPY", "USD"), amount * to, from);
            Expect(publication.Convert(Decimal(amount), "EUR", "USD"), amount * to, Trillion);
            Expect(publication.Convert(Decimal(amount), "JPY", "EUR"), amount * Trillion, from);
        });

    [Theory]
    [InlineData("1", "1.05", "162.3", "0.006469500924")] // 0.0064695009242...
    [InlineData("0.000000000001", "1", "2", "0.000000000001")] // exactly half: away from zero
    [InlineData("-0.000000000001", "1", "2", "-0.000000000001")]
    [InlineData("0.000000000001", "1", "2.000000000001", "0")]
    [InlineData("0", "1.05", "162.3", "0")]
    public void It_is_rounded_once_half_away_from_zero(string amount, string usd, string jpy, string expected) =>
        Published(1, Noon, "EUR", ("USD", Number(usd)), ("JPY", Number(jpy))).Convert(Number(amount), "JPY", "USD").Should().Be(Number(expected));

    [Theory]
    [InlineData("1000000000000000", "1", true)]
    [InlineData("1000000000", "1000000", true)]
    [InlineData("1000000000000000", "1.000000000001", false)]
    [InlineData("1000000000.000000000001", "1000000", false)]
    [InlineData("1000000000000000", "1000000000000", false)]
    public void What_passes_the_amounts_of_the_ledger_has_no_value(string amount, string rate, bool hasValue)
    {
        var publication = Published(1, Noon, "EUR", ("USD", Number(rate)));

        foreach (var sign in (decimal[])[1, -1])
            publication.Convert(sign * Number(amount), "EUR", "USD").Should().Be(hasValue ? sign * 1_000_000_000_000_000m : null);
    }

    [Fact]
    public void The_base_is_worth_one_of_itself()
    {
        var publication = Published(1, Noon, "EUR", ("USD", 1.05m));

        publication.RateOf("EUR").Should().Be(1);
        publication.Convert(7.123456789012m, "EUR", "EUR").Should().Be(7.123456789012m);
    }

    [Fact]
    public void A_currency_without_a_rate_is_never_one_to_one()
    {
        var publication = Published(1, Noon, "EUR", ("USD", 1.05m));

        publication.Convert(1, "JPY", "USD").Should().BeNull();
        publication.Convert(1, "USD", "JPY").Should().BeNull();
        publication.Convert(1, "JPY", "JPY").Should().BeNull();
    }

    // Microseconds after the publication.
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(7 * 86_400_000_000 - 1, true)]
    [InlineData(7 * 86_400_000_000, true)]
    [InlineData(7 * 86_400_000_000 + 1, false)]
    public void Rates_hold_from_their_publication_for_seven_days(long age, bool hold)
    {
        var rates = new ExchangeRates([Published(1, Noon, "EUR", ("USD", 1.05m))]);

        (rates.Find("EUR", "USD", Noon.AddMicroseconds(age)) is not null).Should().Be(hold);
    }

    [Fact]
    public void A_correction_is_the_one_with_the_larger_number_in_whatever_order_they_are_read()
    {
        FxPublication[] both = [Published(9, Noon, "EUR", ("USD", 1.06m)), Published(4, Noon, "EUR", ("USD", 1.05m))];

        new ExchangeRates(both).Find("EUR", "USD", Noon)!.Id.Should().Be(9);
        new ExchangeRates(both.Reverse()).Find("EUR", "USD", Noon)!.Id.Should().Be(9);
        // What is published later goes before any number.
        new ExchangeRates([.. both, Published(1, Noon.AddMicroseconds(1), "EUR", ("USD", 1.07m))]).Find("EUR", "USD", Noon.AddDays(1))!.Id.Should().Be(1);
    }

    [Fact]
    public void Where_the_latest_has_not_both_currencies_an_earlier_one_holds_within_its_age()
    {
        var rates = new ExchangeRates([
            Published(1, Noon.AddDays(-6), "EUR", ("USD", 1.05m), ("JPY", 162.3m)),
            Published(2, Noon, "EUR", ("USD", 1.06m)),
            Published(3, Noon, "USD", ("CNY", 7.1m)),
        ]);

        rates.Find("JPY", "USD", Noon)!.Id.Should().Be(1);
        rates.Find("EUR", "USD", Noon)!.Id.Should().Be(2, "3 has no euro");
        rates.Find("CNY", "USD", Noon)!.Id.Should().Be(3);
        rates.Find("JPY", "USD", Noon.AddDays(1))!.Id.Should().Be(1);
        rates.Find("JPY", "USD", Noon.AddDays(1).AddMicroseconds(1)).Should().BeNull();
        rates.Find("JPY", "CNY", Noon).Should().BeNull("two publications are never chained");
    }

    [Fact]
    public void Nothing_is_known_of_no_publications()
    {
        ExchangeRates.None.Count.Should().Be(0);
        ExchangeRates.None.Find("EUR", "USD", Noon).Should().BeNull();
    }

    [Fact]
    public void What_holds_is_what_a_look_through_all_of_them_finds() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 30], Gen.Int[0, 7], (day, currencies) => (day, currencies)).Array[0, 40], Gen.Int[0, 40], Gen.Int[0, 2], Gen.Int[0, 2]).Sample((drawn, day, from, to) =>
        {
            string[] currencies = ["USD", "JPY", "CNY"];
            var publications = drawn.Select((d, i) => Published(i + 1, Noon.AddDays(d.day), "EUR",
                [.. currencies.Where((_, c) => (d.currencies & (1 << c)) != 0).Select(c => (c, 1.5m))])).ToList();
            var at = Noon.AddDays(day);
            var expected = publications.Where(p => p.PublishedAt <= at && p.PublishedAt >= at.AddDays(-7) && p.RateOf(currencies[from]) is not null && p.RateOf(currencies[to]) is not null)
                .MaxBy(p => (p.PublishedAt, p.Id));

            new ExchangeRates(publications).Find(currencies[from], currencies[to], at).Should().BeSameAs(expected);
        });

    // dividend / divisor is in trillionths.
    private static void Expect(decimal? converted, BigInteger dividend, BigInteger divisor)
    {
        var rounded = ((2 * BigInteger.Abs(dividend)) + divisor) / (2 * divisor) * dividend.Sign;
        if (BigInteger.Abs(rounded) > 1_000 * Trillion * Trillion)
            converted.Should().BeNull();
        else
            converted.Should().Be(Decimal(rounded));
    }

    private static decimal Decimal(BigInteger trillionths) => (decimal)trillionths * 0.000000000001m;

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static FxPublication Published(long id, DateTimeOffset at, string currency, params (string Currency, decimal Rate)[] rates) =>
        new(id, at, currency, rates.ToFrozenDictionary(r => r.Currency, r => r.Rate));
}
