using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using CsCheck;
using TokenFactory.Api.Statistics;
using static TokenFactory.Api.Tests.Statistics.AccountsLedger;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Every unit over HTTP against the levels that the same service publishes.</summary>
public sealed class GrowthTests(AccountsLedger ledger) : IClassFixture<AccountsLedger>
{
    [Theory]
    [InlineData("chg", "month", "", 1)]
    [InlineData("ch1", "month", "", 12)]
    [InlineData("pch", "month", "", 1)]
    [InlineData("pc1", "month", "", 12)]
    [InlineData("pca", "month", "", 1)]
    [InlineData("cch", "quarter", "", 1)]
    [InlineData("cca", "week", "", 1)]
    [InlineData("pc1", "quarter", "", 4)]
    [InlineData("pc1", "day", "", 365)]
    [InlineData("log", "week", "", 0)]
    [InlineData("chg", "week", "prices=chained", 1)]
    [InlineData("pc1", "month", "prices=chained", 12)]
    [InlineData("cca", "quarter", "prices=chained", 1)]
    [InlineData("pch", "month", "concept=net&prices=chained", 1)]
    [InlineData("ch1", "week", "concept=net&time_zone=America/New_York", 52)]
    public async Task Growth_is_made_of_the_published_levels(string units, string frequency, string further, int back)
    {
        var of = further.Contains("chained", StringComparison.Ordinal) ? "real" : "gdp";
        var levels = Rows(await ledger.Api.GetAsync($"/v1/gdp?frequency={frequency}&{further}"));
        var answer = await ledger.Api.GetAsync($"/v1/gdp?frequency={frequency}&{further}&units={units}");
        var n = frequency switch { "month" => 12, "quarter" => 4, "week" => 52, _ => 1 };

        var rows = Rows(answer);
        rows.Select(r => Text(r, of)).Should().Equal(levels.Select(r => Text(r, of)), "the levels stay");
        var measured = 0;
        for (var t = 0; t < rows.Count; t++)
        {
            if (t < back)
            {
                (Text(rows[t], "value"), Text(rows[t], "null_reason")).Should().Be(("", "no_earlier_period"));
                continue;
            }

            if (units != "log" && (rows[t].GetProperty("partial").GetBoolean() || rows[t - back].GetProperty("partial").GetBoolean()))
            {
                (Text(rows[t], "value"), Text(rows[t], "null_reason")).Should().Be(("", "partial_period"));
                continue;
            }

            if (Text(rows[t], "quantity") == "0" || Text(rows[t - back], "quantity") == "0")
            {
                (Text(rows[t], "value"), Text(rows[t], "null_reason")).Should().BeOneOf([("", "empty_period"), ("", "earlier_value_missing")], "growth is not taken across a gap");
                continue;
            }

            var (x, b) = (Number(rows[t], of), Number(rows[t - back], of));
            var expected = units switch
            {
                "chg" or "ch1" => x - b,
                "pch" or "pc1" => 100 * ((x / b) - 1),
                "pca" => 100 * (Math.Pow(x / b, n) - 1),
                "cch" => 100 * Math.Log(x / b),
                "cca" => n * 100 * Math.Log(x / b),
                _ => Math.Log(x),
            };
            Number(rows[t], "value").Should().BeApproximately(expected, 2e-6 + (1e-6 * Math.Abs(expected)), Text(rows[t], "period"));
            measured++;
        }

        measured.Should().BePositive();
        Text(answer, "units").Should().Be(units);
        Text(answer, "unit").Should().Be(units switch { "chg" or "ch1" => "USD", "log" => "log", _ => "percent" });
    }

    [Theory]
    [InlineData("frequency=month&units=chg&by=sector")]
    [InlineData("frequency=week&units=ch1&by=producer&concept=net")]
    public async Task Changes_of_money_are_exact(string query)
    {
        var rows = Rows(await ledger.Api.GetAsync($"/v1/gdp?{query}")).ToDictionary(r => (Group(r), Text(r, "start")));
        var exact = rows.Values.Where(r => Text(r, "value") != "").ToList();

        exact.Should().NotBeEmpty();
        foreach (var row in exact)
        {
            var start = DateTimeOffset.Parse(Text(row, "start"), CultureInfo.InvariantCulture);
            var earlier = query.Contains("chg", StringComparison.Ordinal) ? start.AddMonths(-1) : start.AddDays(-364);
            decimal Gdp(JsonElement r) => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture);
            var before = rows[(Group(row), earlier.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))];
            decimal.Parse(Text(row, "value"), CultureInfo.InvariantCulture).Should().Be(Gdp(row) - Gdp(before));
        }

        static string Group(JsonElement row) => row.TryGetProperty("sector", out var sector) ? sector.GetString()! : Text(row, "producer");
    }

    [Theory]
    [InlineData("units=pch")]
    [InlineData("units=pc1")]
    [InlineData("units=chg&by=sector,token_class")]
    [InlineData("units=ch1&by=producer&concept=net")]
    [InlineData("units=pc1&prices=chained&reference=2026-02")]
    [InlineData("units=cca&prices=chained&by=sector&reference=2026-02")]
    [InlineData("units=pch&time_zone=Europe/Berlin&by=service_tier")]
    public async Task A_window_reads_what_growth_needs_and_shows_none_of_it(string query)
    {
        const string window = "start=2026-01-01&end=2026-04-01";
        var levels = string.Join('&', query.Split('&').Where(p => !p.StartsWith("units=", StringComparison.Ordinal)));
        var plain = Rows(await ledger.Api.GetAsync($"/v1/gdp?{levels}&{window}"));
        var narrow = Rows(await ledger.Api.GetAsync($"/v1/gdp?{query}&{window}"));
        var wide = Rows(await ledger.Api.GetAsync($"/v1/gdp?{query}")).Where(r => Text(r, "period").StartsWith("2026-0", StringComparison.Ordinal) && Text(r, "period") != "2026-04").ToList();

        narrow.Should().NotBeEmpty();
        narrow.Select(r => Text(r, "value")).Should().Equal(wide.Select(r => Text(r, "value")));
        Text(narrow[0], "value").Should().NotBeEmpty("December and last January are there");
        narrow.Select(r => Without(r, "value", "null_reason")).Should().Equal(plain.Select(r => Without(r, "value", "null_reason")), "nothing else changes");
    }

    [Fact]
    public async Task Growth_of_and_from_a_part_of_a_period_is_null()
    {
        var rows = Rows(await ledger.Api.GetAsync("/v1/gdp?frequency=month&start=2025-06-15&end=2025-09-20&units=pch&by=sector&sector=household"));

        rows.Select(r => (Text(r, "period"), Text(r, "null_reason"))).Should().Equal(
            ("2025-06", "partial_period"), ("2025-07", "partial_period"), ("2025-08", ""), ("2025-09", "partial_period"));
        Rows(await ledger.Api.GetAsync("/v1/gdp?frequency=month&start=2026-03-01&units=pch")).Select(r => Text(r, "null_reason")).Should().Equal("", "partial_period");
    }

    [Fact]
    public async Task Growth_is_never_taken_across_a_gap()
    {
        var rows = Rows(await ledger.Api.GetAsync("/v1/gdp?frequency=month&by=model&units=pch&end=2026-04-01"));
        var later = rows.GroupBy(r => Text(r, "model")).SelectMany(g => g.Zip(g.Skip(1))).ToList();

        var afterGap = later.Where(pair => DateTimeOffset.Parse(Text(pair.First, "end"), CultureInfo.InvariantCulture) < DateTimeOffset.Parse(Text(pair.Second, "start"), CultureInfo.InvariantCulture)).ToList();
        afterGap.Should().NotBeEmpty().And.AllSatisfy(pair => Text(pair.Second, "null_reason").Should().Be("earlier_value_missing"));
        later.Except(afterGap).Should().NotBeEmpty().And.AllSatisfy(pair => Text(pair.Second, "null_reason").Should().BeEmpty());
    }

    [Theory]
    [InlineData("frequency=day&units=pca", "?units", "not_annualised")]
    [InlineData("frequency=hour&units=cca", "?units", "not_annualised")]
    [InlineData("units=yoy", "?units", "unknown_value")]
    [InlineData("reference=2026-01", "?reference", "not_together")]
    [InlineData("prices=chained&reference=2026-W01", "?reference", "invalid_period")]
    [InlineData("units=pc1&time_zone=America/Caracas&start=2017-01-01&end=2018-01-01", "?time_zone", "not_whole_hours")]
    public async Task What_has_no_meaning_is_refused(string query, string pointer, string code)
    {
        using var answer = await ledger.Api.Client.GetAsync($"/v1/gdp?{query}");
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0];

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (error.GetProperty("pointer").GetString(), error.GetProperty("code").GetString()).Should().Be((pointer, code));
    }

    [Fact]
    public void Differences_of_money_have_every_digit() => Gen.Select(Gen.Long, Gen.Long, Gen.ULong, Gen.Int[0, 24], Gen.Int[0, 24]).Sample((high, low, tail, left, right) =>
    {
        // Up to 57 digits, of which some are decimals.
        var (a, b) = ((BigInteger)high * ulong.MaxValue * tail, (BigInteger)low * tail);
        var scale = Math.Max(left, right);

        var difference = ExactMoney.Difference(Plain(a, left), Plain(b, right));

        difference.Should().Be(Trimmed(Plain((a * BigInteger.Pow(10, scale - left)) - (b * BigInteger.Pow(10, scale - right)), scale)));
    });

    [Theory]
    [InlineData("0.00", "0", "0")]
    [InlineData("1.50", "0", "1.5")]
    [InlineData("-100", "0", "-100")]
    [InlineData("0", "0.10", "-0.1")]
    [InlineData("1.50", "1.5", "0")]
    public void Differences_from_nothing_end_without_zeros_too(string left, string right, string difference) =>
        ExactMoney.Difference(left, right).Should().Be(difference);

    private static string Plain(BigInteger units, int decimals)
    {
        var digits = BigInteger.Abs(units).ToString($"D{decimals + 1}", CultureInfo.InvariantCulture);
        return $"{(units.Sign < 0 ? "-" : "")}{digits[..^decimals]}{(decimals > 0 ? "." : "")}{digits[^decimals..]}";
    }

    private static string Trimmed(string number) => number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;

    private static string Without(JsonElement row, params string[] columns) =>
        string.Join('|', row.EnumerateObject().Where(p => !columns.Contains(p.Name)).Select(p => $"{p.Name}={p.Value}"));

    private static List<JsonElement> Rows(JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray()];

    private static double Number(JsonElement row, string name) => double.Parse(Text(row, name), CultureInfo.InvariantCulture);
}
