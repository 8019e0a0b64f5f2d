using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Sums that pass the 28 digits of a decimal: each amount fits, what they add up to does not.</summary>
public sealed class LargeFiguresTests(LargeFiguresTests.Ledger fixture) : IClassFixture<LargeFiguresTests.Ledger>
{
    public sealed class Ledger : IAsyncLifetime
    {
        public ApiFixture Service { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Service.InitializeAsync();
            await Service.Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        }

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    private const int Count = 100;

    [Fact]
    public async Task Sums_beyond_28_digits_are_published_to_the_last_digit()
    {
        var api = fixture.Service.Api;
        foreach (var (month, value) in new[] { ("07", "999999.123456789123"), ("08", "333333.123456789123") })
        {
            for (var i = 0; i < Count; i++)
            {
                // Each in a transaction of its own.
                using var answer = await api.PostAsync("/v1/events", Events.Native(
                    $"{month}-{i}", occurredAt: $"2026-{month}-05T10:00:00Z", sector: "household", input: QuantityOf(i), output: 0, outputValue: value));
                answer.StatusCode.Should().Be(HttpStatusCode.Created);
            }
        }

        var rows = (await api.GetAsync("/v1/gdp?by=token_class&token_class=input&producer=moonshot")).GetProperty("rows").EnumerateArray().ToList();
        var index = (await api.GetAsync("/v1/indices?index=value&token_class=input&producer=moonshot")).GetProperty("rows").EnumerateArray().ToList();

        var (july, august) = (SumOf(Count, "999999123456789123"), SumOf(Count, "333333123456789123"));
        var quantity = Enumerable.Range(0, Count).Aggregate(BigInteger.Zero, (sum, i) => sum + QuantityOf(i));
        (july % 10).Should().NotBe(BigInteger.Zero, "the sum needs all of its 29 digits");
        rows.Select(r => Text(r, "gdp")).Should().Equal(Decimal(july), Decimal(august));
        rows.Select(r => Text(r, "unit_value")).Should().Equal(
            Decimal(Rounded(july * 1_000_000, quantity)), Decimal(Rounded(august * 1_000_000, quantity)));
        index.Select(r => r.GetProperty("index").GetString()).Should().Equal(
            "100.000000", (100 * (double)august / (double)july).ToString("F6", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task One_transaction_may_add_more_to_a_cell_than_a_decimal_holds()
    {
        var api = fixture.Service.Api;
        using var answer = await api.PostAsync("/v1/events", Events.Join(Enumerable.Range(0, 3 * Count).Select(i => Events.Native(
            $"one-{i}", producer: "openai", occurredAt: "2026-07-05T10:00:00Z", input: QuantityOf(i), output: 0, outputValue: "999999.123456789123"))), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);

        Text((await api.GetAsync("/v1/gdp?producer=openai")).GetProperty("rows")[0], "gdp").Should().Be(Decimal(SumOf(3 * Count, "999999123456789123")));
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    private static long QuantityOf(int number) => 999_876_543_210_987 - (7L * number);

    // In units of 10^-12: each amount is rounded once, half away from zero; the sum never.
    private static BigInteger SumOf(int count, string valueInTrillionths) => Enumerable.Range(0, count).Aggregate(BigInteger.Zero, (sum, i) =>
        sum + Rounded(QuantityOf(i) * BigInteger.Parse(valueInTrillionths, CultureInfo.InvariantCulture), 1_000_000));

    private static BigInteger Rounded(BigInteger numerator, BigInteger denominator) => ((2 * numerator) + denominator) / (2 * denominator);

    private static string Decimal(BigInteger trillionths)
    {
        var digits = trillionths.ToString("D13", CultureInfo.InvariantCulture);
        return $"{digits[..^12]}.{digits[^12..]}".TrimEnd('0').TrimEnd('.');
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
