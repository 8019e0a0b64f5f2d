using System.Net.Http.Json;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Otlp.OtlpSender;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>What a counter grew by is recorded once, whoever sends it, however often, and whatever breaks in between.</summary>
public sealed class CounterTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/v1/metrics";
    private const int Cumulative = 2;

    [Fact]
    public async Task Two_instances_that_get_the_same_readings_in_any_order_count_each_token_once()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        var sender = await ForAsync(fixture, "counter-race");
        await sender.TakenAsync("/v1/traces", "{}", other.Client);
        const int readings = 24;
        var random = new Random(7);
        var exports = Enumerable.Range(1, readings).Select(i => (long)i)
            .Select(i => MetricExport([], Histogram(Cumulative, Point(i * 10, 0, (int)i), Point(i, 0, (int)i, "output")))).ToList();

        // Every one to each instance, in an order of its own.
        await Task.WhenAll(new[] { fixture.Api.Client, other.Client, fixture.Api.Client }.Select(async client =>
        {
            foreach (var export in exports.OrderBy(_ => random.Next()).ToList())
                await sender.TakenAsync(Path, export, client);
        }));

        (await sender.TokensAsync()).Should().Be(readings * 11);
        (await fixture.Database.ScalarAsync<decimal>(
            "select sum(total) from meter_reading m join sources s on s.id = m.source_id where s.slug = 'counter-race'")).Should().Be(readings * 11);
        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_reading_whose_id_is_somebody_elses_is_a_conflict_and_the_next_one_tells_what_it_would_have()
    {
        var model = await ForAsync(fixture, "counter-model");
        var taken = await ForAsync(fixture, "counter-taken");
        await model.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(10, 0, 1))));
        var id = await fixture.Database.ScalarAsync<string>(
            "select event_id from event_identity i join sources s on s.id = i.source_id where s.slug = 'counter-model'");
        using var other = await fixture.Api.PostAsync("/v1/events", Events.Native(id, "counter-taken", input: 1_000, output: 0));

        await taken.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(10, 0, 1), Point(20, 0, 2))));
        await taken.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(25, 0, 3))));

        (await taken.TokensAsync()).Should().Be(1_000 + 25);
    }

    [Fact]
    public async Task Two_instances_that_refuse_the_same_readings_in_any_order_leave_the_counter_at_the_last()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        var sender = await ForAsync(fixture, "counter-refused");
        await sender.TakenAsync("/v1/traces", SpanExport([], Span(1, Call(240, 24))));
        await sender.TakenAsync("/v1/traces", "{}", other.Client);
        const int readings = 24;
        var random = new Random(7);
        var exports = Enumerable.Range(1, readings)
            .Select(i => MetricExport([], Histogram(Cumulative, Point(i * 10, 0, i), Point(i, 0, i, "output")))).ToList();

        await Task.WhenAll(new[] { fixture.Api.Client, other.Client, fixture.Api.Client }.Select(async client =>
        {
            foreach (var export in exports.OrderBy(_ => random.Next()).ToList())
                (await sender.SendAsync(Path, export, client)).Status.Should().Be(200);
        }));
        using var changed = await fixture.Api.Client.PatchAsJsonAsync($"/v1/sources/{sender.Source}", new { signal = "metrics" });
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(250, 0, 60), Point(25, 0, 60, "output"))));

        changed.EnsureSuccessStatusCode();
        (await sender.TokensAsync()).Should().Be(275);
        (await sender.SumAsync("rejected")).Should().Be(3 * 2 * readings);
        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("event_identity")]
    [InlineData("ledger_entry")]
    [InlineData("rollup_delta")]
    [InlineData("meter_reading")]
    [InlineData("journal_lane")]
    [InlineData("ledger_batch")]
    public async Task A_transaction_that_breaks_at_any_of_its_statements_leaves_the_counter_where_it_was(string table)
    {
        var sender = await ForAsync(fixture, $"counter-{table.Replace('_', '-')}");
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(100, 0, 60))));
        var function = $"break_{table}";
        await fixture.Database.ExecuteAsync(
            $"""
            create function {function}() returns trigger language plpgsql as $$ begin raise exception 'cut' using errcode = 'crash_shutdown'; end $$;
            create trigger {function} before insert or update on {table} for each row execute function {function}();
            """);
        int status;
        try
        {
            (status, _) = await sender.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(150, 0, 120))));
        }
        finally
        {
            await fixture.Database.ExecuteAsync($"drop function {function}() cascade");
        }

        status.Should().Be(503);
        (await sender.TokensAsync()).Should().Be(100);
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(150, 0, 120))));
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(175, 0, 180))));
        (await sender.TokensAsync()).Should().Be(175);
    }
}
