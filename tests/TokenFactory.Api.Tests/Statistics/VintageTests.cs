using System.Net;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Figures as they were known on a day: late events and reversals never change what was published then.</summary>
public sealed class VintageTests
{
    [Fact]
    public async Task As_of_an_earlier_day_the_figures_are_those_of_that_day()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-08-10 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await SendAsync(api, Events.Native("a", occurredAt: "2026-08-09T10:00:00Z", input: 1_000_000, output: 0, outputValue: "3"));
        await SendAsync(api, Events.Native("b", occurredAt: "2026-08-09T11:00:00Z", input: 2_000_000, output: 0, outputValue: "3"));
        var tenth = await GdpAsync(api, "");

        await database.ExecuteAsync("update test_clock set at = '2026-08-11 00:00:00Z'");
        await SendAsync(api, Events.Native("late", occurredAt: "2026-08-09T12:00:00Z", input: 5_000_000, output: 0, outputValue: "3"));
        await database.ExecuteAsync("update test_clock set at = '2026-09-12 09:00Z'");
        (await api.PostAsync("/v1/events/gateway-1/a/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);

        tenth.Should().Be("9");
        (await GdpAsync(api, "&as_of=2026-08-09")).Should().BeNull();
        (await GdpAsync(api, "&as_of=2026-08-10")).Should().Be("9");
        (await GdpAsync(api, "&as_of=2026-08-11")).Should().Be("24");
        (await GdpAsync(api, "&as_of=2026-09-11")).Should().Be("24");
        (await GdpAsync(api, "")).Should().Be("21");
        // What was published of an earlier day does not change any more: neither how far it reaches nor its tag.
        var eleventh = await api.GetAsync("/v1/gdp?frequency=day&as_of=2026-08-11");
        eleventh.GetProperty("complete_through").GetString().Should().Be("2026-08-12T00:00:00Z");
        using var before = await api.Client.GetAsync("/v1/gdp?frequency=day&as_of=2026-08-11");
        await SendAsync(api, Events.Native("later", occurredAt: "2026-08-09T12:00:00Z"));
        using var after = await api.Client.GetAsync("/v1/gdp?frequency=day&as_of=2026-08-11");
        after.Headers.ETag.Should().Be(before.Headers.ETag);
        var current = await api.GetAsync("/v1/gdp?frequency=month");
        current.GetProperty("complete_through").GetString().Should().Be("2026-09-12T09:00:00Z");
        current.GetProperty("rows")[0].GetProperty("partial").GetBoolean().Should().BeFalse();
        (await api.GetAsync("/v1/gdp?frequency=month&as_of=2026-08-11")).GetProperty("rows")[0].GetProperty("partial").GetBoolean().Should().BeTrue("August was not over then");
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
        // The clock's month had no partition: it was made on sight.
        (await database.ScalarAsync<long>("select count(*) from ledger_entry_2026_08")).Should().Be(6);
    }

    private static async Task SendAsync(ApiProcess api, string sent) =>
        (await api.PostAsync("/v1/events", sent)).StatusCode.Should().Be(HttpStatusCode.Created);

    private static async Task<string?> GdpAsync(ApiProcess api, string further)
    {
        var rows = (await api.GetAsync($"/v1/gdp?frequency=day{further}")).GetProperty("rows");
        return rows.GetArrayLength() == 0 ? null : rows[0].GetProperty("gdp").GetString();
    }
}
