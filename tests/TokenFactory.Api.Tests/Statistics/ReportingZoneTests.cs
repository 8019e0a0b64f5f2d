using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Statistics.AccountsLedger;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Periods of other zones than UTC, and answers that would be too large.</summary>
public sealed class ReportingZoneTests(AccountsLedger ledger) : IClassFixture<AccountsLedger>
{
    [Theory]
    [InlineData("Europe/Berlin", "2025-03-30", 23)]
    [InlineData("Europe/Berlin", "2025-10-26", 25)]
    [InlineData("Europe/Berlin", "2025-10-27", 24)]
    [InlineData("America/New_York", "2025-11-02", 25)]
    [InlineData("Asia/Shanghai", "2025-10-26", 24)]
    public async Task A_day_has_the_hours_that_the_clock_gave_it(string zone, string day, int hours)
    {
        var next = DateOnly.Parse(day, CultureInfo.InvariantCulture).AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var answer = await ledger.Api.GetAsync($"/v1/gdp?frequency=day&time_zone={zone}&start={day}&end={next}");
        var byHour = await ledger.Api.GetAsync($"/v1/gdp?frequency=hour&time_zone={zone}&start={Text(answer.GetProperty("rows")[0], "start")}&end={Text(answer.GetProperty("rows")[0], "end")}");

        var row = answer.GetProperty("rows").EnumerateArray().Single();
        (Text(row, "period"), Text(answer, "time_zone"), Text(row, "partial")).Should().Be((day, zone, "false"));
        (row.GetProperty("end").GetDateTimeOffset() - row.GetProperty("start").GetDateTimeOffset()).TotalHours.Should().Be(hours);
        (Text(row, "gdp"), Text(row, "quantity")).Should().Be((await ledger.SqlAsync(
            $"""
            select trim_scale(sum(e.amount)), sum(e.quantity) from {Entries} where (e.occurred_at at time zone '{zone}')::date = '{day}'
            """))[0].Split('|') is [var gdp, var quantity] ? (gdp, quantity) : default);
        byHour.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture))
            .Should().Be(decimal.Parse(Text(row, "gdp"), CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("day", "Europe/Berlin", "YYYY-MM-DD")]
    [InlineData("week", "Europe/Berlin", "IYYY\"-W\"IW")]
    [InlineData("week", "America/New_York", "IYYY\"-W\"IW")]
    [InlineData("month", "Asia/Shanghai", "YYYY-MM")]
    [InlineData("quarter", "Pacific/Auckland", "YYYY\"-Q\"Q")]
    [InlineData("year", "America/Los_Angeles", "YYYY")]
    public async Task Periods_of_a_zone_are_those_of_its_calendar_to_the_last_digit(string frequency, string zone, string label)
    {
        var rows = await ledger.RowsAsync($"/v1/gdp?frequency={frequency}&time_zone={zone}&by=sector,producer", "period", "producer", "sector", "gdp", "quantity");

        rows.Order(StringComparer.Ordinal).Should().Equal((await ledger.SqlAsync(
            $"""
            select to_char(date_trunc('{frequency}', e.occurred_at, '{zone}') at time zone '{zone}', '{label}'), p.slug,
                   (array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1], trim_scale(coalesce(sum(e.amount), 0)), sum(e.quantity)
            from {Entries} group by 1, 2, 3
            """)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Asia/Kolkata", "not_whole_hours")]
    [InlineData("Australia/Adelaide", "not_whole_hours")]
    [InlineData("Europe/Berlinn", "unknown_value")]
    public async Task A_zone_of_half_hours_or_no_zone_is_refused(string zone, string code)
    {
        using var answer = await ledger.Api.Client.GetAsync($"/v1/gdp?time_zone={zone}");
        var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0];

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (error.GetProperty("pointer").GetString(), error.GetProperty("code").GetString()).Should().Be(("?time_zone", code));
    }

    [Fact]
    public async Task The_configured_zone_is_that_of_every_query_that_names_none_and_the_limits_hold_exactly()
    {
        var months = (await ledger.Api.GetAsync("/v1/gdp?frequency=month&time_zone=Europe/Berlin&by=producer")).GetProperty("rows").GetArrayLength();
        var items = long.Parse((await ledger.SqlAsync(
            $"select count(*) from (select distinct date_trunc('month', e.occurred_at, 'Europe/Berlin'), e.item_id from {Entries}) i"))[0], CultureInfo.InvariantCulture);

        await using var api = await ApiProcess.StartAsync(ledger.Database.ConnectionString, new()
        {
            ["TokenFactory__Statistics__TimeZone"] = "Europe/Berlin",
            ["TokenFactory__Statistics__MaxRows"] = (months - 1).ToString(CultureInfo.InvariantCulture),
            ["TokenFactory__Statistics__MaxItemPeriods"] = (items - 1).ToString(CultureInfo.InvariantCulture),
        });
        async Task<string?> CodeAsync(string query)
        {
            using var answer = await api.Client.GetAsync(query);
            return answer.IsSuccessStatusCode ? null : JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString();
        }

        var own = await api.Client.GetStringAsync("/v1/gdp?frequency=month");
        own.Should().Be(await ledger.Api.Client.GetStringAsync("/v1/gdp?frequency=month&time_zone=Europe/Berlin"));
        own.Should().NotBe(await api.Client.GetStringAsync("/v1/gdp?frequency=month&time_zone=UTC"));
        (await CodeAsync("/v1/gdp?frequency=month&by=producer")).Should().Be("too_many_rows");
        (await CodeAsync("/v1/gdp?frequency=month&by=producer&start=2025-01-01")).Should().BeNull("one month less is one row less at least");
        (await CodeAsync("/v1/gdp?frequency=month&prices=chained")).Should().Be("too_many_rows");
        (await CodeAsync("/v1/gdp?frequency=month&prices=chained&start=2025-01-01")).Should().BeNull();
        (await CodeAsync("/v1/gdp?frequency=day&start=2025-06-01&end=2025-06-08&by=sector&units=pc1")).Should().BeNull("of the year before only the same days are read");
    }
}
