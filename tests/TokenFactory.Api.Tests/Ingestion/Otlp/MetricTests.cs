using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Otlp.OtlpSender;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>Token usage told by metrics: each token counts once, whatever is sent again, late, or by a process that has begun anew.</summary>
public sealed class MetricTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/v1/metrics";
    private const int Delta = 1;
    private const int Cumulative = 2;

    [Fact]
    public async Task A_delta_point_is_an_event_and_the_same_again_a_duplicate()
    {
        var sender = await SenderAsync("metric-delta");
        var export = MetricExport([("tokenfactory.account", "metric-shop"), ("tokenfactory.sector", "enterprise"), ("cloud.region", "eu")],
            Histogram(Delta, Point(100, 0, 60), Point(40, 0, 60, "output")),
            new { name = "gen_ai.client.operation.duration", histogram = new { aggregationTemporality = 0, dataPoints = new[] { new { timeUnixNano = "1" } } } });

        await sender.TakenAsync(Path, export);
        await sender.TakenAsync(Path, export);
        await sender.TakenAsync(Path, MetricExport([("tokenfactory.account", "metric-shop"), ("tokenfactory.sector", "enterprise"), ("cloud.region", "eu")], Histogram(Delta, Point(7, 60, 120))));

        (await sender.TokensAsync()).Should().Be(147);
        (await sender.SumAsync("accepted")).Should().Be(3);
        (await sender.SumAsync("duplicate")).Should().Be(2);
        (await fixture.Database.ScalarAsync<string>(
            """
            select string_agg(distinct concat_ws(' ', i.usage_profile, i.region, a.slug, e.sector, e.sector_basis, p.slug, m.slug), ';')
            from event_identity i join sources s on s.id = i.source_id join ledger_entry e on e.source_id = i.source_id and e.event_id = i.event_id
            join accounts a on a.id = e.account_id join items t on t.id = e.item_id join models m on m.id = t.model_id join producers p on p.id = m.producer_id
            where s.slug = 'metric-delta'
            """)).Should().Be("otel_token_usage/1 eu metric-shop 3 3 openai gpt-4o");
        (await fixture.Database.ScalarAsync<long>("select count(*) from meter_reading m join sources s on s.id = m.source_id where s.slug = 'metric-delta'")).Should().Be(0);
    }

    [Fact]
    public async Task A_cumulative_point_is_what_its_counter_grew_by()
    {
        var sender = await SenderAsync("metric-cumulative");

        foreach (var (total, at) in new[] { (100, 60), (100, 120), (250, 180) })
            await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(total, 0, at))));
        (await sender.TokensAsync()).Should().Be(250);
        (await sender.SumAsync("received")).Should().Be(2, "a counter that has not grown is no event");

        // The last again, and one that comes late.
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(250, 0, 180))));
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(100, 0, 60))));
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(120, 0, 90))));
        (await sender.TokensAsync()).Should().Be(250);
        (await sender.SumAsync("duplicate")).Should().Be(2);
        (await sender.SumAsync("rejected")).Should().Be(0);

        // The same reading with another total is another content.
        var (_, answer) = await sender.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(251, 0, 180))));
        answer.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString().Should().Be("1");
        answer.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().Contain("content_conflict");
        (await sender.TokensAsync()).Should().Be(250);
    }

    [Fact]
    public async Task A_process_that_begins_anew_counts_from_zero()
    {
        var sender = await SenderAsync("metric-restart");

        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(100, 0, 60))));
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(30, 70, 120))));
        (await sender.TokensAsync()).Should().Be(130);
        // The last words of the first process come after the first ones of the second.
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(110, 0, 65))));
        (await sender.TokensAsync()).Should().Be(140);
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(50, 70, 180))));
        (await sender.TokensAsync()).Should().Be(160);
    }

    [Fact]
    public async Task A_counter_that_falls_since_the_same_start_is_rejected_with_the_reason_and_counts_on_from_where_it_was()
    {
        var sender = await SenderAsync("metric-fell");
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(1000, 0, 60))));

        // Another process under the same name, between the readings of the first.
        var (status, fallen) = await sender.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(500, 0, 70))));
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(1010, 0, 120))));
        var (_, again) = await sender.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(530, 0, 130), Point(1040, 0, 180))));

        status.Should().Be(200);
        fallen.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString().Should().Be("1");
        fallen.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().ContainAll("counter_fell", "service.instance.id");
        again.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString().Should().Be("1");
        (await sender.TokensAsync()).Should().Be(1040);
        (await sender.SumAsync("rejected")).Should().Be(2);
    }

    [Fact]
    public async Task Several_readings_and_counters_in_one_export_are_each_counted_once_in_any_order()
    {
        var sender = await SenderAsync("metric-many");

        await sender.TakenAsync(Path, MetricExport([("service.instance.id", "a")],
            Histogram(Cumulative, Point(300, 0, 180), Point(100, 0, 60), Point(200, 0, 120), Point(200, 0, 120), Point(5, 0, 60, "output"), Point(9, 0, 60, "input", ("server.port", 443)))));
        await sender.TakenAsync(Path, MetricExport([("service.instance.id", "b")], Histogram(Cumulative, Point(1000, 0, 60))));

        (await sender.TokensAsync()).Should().Be(300 + 5 + 9 + 1000);
        (await sender.SumAsync("accepted")).Should().Be(6);
        (await sender.SumAsync("duplicate")).Should().Be(1);
        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Sums_and_exponential_histograms_are_read_alike_and_agents_are_not_counted()
    {
        var sender = await SenderAsync("metric-kinds");
        var number = JsonSerializer.Deserialize<Dictionary<string, object>>(JsonSerializer.Serialize(Point(0, 0, 60)))!;
        number["asInt"] = "21";

        await sender.TakenAsync(Path, MetricExport([],
            new { name = "gen_ai.client.token.usage", sum = new { aggregationTemporality = Cumulative, isMonotonic = true, dataPoints = new[] { number } } },
            new { name = "gen_ai.client.token.usage", exponentialHistogram = new { aggregationTemporality = Delta, dataPoints = new[] { Point(34, 0, 61) } } },
            Histogram(Delta, Point(55, 0, 62, "input", ("gen_ai.operation.name", "invoke_agent")))));

        (await sender.TokensAsync()).Should().Be(55);
    }

    [Fact]
    public async Task Points_that_can_not_be_read_are_rejected_with_the_reason_and_the_others_taken()
    {
        var sender = await SenderAsync("metric-rejected");

        var (status, answer) = await sender.SendAsync(Path, MetricExport([],
            Histogram(0, Point(1, 0, 60)),
            Histogram(Delta, Point(1.5, 0, 60), Point(-1, 0, 60), Point(3, 0, 60, "total"), Point(8, 0, 60)),
            new { name = "gen_ai.client.token.usage", gauge = new { dataPoints = new[] { new { asInt = "3", timeUnixNano = "1795600800000000000" } } } }));

        status.Should().Be(200);
        answer.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString().Should().Be("5");
        answer.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().ContainAll("unknown_temporality", "not_whole", "unknown_value");
        (await sender.TokensAsync()).Should().Be(8);
        (await sender.SumAsync("rejected")).Should().Be(5);
    }

    [Fact]
    public async Task A_counter_of_an_unknown_producer_is_held_back_and_caught_up_with_later()
    {
        var sender = await SenderAsync("metric-held");
        (string, object) provider = ("gen_ai.provider.name", "metric-newcomer");

        var (_, held) = await sender.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(100, 0, 60, "input", provider))));
        await fixture.Api.CreateAsync("/v1/producers", new { id = "metric-newcomer", name = "Newcomer", kind = "both" });
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(150, 0, 120, "input", provider))));
        // The first again: it is known by now, and adds nothing.
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(100, 0, 60, "input", provider))));

        held.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().Contain("held back (unknown_producer)");
        (await sender.TokensAsync()).Should().Be(150);
    }

    [Fact]
    public async Task Of_readings_that_were_held_back_a_release_records_what_the_counter_grew_by_and_no_more()
    {
        var sender = await SenderAsync("metric-release");
        (string, object) provider = ("gen_ai.provider.name", "metric-latecomer");
        foreach (var (total, at) in new[] { (100, 60), (150, 120), (180, 180) })
            await sender.SendAsync(Path, MetricExport([], Histogram(Cumulative, Point(total, 0, at, "input", provider))));
        (await sender.SumAsync("quarantined")).Should().Be(3);
        await fixture.Api.CreateAsync("/v1/producers", new { id = "metric-latecomer", name = "Latecomer", kind = "both" });
        await sender.TakenAsync(Path, MetricExport([], Histogram(Cumulative, Point(150, 0, 120, "input", provider))));

        var released = await fixture.Api.CreateAsync("/v1/quarantine/release", new { source = sender.Source });

        // The second was recorded by then, and the first is behind it.
        released.GetProperty("released").GetInt32().Should().Be(1);
        released.GetProperty("still_held").GetInt32().Should().Be(1);
        released.GetProperty("reasons")[0].GetProperty("code").GetString().Should().Be("late_reading");
        (await sender.TokensAsync()).Should().Be(180);
        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    private Task<OtlpSender> SenderAsync(string source) => ForAsync(fixture, source);
}
