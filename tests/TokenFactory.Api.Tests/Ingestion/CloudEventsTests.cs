using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>CloudEvents as the standard's own SDK sends them, and as a careless sender does.</summary>
public sealed class CloudEventsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";
    private static readonly DateTimeOffset At = new(2026, 10, 5, 10, 0, 0, TimeSpan.Zero);
    private static readonly JsonEventFormatter Formatter = new();

    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData(ContentMode.Structured)]
    [InlineData(ContentMode.Binary)]
    public async Task An_event_of_the_SDK_is_recorded_and_answers_its_receipt(ContentMode mode)
    {
        var source = await SourceAsync($"sdk-{mode.ToString().ToLowerInvariant()}");

        using var answer = await _api.Client.PostAsync("/v1/events", Cloud(source, "e-1").ToHttpContent(mode, Formatter));
        var receipt = await ReadAsync(answer);
        using var again = await _api.Client.PostAsync("/v1/events", Cloud(source, "e-1").ToHttpContent(mode, Formatter));
        using var other = await _api.Client.PostAsync("/v1/events", Cloud(source, "e-1", output: 6).ToHttpContent(mode, Formatter));

        answer.StatusCode.Should().Be(HttpStatusCode.Created, receipt.ToString());
        (receipt.GetProperty("source").GetString(), receipt.GetProperty("id").GetString()).Should().Be((source, "e-1"));
        receipt.GetProperty("occurred_at").GetString().Should().Be("2026-10-05T10:00:00Z");
        receipt.GetProperty("account").GetString().Should().Be("acme");
        receipt.GetProperty("entries").EnumerateArray().Select(e => (e.GetProperty("token_class").GetString(), e.GetProperty("quantity").GetString()))
            .Should().Equal(("input", "10"), ("output", "5"));
        again.StatusCode.Should().Be(HttpStatusCode.OK);
        other.StatusCode.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_batch_of_the_SDK_is_counted()
    {
        var source = await SourceAsync("sdk-batch");
        CloudEvent[] events = [Cloud(source, "b-1"), Cloud(source, "b-2"), Cloud(source, "b-1")];

        using var answer = await _api.Client.PostAsync("/v1/events?receipts=all", events.ToHttpContent(Formatter));
        var told = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        told.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("status").GetString()).Should().Equal("accepted", "accepted", "duplicate");
    }

    [Fact]
    public async Task The_same_event_is_the_same_however_it_comes()
    {
        var source = await SourceAsync("sdk-same");
        var native = Events.Native("n-1", source, sector: "household", account: "acme", outputValue: null);
        using (var first = await _api.PostAsync("/v1/events", native))
            first.StatusCode.Should().Be(HttpStatusCode.Created);
        // As the sender's own data: with or without what the envelope says, and in base64.
        string[] bodies =
        [
            Envelope(source, "n-1", $"\"data\":{native}"),
            Envelope(source, "n-1", """
                "time":"2026-10-05T12:00:00.000000000+02:00","data":{"producer":"moonshot","model":"kimi-k2","account":"acme","sector":"household","usage":{"output":5,"input":10}}
                """),
            Envelope(source, "n-1", $"\"data_base64\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(native))}\",\"traceparent\":\"00-1\",\"myextension\":7,\"subject\":null"),
        ];

        foreach (var body in bodies)
        {
            using var answer = await _api.PostAsync("/v1/events", body, Structured);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }

        using var batch = await _api.PostAsync("/v1/events", $"[{string.Join(',', bodies)}]", Batch);
        (await ReadAsync(batch)).GetProperty("duplicate").GetInt32().Should().Be(3);
        using var binary = await BinaryAsync(native, ("ce-specversion", "1.0"), ("ce-type", "tokenfactory.usage.v1"), ("ce-source", source), ("ce-id", "n%2D1"));
        binary.StatusCode.Should().Be(HttpStatusCode.OK, await binary.Content.ReadAsStringAsync());
    }

    // Some SDKs write the time of the sending where none is given.
    [Fact]
    public async Task The_datas_own_time_goes_before_the_envelopes()
    {
        const string Data = """{"occurred_at":"2026-10-05T10:00:01Z","producer":"moonshot","model":"kimi-k2","usage":{"input":1}}""";
        string Envelope(string time) => $$"""{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"own-time","id":"t-1","time":"{{time}}","data":{{Data}} }""";
        await _api.CreateAsync("/v1/sources", new { id = "own-time" });

        using var first = await _api.PostAsync("/v1/events", Envelope("2026-10-05T10:00:00Z"), Structured);
        using var again = await _api.PostAsync("/v1/events", Envelope("2026-10-06T10:00:00Z"), Structured);

        first.StatusCode.Should().Be(HttpStatusCode.Created);
        (await ReadAsync(first)).GetProperty("occurred_at").GetString().Should().StartWith("2026-10-05T10:00:01");
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_nanosecond_is_cut_as_in_a_native_event()
    {
        var source = await SourceAsync("sdk-nano");
        using var answer = await _api.PostAsync("/v1/events", Envelope(source, "t-1",
            """ "time":"2026-10-05T10:00:00.123456789Z","data":{"producer":"moonshot","model":"kimi-k2","usage":{"input":1}} """), Structured);

        answer.StatusCode.Should().Be(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        (await ReadAsync(answer)).GetProperty("occurred_at").GetString().Should().Be("2026-10-05T10:00:00.123456Z");
    }

    [Fact]
    public async Task One_bad_event_of_a_batch_takes_no_other_with_it_unless_the_batch_is_atomic()
    {
        var source = await SourceAsync("sdk-part");
        var batch = $"[{Envelope(source, "p-1", $"\"data\":{Events.Native("p-1", source)}")},{Envelope(source, "p-2", "\"data\":{}")},7]";

        using var atomic = await _api.PostAsync("/v1/events?atomic=true", batch, Batch);
        using var plain = await _api.PostAsync("/v1/events", batch, Batch);
        var told = await ReadAsync(plain);
        using var none = await _api.PostAsync("/v1/events", "[]", Batch);

        atomic.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        plain.StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        told.GetProperty("accepted").GetInt32().Should().Be(1);
        told.GetProperty("rejected").GetInt32().Should().Be(2);
        var row = told.GetProperty("items")[0];
        row.GetProperty("id").GetString().Should().Be("p-2");
        row.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())
            .Should().Equal("/data/producer", "/data/model", "/data/usage", "/time");
        none.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_compressed_batch_is_taken()
    {
        var source = await SourceAsync("sdk-gzip");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes($"[{Envelope(source, "z-1", $"\"data\":{Events.Native("z-1", source)}")}]"));
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(Batch) { CharSet = "utf-8" };
        content.Headers.ContentEncoding.Add("gzip");

        using var answer = await _api.Client.PostAsync("/v1/events", content);

        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    public static TheoryData<string, string, string> BadEnvelopes => new()
    {
        { """{"specversion":"0.3","type":"tokenfactory.usage.v1","source":"bad","id":"x"}""", "/data", "required" },
        { """{"specversion":"0.3","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":DATA}""", "/specversion", "unknown_value" },
        { """{"specversion":1.0,"type":"tokenfactory.usage.v1","source":"bad","id":"x","data":DATA}""", "/specversion", "wrong_type" },
        { """{"type":"tokenfactory.usage.v1","source":"bad","id":"x","data":DATA}""", "/specversion", "required" },
        { """{"specversion":"1.0","type":"com.example.order","source":"bad","id":"x","data":{"order":1}}""", "/type", "unknown_value" },
        { """{"specversion":"1.0","source":"bad","id":"x","data":DATA}""", "/type", "required" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","id":"x","data":DATA}""", "/source", "required" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"http://[bad","id":"x","data":DATA}""", "/source", "invalid_value" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","data":DATA}""", "/id", "required" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"","data":DATA}""", "/id", "invalid_value" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","id":"y","data":DATA}""", "/id", "repeated_member" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"~x","data":DATA}""", "/id", "reserved_id" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","time":"2026-10-05 10:00","data":DATA}""", "/time", "invalid_value" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","time":"1999-10-05T10:00:00Z","data":DATA}""", "/time", "out_of_range" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":DATA}""", "/time", "required" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","datacontenttype":"text/xml","data":"<a/>"}""", "/datacontenttype", "unknown_value" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data_base64":"%%%"}""", "/data_base64", "wrong_type" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":DATA,"data_base64":"e30="}""", "/data_base64", "repeated_member" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":"{}"}""", "/data", "wrong_type" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":{"id":"y","producer":"a","model":"b","usage":{"input":1}}}""", "/data/id", "disagrees" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":{"source":"other","producer":"a","model":"b","usage":{"input":1}}}""", "/data/source", "disagrees" },
        { """{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"bad","id":"x","data":{"prompt":"p","producer":"a","model":"b","usage":{"input":1}}}""", "/data/prompt", "unknown_member" },
        { "[]", "", "wrong_type" },
    };

    [Theory]
    [MemberData(nameof(BadEnvelopes))]
    public async Task A_bad_envelope_is_refused_with_what_is_wrong(string body, string pointer, string code)
    {
        using var answer = await _api.PostAsync("/v1/events", body.Replace("DATA", """{"producer":"moonshot","model":"kimi-k2","usage":{"input":1}}""", StringComparison.Ordinal), Structured);
        var problem = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, problem.ToString());
        problem.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("pointer").GetString(), e.GetProperty("code").GetString()))
            .Should().Contain((pointer, code));
    }

    [Theory]
    [InlineData("{}", Batch, HttpStatusCode.UnprocessableEntity, "not_an_array")]
    [InlineData("[{]", Batch, HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{\"id\":", Structured, HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{} {}", Structured, HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData(" ", Structured, HttpStatusCode.BadRequest, "empty_body")]
    [InlineData("<a/>", "application/cloudevents+xml", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    public async Task A_body_that_carries_no_cloud_events_is_refused(string body, string type, HttpStatusCode status, string code)
    {
        using var answer = await _api.PostAsync("/v1/events", body, type);

        answer.StatusCode.Should().Be(status);
        (await ReadAsync(answer)).GetProperty("code").GetString().Should().Be(code);
    }

    [Fact]
    public async Task A_binary_event_tells_which_headers_are_wrong()
    {
        var source = await SourceAsync("sdk-headers");

        using var missing = await BinaryAsync(Events.Native("h-1", source), ("ce-source", source), ("ce-type", "other"));
        using var array = await BinaryAsync("[]", ("ce-specversion", "1.0"), ("ce-type", "tokenfactory.usage.v1"), ("ce-source", source), ("ce-id", "h-2"), ("ce-time", "2026-10-05T10:00:00Z"));
        using var lines = await BinaryAsync(Events.Native("h-3", source), Events.Lines, ("ce-specversion", "1.0"), ("ce-type", "tokenfactory.usage.v1"), ("ce-source", source), ("ce-id", "h-3"));

        (await PointersAsync(missing)).Should().Equal("ce-specversion", "ce-id", "ce-type");
        (await PointersAsync(array)).Should().Equal("");
        (await PointersAsync(lines)).Should().Equal("Content-Type");
    }

    [Fact]
    public async Task A_source_that_is_not_registered_or_not_granted_is_refused()
    {
        var source = await SourceAsync("sdk-granted");
        var made = await _api.CreateAsync("/v1/api-keys", new { name = "cloud", scopes = new[] { "ingest" }, sources = new[] { source } });
        using var client = _api.ClientWith(made.GetProperty("key").GetString());

        using var granted = await client.PostAsync("/v1/events", Cloud(source, "g-1").ToHttpContent(ContentMode.Structured, Formatter));
        using var forbidden = await client.PostAsync("/v1/events", Cloud("sdk-elsewhere", "g-1").ToHttpContent(ContentMode.Binary, Formatter));
        using var unknown = await _api.Client.PostAsync("/v1/events", Cloud("https://example.org/gateway", "g-1").ToHttpContent(ContentMode.Binary, Formatter));

        granted.StatusCode.Should().Be(HttpStatusCode.Created);
        forbidden.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        unknown.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await ReadAsync(unknown)).GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_source");
    }

    private static CloudEvent Cloud(string source, string id, long output = 5) => new()
    {
        Type = "tokenfactory.usage.v1",
        Source = new Uri(source, UriKind.RelativeOrAbsolute),
        Id = id,
        Time = At,
        Data = new { producer = "moonshot", model = "kimi-k2", account = "acme", usage = new { input = 10, output } },
        ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };

    private static string Envelope(string source, string id, string rest) =>
        $$"""{"specversion":"1.0","type":"tokenfactory.usage.v1","source":"{{source}}","id":"{{id}}",{{rest}}}""";

    private Task<HttpResponseMessage> BinaryAsync(string body, params (string Name, string Value)[] headers) => BinaryAsync(body, "application/json", headers);

    private async Task<HttpResponseMessage> BinaryAsync(string body, string type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)) };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await _api.Client.SendAsync(request);
    }

    private static async Task<IEnumerable<string>> PointersAsync(HttpResponseMessage answer) =>
        (await ReadAsync(answer)).GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString()!);

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();
}
