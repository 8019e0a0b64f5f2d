using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Otlp.OtlpSender;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>An application that sends spans and metrics tells the same tokens twice: a source's usage is taken from one of them.</summary>
public sealed class SignalTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly object SomeMetrics = MetricExport([], Histogram(1, Point(100, 0, 60)));
    private static readonly object SomeTraces = SpanExport([], Span(1, [.. Call(), ("tokenfactory.account", "signal-account")]));

    [Fact]
    public async Task The_signal_that_usage_comes_by_first_is_the_sources_and_the_other_is_refused_with_what_to_do()
    {
        var sender = await ForAsync(fixture, "signal-first");

        await sender.TakenAsync("/v1/metrics", MetricExport([], new { name = "http.server.request.duration", histogram = new { dataPoints = new[] { Point(1, 0, 60) } } }));
        (await sender.SignalAsync()).Should().BeNull("what is no usage binds nothing");
        await sender.TakenAsync("/v1/traces", SomeTraces);
        (await sender.SignalAsync()).Should().Be("traces");
        var (status, refused) = await sender.SendAsync("/v1/metrics", SomeMetrics);

        status.Should().Be(200);
        refused.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString().Should().Be("1");
        refused.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().ContainAll("other_signal", "traces", "PATCH /v1/sources/{id}", "\"metrics\"");
        (await sender.TokensAsync()).Should().Be(15);
        await sender.TakenAsync("/v1/metrics", "{}");
    }

    [Fact]
    public async Task The_signal_can_be_given_and_changed_and_what_was_recorded_by_the_other_stays_a_duplicate()
    {
        await fixture.Api.CreateAsync("/v1/sources", new { id = "signal-given", signal = "metrics" });
        var sender = new OtlpSender(fixture, "signal-given");

        var (_, refused) = await sender.SendAsync("/v1/traces", SomeTraces);
        refused.GetProperty("partialSuccess").GetProperty("rejectedSpans").GetString().Should().Be("1");
        await sender.TakenAsync("/v1/metrics", SomeMetrics);
        using var changed = await fixture.Api.Client.PatchAsJsonAsync("/v1/sources/signal-given", new { signal = "traces" });
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("signal").GetString().Should().Be("traces");
        await sender.TakenAsync("/v1/traces", SomeTraces);
        await sender.TakenAsync("/v1/metrics", SomeMetrics);

        (await sender.TokensAsync()).Should().Be(115);
        (await sender.SumAsync("rejected")).Should().Be(1);
        (await sender.SumAsync("duplicate")).Should().Be(1);
    }

    [Fact]
    public async Task What_is_refused_leaves_no_name_behind()
    {
        await fixture.Api.CreateAsync("/v1/sources", new { id = "signal-names", signal = "metrics" });

        await new OtlpSender(fixture, "signal-names").SendAsync("/v1/traces", SpanExport([], Span(1, [.. Call(model: "signal-model"), ("tokenfactory.account", "signal-nobody")])));

        (await fixture.Database.ScalarAsync<long>("select count(*) from accounts where slug = 'signal-nobody'")).Should().Be(0);
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'signal-model'")).Should().Be(0);
    }

    [Fact]
    public async Task What_was_held_back_by_the_other_signal_is_not_released_into_the_books()
    {
        var sender = await ForAsync(fixture, "signal-release");
        await sender.SendAsync("/v1/traces", SpanExport([], Span(1, Call(provider: "signal-newcomer"))));
        (await fixture.Api.Client.PatchAsJsonAsync("/v1/sources/signal-release", new { signal = "metrics" })).StatusCode.Should().Be(HttpStatusCode.OK);
        await fixture.Api.CreateAsync("/v1/producers", new { id = "signal-newcomer", name = "Newcomer", kind = "both" });

        var released = await fixture.Api.CreateAsync("/v1/quarantine/release", new { source = sender.Source });

        released.GetProperty("still_held").GetInt32().Should().Be(1);
        released.GetProperty("reasons")[0].GetProperty("code").GetString().Should().Be("other_signal");
        (await sender.SumAsync("rejected")).Should().Be(0);
    }

    [Fact]
    public async Task After_a_change_a_counter_counts_what_it_grew_by_since_it_was_last_refused()
    {
        var sender = await ForAsync(fixture, "signal-counter");
        await sender.TakenAsync("/v1/traces", SpanExport([], Span(1, Call(200, 100))));
        var before = Readings(Point(200, 0, 60), Point(100, 0, 60, "output"));

        var (_, refused) = await sender.SendAsync("/v1/metrics", before);
        await sender.SendAsync("/v1/metrics", before);
        await ChangeAsync(sender, "metrics");
        await sender.TakenAsync("/v1/metrics", before);
        await sender.TakenAsync("/v1/metrics", Readings(Point(210, 0, 120), Point(103, 0, 120, "output")));
        await sender.TakenAsync("/v1/metrics", Readings(Point(210, 0, 120), Point(103, 0, 120, "output")));
        (await sender.TokensAsync()).Should().Be(313);

        // And back, and once more.
        await ChangeAsync(sender, "traces");
        await sender.TakenAsync("/v1/traces", SpanExport([], Span(2, Call(40, 7))));
        await sender.SendAsync("/v1/metrics", Readings(Point(250, 0, 180), Point(110, 0, 180, "output")));
        await ChangeAsync(sender, "metrics");
        await sender.TakenAsync("/v1/metrics", Readings(Point(251, 0, 240), Point(110, 0, 240, "output")));

        refused.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().Contain("other_signal");
        (await sender.TokensAsync()).Should().Be(361);
        (await sender.SumAsync("rejected")).Should().Be(6);
        (await fixture.Api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_counter_that_began_before_a_change_and_was_never_read_counts_from_its_first_reading_on()
    {
        var sender = await ForAsync(fixture, "signal-unread");
        await sender.TakenAsync("/v1/traces", SpanExport([], Span(1, Call(200, 100))));
        await ChangeAsync(sender, "metrics");
        var begun = (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1 - (Start / 1_000_000_000));
        var earlier = begun - 10_000;

        var (status, first) = await sender.SendAsync("/v1/metrics", Readings(Point(200, earlier, begun - 100)));
        await sender.TakenAsync("/v1/metrics", Readings(Point(200, earlier, begun - 100)));
        await sender.TakenAsync("/v1/metrics", Readings(Point(230, earlier, begun - 50)));
        await sender.TakenAsync("/v1/metrics", Readings(Point(5, begun, begun + 1)));

        status.Should().Be(200);
        first.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString().Should().Be("1");
        first.GetProperty("partialSuccess").GetProperty("errorMessage").GetString().Should().Contain("began_before_switch");
        (await sender.TokensAsync()).Should().Be(335);
    }

    [Fact]
    public async Task A_name_alone_may_still_be_changed()
    {
        await fixture.Api.CreateAsync("/v1/sources", new { id = "signal-name", signal = "traces" });

        using var renamed = await fixture.Api.Client.PatchAsJsonAsync("/v1/sources/signal-name", new { name = "Another" });
        var source = await renamed.Content.ReadFromJsonAsync<JsonElement>();

        source.GetProperty("name").GetString().Should().Be("Another");
        source.GetProperty("signal").GetString().Should().Be("traces");
    }

    [Fact]
    public async Task Of_two_instances_that_get_both_signals_at_once_one_signal_counts()
    {
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        for (var round = 0; round < 8; round++)
        {
            var sender = await ForAsync(fixture, $"signal-race-{round}");
            // A new source is known to the other instance before it has the first usage.
            await Until.TrueAsync(async () => (await sender.SendAsync("/v1/traces", "{}", other.Client)).Status == 200, "the other instance knows the source");

            await Task.WhenAll(sender.SendAsync("/v1/traces", SomeTraces), sender.SendAsync("/v1/metrics", SomeMetrics, other.Client));

            var tokens = await sender.TokensAsync();
            tokens.Should().Be(await sender.SignalAsync() == "traces" ? 15 : 100);
            (await sender.SumAsync("rejected")).Should().Be(1);
        }
    }

    private static object Readings(params object[] points) => MetricExport([], Histogram(2, points));

    private async Task ChangeAsync(OtlpSender sender, string signal) =>
        (await fixture.Api.Client.PatchAsJsonAsync($"/v1/sources/{sender.Source}", new { signal })).StatusCode.Should().Be(HttpStatusCode.OK);
}
