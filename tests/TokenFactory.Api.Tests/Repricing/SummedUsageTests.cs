using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion;
using static TokenFactory.Api.Tests.Ingestion.Otlp.OtlpSender;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>Sums of several requests on a card whose prices go by the request: the same at ingest, in a quote, and priced anew.</summary>
public sealed class SummedUsageTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    // 2025-11-23, a day.
    private const long Start = 1_763_856_000;
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_report_is_valued_where_it_tells_what_each_request_was_and_priced_anew_alike()
    {
        await TieredAsync("openai", "sum-1");
        await TieredAsync("anthropic", "sum-2");
        await _api.CreateAsync("/v1/sources", new { id = "sums" });

        (string? Amount, string? Unpriced)[] values =
        [
            .. await SentAsync("openai", OpenAi(300_000, 5), OpenAi(300_000, 1), OpenAi(100_000, 5)),
            .. await SentAsync("anthropic", Anthropic(300_000, "0-200k"), Anthropic(300_000, "200k-1M"), Anthropic(300_000, null)),
        ];

        values.Should().Equal((null, "300100"), ("1.803", "0"), ("0.3015", "0"), ("0.9015", "0"), ("1.803", "0"), (null, "300100"));
        var again = new { start = "2025-11-01T00:00:00Z", end = "2025-12-01T00:00:00Z", filter = new { source = new[] { "sums" } }, reason = "again" };
        (await _api.RepriceAsync(again)).Counts().Should().Be((6, 0, 0), "rating says the same of what is on record");

        foreach (var (producer, model) in new[] { ("openai", "sum-1"), ("anthropic", "sum-2") })
            await _api.CardAsync(model, "2025-11-10T00:00:00Z", "1", "1", producer);
        var repriced = await _api.RepriceAsync(again);
        repriced.Counts().Should().Be((6, 6, 0));
        repriced.Text("difference.total.unpriced_after").Should().Be("0", "this card has no such terms");
    }

    [Fact]
    public async Task A_quote_says_that_the_requests_are_not_told()
    {
        await TieredAsync("openai", "sum-3");

        var sum = await QuoteAsync(5);
        sum.Line("input").Text("why.code").Should().Be("requests_not_told");
        sum.Line("input").Text("because").Should().BeNull();
        sum.Text("unpriced_quantity").Should().Be("300100");
        (await QuoteAsync(1)).Line("input").Text("because.context_tier.above").Should().Be("200000");

        Task<JsonElement> QuoteAsync(int requests) => _api.QuoteAsync(new
        {
            provider = "openai",
            model = "sum-3",
            occurred_at = "2025-11-23T00:00:00Z",
            flavor = "openai_organization_usage",
            response = new { usage = new { input_tokens = 300_000, output_tokens = 100, num_model_requests = requests } },
        });
    }

    [Fact]
    public async Task A_metrics_input_is_a_request_where_its_count_is_one_and_its_output_has_no_tier()
    {
        await TieredAsync("openai", "gpt-4o");
        var sender = await ForAsync(fixture, "sum-metric");

        await sender.TakenAsync("/v1/metrics", MetricExport([], Histogram(2, Of(300_000, 1, "input", 60), Of(100, 1, "output", 60))));
        await sender.TakenAsync("/v1/metrics", MetricExport([], Histogram(2, Of(350_000, 2, "input", 120), Of(200, 2, "output", 120), Of(800_000, 9, "input", 180))));

        (await fixture.Database.ScalarAsync<string>(
            """
            select string_agg(concat_ws(' ', e.quantity, coalesce(e.unit_value::double precision::text, '-'), i.usage_profile), ', ' order by e.occurred_at, e.quantity desc)
            from ledger_entry e join sources s on s.id = e.source_id join event_identity i on i.source_id = e.source_id and i.event_id = e.event_id where s.slug = 'sum-metric'
            """)).Should().Be("300000 6 otel_token_usage/1;requests=1, 100 - otel_token_usage/1;requests=1, 50000 3 otel_token_usage/1, 100 - otel_token_usage/1, 450000 - otel_token_usage/1");
        (await _api.RepriceAsync(new { start = "2026-11-01T00:00:00Z", end = "2026-12-01T00:00:00Z", filter = new { source = new[] { "sum-metric" } }, reason = "again" }))
            .Counts().Should().Be((5, 0, 0));

        static Dictionary<string, object> Of(long tokens, int count, string type, int at)
        {
            var point = JsonSerializer.Deserialize<Dictionary<string, object>>(JsonSerializer.Serialize(Point(tokens, 0, at, type)))!;
            point["count"] = $"{count}";
            return point;
        }
    }

    private Task<JsonElement> TieredAsync(string producer, string model) => _api.CreateAsync("/v1/rate-cards", new
    {
        producer,
        model,
        effective_from = "2025-11-01T00:00:00Z",
        rates = new[] { Tiered("input", "3"), Tiered("output", "15") },
    });

    private static object Tiered(string tokenClass, string price) =>
        new { token_class = tokenClass, unit_value = price, context_tiers = new[] { new { above = 200_000, unit_value = tokenClass == "input" ? "6" : "30" } } };

    private static string OpenAi(long input, int requests) =>
        $$"""{"input_tokens":{{input}},"output_tokens":100,"num_model_requests":{{requests}},"project_id":"p-{{input}}-{{requests}}","model":"sum-1"}""";

    private static string Anthropic(long input, string? window) =>
        $$"""{"uncached_input_tokens":{{input}},"output_tokens":100,"model":"sum-2","context_window":{{JsonSerializer.Serialize(window)}}}""";

    private async Task<List<(string? Amount, string? Unpriced)>> SentAsync(string provider, params string[] results)
    {
        using var answer = await _api.PostAsync($"/v1/ingest/{provider}-usage?source=sums&receipts=all", provider == "openai"
            ? $$"""{"data":[{"start_time":{{Start}},"end_time":{{Start + 86_400}},"results":[{{string.Join(',', results)}}]}]}"""
            : $$"""{"data":[{"starting_at":"2025-11-23T00:00:00Z","ending_at":"2025-11-24T00:00:00Z","results":[{{string.Join(',', results)}}]}]}""");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        var values = new List<(string?, string?)>();
        foreach (var item in (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray())
        {
            var receipt = await _api.GetAsync($"/v1/events?source=sums&id={item.Text("id")}");
            values.Add((receipt.Text("amount"), receipt.Text("unpriced_quantity")));
        }

        return values;
    }
}
