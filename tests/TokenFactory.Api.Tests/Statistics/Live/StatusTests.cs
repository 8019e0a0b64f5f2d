using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>What a status says, beside the figures and books that say the same.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Of_a_quiet_ledger_it_tells_that_there_is_nothing()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);

        var status = await api.GetAsync("/v1/status");

        status.GetProperty("day").GetString().Should().MatchRegex("^20[0-9]{2}-[0-9]{2}-[0-9]{2}$");
        status.GetProperty("at").GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).Should().Be(status.GetProperty("day").GetString());
        foreach (var nothing in (string[])["events_per_second", "tokens_per_second", "quarantined", "lag_seconds", "sealing_lag_seconds"])
            status.GetProperty(nothing).GetDouble().Should().Be(0, nothing);
        status.GetProperty("gdp_today").GetString().Should().Be("0");
        status.GetProperty("tokens_today").GetString().Should().Be("0");
        status.GetProperty("unpriced_share_today").ValueKind.Should().Be(JsonValueKind.Null);
        status.GetProperty("complete_through").ValueKind.Should().Be(JsonValueKind.Null);
        status.GetProperty("currency").GetString().Should().Be("USD");
        status.GetProperty("rate_seconds").GetDouble().Should().BeInRange(0.5, 5.9);
    }

    [Theory]
    [InlineData(true)]
    // Nothing is folded or sealed: figures are right all the same, and what waits is told.
    [InlineData(false)]
    public async Task Today_is_what_GDP_by_day_answers(bool folds)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, folds ? [] : new()
        {
            ["TokenFactory__RollUp__Enabled"] = "false", ["TokenFactory__Ledger__CheckpointIntervalSeconds"] = "86400",
        });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var now = TimeProvider.System.GetUtcNow();
        var lines = Events.Join([
            Event("a", now, "2.123456789012"), Event("b", now, "0.000001"), Event("c", now, null), Event("d", now.AddDays(-1), "7"), Event("e", now.AddDays(-400), "7")]);
        (await api.PostAsync("/v1/events", lines, Events.Lines)).StatusCode.Should().Be(HttpStatusCode.OK);

        JsonElement status = default;
        await Until.TrueAsync(async () => (status = await api.GetAsync("/v1/status")).GetProperty("complete_through").ValueKind != JsonValueKind.Null
            && (!folds || (IsZero(status, "lag_seconds") && IsZero(status, "sealing_lag_seconds"))), "the status of what was recorded");

        var day = DateOnly.Parse(status.GetProperty("day").GetString()!, CultureInfo.InvariantCulture);
        var answer = await api.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/gdp?frequency=day&time_zone=UTC&start={day:yyyy-MM-dd}&end={day.AddDays(1):yyyy-MM-dd}"));
        var row = answer.GetProperty("rows").EnumerateArray().Single();
        status.GetProperty("gdp_today").GetString().Should().Be(row.GetProperty("gdp").GetString()).And.NotBe("0");
        status.GetProperty("tokens_today").GetString().Should().Be(row.GetProperty("quantity").GetString()).And.Be("45");
        status.GetProperty("unpriced_share_today").GetString().Should().Be(row.GetProperty("unpriced_share").GetString()).And.Be("0.333333");
        status.GetProperty("currency").GetString().Should().Be(answer.GetProperty("currency").GetString());
        status.GetProperty("complete_through").GetString().Should().Be(answer.GetProperty("complete_through").GetString());
        if (folds)
            return;
        status.GetProperty("lag_seconds").GetDouble().Should().BePositive();
        status.GetProperty("sealing_lag_seconds").GetDouble().Should().BePositive();
        await Until.TrueAsync(async () => (await api.GetAsync("/v1/status")).GetProperty("lag_seconds").GetDouble() > status.GetProperty("lag_seconds").GetDouble(), "a lag that grows");
    }

    [Fact]
    public async Task What_is_held_back_counts_until_somebody_has_seen_to_it()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var first = await api.HoldAsync(HeldUsage.Broken("gateway-1", "broken-1"));
        await api.HoldAsync(HeldUsage.Broken("gateway-1", "broken-2"));

        await Until.TrueAsync(async () => (await api.GetAsync("/v1/status")).GetProperty("quarantined").GetInt64() == 2, "two that wait");
        await api.DiscardAsync(first);
        await Until.TrueAsync(async () => (await api.GetAsync("/v1/status")).GetProperty("quarantined").GetInt64() == 1, "one that waits");
    }

    [Fact]
    public async Task What_waits_is_a_metric_too()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new()
        {
            ["TokenFactory__Ledger__CheckpointIntervalSeconds"] = "86400", ["TokenFactory__RollUp__AuditIntervalMs"] = "100",
        });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        (await api.PostAsync("/v1/events", Events.Native("a"))).StatusCode.Should().Be(HttpStatusCode.Created);

        await Until.TrueAsync(async () => Sample(await api.Client.GetStringAsync("/metrics"), "tokenfactory_ledger_unsealed_age_seconds") > 0, "the age of the batch");

        Sample(await api.Client.GetStringAsync("/metrics"), "tokenfactory_rollup_pending_age_seconds").Should().NotBeNull();
    }

    [Fact]
    public async Task It_takes_no_parameter()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);

        (await api.Client.GetAsync("/v1/status?every=1")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await api.Client.GetAsync("/v1/stream?account=acme")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    private static string Event(string id, DateTimeOffset at, string? value) =>
        Events.Native(id, "gateway-1", at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), outputValue: value);

    private static bool IsZero(JsonElement status, string member) => status.GetProperty(member).GetDouble() == 0;

    private static double? Sample(string metrics, string name) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{')
        .Select(line => (double?)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Replace(name, "", StringComparison.Ordinal).Trim().Split(' ')[0], CultureInfo.InvariantCulture)).FirstOrDefault();
}
