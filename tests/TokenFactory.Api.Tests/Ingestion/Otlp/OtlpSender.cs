using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>Sends OTLP in its JSON encoding, as written by hand from the specification, for a source of its own.</summary>
internal sealed class OtlpSender(ApiFixture fixture, string source)
{
    /// <summary>2026-11-25T10:00:00Z.</summary>
    public const long Start = 1_795_600_800_000_000_000;
    private const long Second = 1_000_000_000;

    public string Source { get; } = source;

    public static async Task<OtlpSender> ForAsync(ApiFixture fixture, string source)
    {
        await fixture.Api.CreateAsync("/v1/sources", new { id = source });
        return new OtlpSender(fixture, source);
    }

    /// <summary>An attribute: whole numbers as texts, as the encoding has 64-bit integers.</summary>
    public static object Attribute(string key, object value) => new
    {
        key,
        value = value switch
        {
            string text => (object)new { stringValue = text },
            bool flag => new { boolValue = flag },
            double number => new { doubleValue = number },
            _ => new { intValue = Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) },
        },
    };

    public static object[] Attributes(params (string Key, object Value)[] attributes) => [.. attributes.Select(a => Attribute(a.Key, a.Value))];

    /// <summary>A call of a model with usage.</summary>
    public static (string, object)[] Call(long input = 10, long output = 5, string operation = "chat", string provider = "openai", string model = "gpt-4o") =>
    [
        ("gen_ai.operation.name", operation), ("gen_ai.provider.name", provider), ("gen_ai.request.model", model),
        ("gen_ai.usage.input_tokens", input), ("gen_ai.usage.output_tokens", output),
    ];

    /// <param name="span">The last digits of its id.</param>
    public static object Span(int span, (string, object)[] attributes, int? parent = null, int trace = 1, bool isError = false, int second = 0) => new
    {
        traceId = TraceId(trace).ToUpperInvariant(),
        spanId = SpanId(span),
        parentSpanId = parent is { } p ? SpanId(p) : "",
        name = "a span with the prompt in its name",
        kind = 3,
        startTimeUnixNano = (Start + (second * Second)).ToString(CultureInfo.InvariantCulture),
        endTimeUnixNano = Start + (second * Second) + 123_456_700,
        attributes = Attributes(attributes),
        events = new[] { new { name = "gen_ai.content.prompt", timeUnixNano = "1", attributes = Attributes(("gen_ai.prompt", "the secret plan")) } },
        status = isError ? new { code = 2, message = "the secret plan failed" } : (object)new { },
        flags = 257,
        somethingNew = new { nested = new[] { 1, 2 } },
    };

    public static string TraceId(int trace) => "5b8efff798038103d269b6338" + trace.ToString("x7", CultureInfo.InvariantCulture);

    public static string SpanId(int span) => "eee19b7ec3c1" + span.ToString("x4", CultureInfo.InvariantCulture);

    public static string IdOf(int span, int trace = 1) => $"{TraceId(trace)}-{SpanId(span)}";

    public static object SpanExport((string, object)[] resource, params object[] spans) => new
    {
        resourceSpans = new[] { new { resource = new { attributes = Attributes(resource) }, scopeSpans = new[] { new { scope = new { name = "test" }, spans } }, schemaUrl = "https://opentelemetry.io/schemas/1.37.0" } },
    };

    /// <summary>A data point of a cumulative or delta histogram.</summary>
    public static object Point(double sum, int from, int to, string type = "input", params (string, object)[] more) => new
    {
        startTimeUnixNano = (Start + (from * Second)).ToString(CultureInfo.InvariantCulture),
        timeUnixNano = (Start + (to * Second)).ToString(CultureInfo.InvariantCulture),
        count = "3",
        sum,
        bucketCounts = new[] { "1", "2" },
        explicitBounds = new[] { 4.0 },
        attributes = Attributes([("gen_ai.token.type", type), ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "gpt-4o"), .. more]),
    };

    public static object Histogram(int temporality, params object[] points) => new
    {
        name = "gen_ai.client.token.usage",
        unit = "{token}",
        histogram = new { aggregationTemporality = temporality, dataPoints = points },
    };

    public static object MetricExport((string, object)[] resource, params object[] metrics) => new
    {
        resourceMetrics = new[] { new { resource = new { attributes = Attributes(resource) }, scopeMetrics = new[] { new { scope = new { name = "test", version = "1" }, metrics } } } },
    };

    public async Task<(int Status, JsonElement Body)> SendAsync(string path, object body, HttpClient? client = null, bool zipped = false)
    {
        var bytes = body as byte[] ?? Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body));
        using var content = new ByteArrayContent(zipped ? Zip(bytes) : bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (zipped)
            content.Headers.ContentEncoding.Add("gzip");
        using var answer = await (client ?? fixture.Api.Client).PostAsync($"{path}?source={Source}", content);
        answer.Content.Headers.ContentType?.MediaType.Should().Be("application/json");
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Sends, and expects that all is taken and nothing is to be said.</summary>
    public async Task TakenAsync(string path, object body, HttpClient? client = null)
    {
        var (status, answer) = await SendAsync(path, body, client);
        status.Should().Be(200);
        answer.ToString().Replace(" ", "", StringComparison.Ordinal).Should().Be("{}");
    }

    public async Task<JsonElement> ReceiptAsync(string id) => await fixture.Api.GetAsync($"/v1/events?source={Source}&id={id}");

    /// <summary>Its leaves as one text, such as <c>input 86, cache_read 17817</c>.</summary>
    public async Task<string> LeavesAsync(string id) => LeavesOf(await ReceiptAsync(id));

    public static string LeavesOf(JsonElement receipt) => string.Join(", ", receipt.GetProperty("entries").EnumerateArray()
        .Select(e => $"{e.GetProperty("token_class").GetString()} {e.GetProperty("quantity").GetString()}"));

    public async Task<long> SumAsync(string what) => await fixture.Database.ScalarAsync<long>(
        $"select coalesce(sum({what}), 0)::bigint from ledger_batch b join sources s on s.id = b.source_id where s.slug = '{Source}'");

    /// <summary>All tokens that are recorded for the source.</summary>
    public async Task<long> TokensAsync() => await fixture.Database.ScalarAsync<long>(
        $"select coalesce(sum(e.quantity), 0)::bigint from ledger_entry e join sources s on s.id = e.source_id where s.slug = '{Source}'");

    public async Task<string?> SignalAsync() => (await fixture.Api.GetAsync($"/v1/sources/{Source}")).TryGetProperty("signal", out var signal) ? signal.GetString() : null;

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionMode.Compress))
            gzip.Write(bytes);
        return zipped.ToArray();
    }
}
