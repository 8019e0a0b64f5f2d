using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Bodies as they come: formats, limits on both sides, streams.</summary>
public sealed class BodyTests : IClassFixture<BodyTests.LimitedService>
{
    private readonly ApiProcess _api;

    public BodyTests(LimitedService service) => _api = service.Api;

    /// <summary>A service with small limits, so that both sides of each can be tried.</summary>
    public sealed class LimitedService : IAsyncLifetime
    {
        private TestDatabase _database = null!;

        public ApiProcess Api { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _database = await PostgresServer.Current.CreateDatabaseAsync();
            Api = await ApiProcess.StartAsync(_database.ConnectionString, new()
            {
                ["TokenFactory__Ingestion__MaxBodyBytes"] = "20000",
                ["TokenFactory__Ingestion__MaxStreamBytes"] = "100000000",
                ["TokenFactory__Ingestion__MaxLineBytes"] = "2048",
                ["TokenFactory__Ingestion__MaxArrayEvents"] = "10",
                ["TokenFactory__Ingestion__MaxAtomicEvents"] = "5",
                ["TokenFactory__Ingestion__MaxNameLength"] = "40",
                ["TokenFactory__Ingestion__MaxQuantity"] = "1000000",
            });
            await Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        }

        public async ValueTask DisposeAsync()
        {
            await Api.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    public async Task An_object_is_one_event(string type) =>
        (await StatusAsync(Events.Native($"one-{type.Length}"), type)).Should().Be(HttpStatusCode.Created);

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/ndjson")]
    [InlineData("application/jsonl")]
    public async Task Lines_are_many(string type)
    {
        var body = $"\uFEFF{Events.Native($"l1-{type}")}\r\n\r\n   \n{Events.Native($"l2-{type}")}";

        var told = await TellAsync(body, type, HttpStatusCode.OK);

        told.GetProperty("accepted").GetInt32().Should().Be(2);
    }

    [Theory]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("application/xml", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    public async Task Another_type_is_refused(string type, HttpStatusCode status, string code) => await RefusedAsync(Events.Native("x"), type, status, code);

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "empty_body")]
    [InlineData("  \n ", HttpStatusCode.BadRequest, "empty_body")]
    [InlineData("[{\"source\":\"gateway-1\"},", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("[] []", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("{\"source\":", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("hello", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("17", HttpStatusCode.UnprocessableEntity, "invalid")]
    public async Task What_is_no_event_is_refused_and_says_why(string body, HttpStatusCode status, string code) =>
        await RefusedAsync(body, "application/json", status, code);

    [Fact]
    public async Task An_empty_array_is_nothing_to_do() =>
        (await TellAsync("[]", "application/json", HttpStatusCode.OK)).GetProperty("received").GetInt32().Should().Be(0);

    [Fact]
    public async Task Each_limit_holds_on_both_sides()
    {
        string Array(int events, string prefix) => $"[{string.Join(',', Enumerable.Range(0, events).Select(i => Events.Native($"{prefix}-{i}")))}]";

        (await StatusAsync(Array(10, "max"), "application/json")).Should().Be(HttpStatusCode.OK);
        await RefusedAsync(Array(11, "over"), "application/json", HttpStatusCode.RequestEntityTooLarge, "too_many_events");
        await RefusedAsync(Array(11, "over"), "application/cloudevents-batch+json", HttpStatusCode.RequestEntityTooLarge, "too_many_events");
        await RefusedAsync(Events.Native("big") + new string(' ', 20_000), "application/json", HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        (await _api.PostAsync("/v1/events?atomic=true", Array(5, "atomic"))).StatusCode.Should().Be(HttpStatusCode.OK);
        (await _api.PostAsync("/v1/events?atomic=true", Array(6, "atomic-over"))).StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await StatusAsync(Events.Native(new string('n', 40)), "application/json")).Should().Be(HttpStatusCode.Created);
        (await StatusAsync(Events.Native(new string('n', 41)), "application/json")).Should().Be(HttpStatusCode.UnprocessableEntity);
        (await StatusAsync(Events.Native("q-max", input: 1_000_000), "application/json")).Should().Be(HttpStatusCode.Created);
        (await StatusAsync(Events.Native("q-over", input: 1_000_001), "application/json")).Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_rejected_and_its_neighbours_are_recorded()
    {
        var longLine = $"{{\"id\":\"{new string('x', 500_000)}\"}}";

        var told = await TellAsync($"{Events.Native("before")}\n{longLine}\n{Events.Native("after")}\n", Events.Lines, HttpStatusCode.MultiStatus);

        told.GetProperty("accepted").GetInt32().Should().Be(2);
        told.GetProperty("items")[0].GetProperty("index").GetInt32().Should().Be(1);
        told.GetProperty("items")[0].GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("line_too_long");
    }

    [Fact]
    public async Task Compressed_bodies_are_taken_and_broken_ones_are_refused()
    {
        var packed = Gzip(Encoding.UTF8.GetBytes(Events.Join(Enumerable.Range(0, 50).Select(i => Events.Native($"gz-{i}")))));

        (await SendAsync(packed, "gzip")).Should().Be(HttpStatusCode.OK);
        (await SendAsync(packed[..^20], "gzip")).Should().Be(HttpStatusCode.BadRequest);
        (await SendAsync([1, 2, 3, 4], "gzip")).Should().Be(HttpStatusCode.BadRequest);
        (await SendAsync(packed, "br")).Should().Be(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_body_that_is_cut_on_its_way_tells_how_far_it_got_and_can_be_sent_again()
    {
        var packed = Gzip(Encoding.UTF8.GetBytes(Events.Join(Enumerable.Range(0, 5_000).Select(i => Events.Native($"{Guid.NewGuid():N}")))));

        using var cut = await PostAsync(packed[..(packed.Length / 2)], "gzip");
        var problem = JsonDocument.Parse(await cut.Content.ReadAsStringAsync()).RootElement;
        using var again = await PostAsync(packed, "gzip");
        var told = JsonDocument.Parse(await again.Content.ReadAsStringAsync()).RootElement;

        cut.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("code").GetString().Should().Be("malformed_gzip");
        var accepted = problem.GetProperty("accepted").GetInt32();
        accepted.Should().BeInRange(1_000, 4_000);
        problem.GetProperty("resume_from").GetInt32().Should().Be(accepted);
        told.GetProperty("duplicate").GetInt32().Should().Be(accepted);
        told.GetProperty("accepted").GetInt32().Should().Be(5_000 - accepted);
    }

    [Fact]
    public async Task A_compressed_body_that_unpacks_without_end_is_cut_at_the_limit()
    {
        // 200 MB of blank lines in 200 kB: over the limit of 100 MB.
        var packed = Gzip(new byte[200_000_000].Select(_ => (byte)'\n').ToArray());

        (await SendAsync(packed, "gzip")).Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_hundred_thousand_lines_never_sit_in_memory_whole()
    {
        using var process = Process.GetProcessById(_api.ProcessId);
        await TellAsync(Events.Join(Enumerable.Range(0, 2_000).Select(i => Events.Native($"warm-{i}"))), Events.Lines, HttpStatusCode.OK);
        process.Refresh();
        var before = process.WorkingSet64;
        var peak = before;

        using var content = new EndlessContent(100_000, () =>
        {
            process.Refresh();
            peak = Math.Max(peak, process.WorkingSet64);
        });
        using var answer = await _api.Client.PostAsync("/v1/events", content);
        var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        told.GetProperty("accepted").GetInt32().Should().Be(100_000);
        // The body has 90 MB, and each event a few hundred bytes more once it is parsed.
        content.SentBytes.Should().BeGreaterThan(80_000_000);
        (peak - before).Should().BeLessThan(content.SentBytes, "chunks come and go");
    }

    private async Task<HttpStatusCode> StatusAsync(string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await _api.Client.PostAsync("/v1/events", content);
        return answer.StatusCode;
    }

    private async Task<JsonElement> TellAsync(string body, string type, HttpStatusCode expected)
    {
        using var answer = await _api.PostAsync("/v1/events", body, type);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(expected, text[..Math.Min(text.Length, 500)]);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task RefusedAsync(string body, string type, HttpStatusCode status, string code)
    {
        using var answer = await _api.PostAsync("/v1/events", body, type);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        answer.StatusCode.Should().Be(status);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        problem.GetProperty("code").GetString().Should().Be(code);
        problem.GetProperty("trace_id").GetString().Should().NotBeEmpty();
    }

    private async Task<HttpStatusCode> SendAsync(byte[] body, string encoding)
    {
        using var answer = await PostAsync(body, encoding);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string encoding)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(Events.Lines);
        content.Headers.ContentEncoding.Add(encoding);
        return await _api.Client.PostAsync("/v1/events", content);
    }

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return packed.ToArray();
    }

    /// <summary>Lines that are made while they are sent.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private readonly int _lines;
        private readonly Action _look;

        public EndlessContent(int lines, Action look)
        {
            _lines = lines;
            _look = look;
            Headers.ContentType = new MediaTypeHeaderValue(Events.Lines);
        }

        public long SentBytes { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var padding = new string(' ', 600);
            for (var i = 0; i < _lines; i++)
            {
                var line = Encoding.UTF8.GetBytes(Events.Native($"s-{i}") + padding + "\n");
                SentBytes += line.Length;
                await stream.WriteAsync(line);
                if (i % 2_000 == 0)
                    _look();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
