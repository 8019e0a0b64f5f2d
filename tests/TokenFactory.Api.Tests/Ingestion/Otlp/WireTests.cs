using System.Net.Http.Headers;
using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion;
using TokenFactory.Api.Ingestion.Otlp.Wire;
using TokenFactory.Api.Tests.Infrastructure;
using static TokenFactory.Api.Tests.Ingestion.Otlp.OtlpSender;
using Status = TokenFactory.Api.Ingestion.Otlp.Wire.Status;

namespace TokenFactory.Api.Tests.Ingestion.Otlp;

/// <summary>Bodies and answers of OTLP over HTTP: whatever goes wrong is told in the protocol's own form and in the encoding of the request.</summary>
public sealed class WireTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Protobuf = "application/x-protobuf";

    [Theory]
    [InlineData("/v1/traces")]
    [InlineData("/v1/metrics")]
    public async Task What_is_no_message_is_refused_in_the_encoding_that_it_came_in(string path)
    {
        var sender = await ForAsync(fixture, $"wire{path.Replace('/', '-')}");

        foreach (var body in new[] { "{", "[]", "\"x\"", "", "{\"resourceSpans\":7,\"resourceMetrics\":7}", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"the secret plan\"}]}]}],\"resourceMetrics\":1}" })
        {
            var (status, answer) = await sender.SendAsync(path, body);
            status.Should().Be(400, body);
            answer.GetProperty("code").GetInt32().Should().Be(3);
            answer.GetProperty("message").GetString().Should().Contain("Nothing of it was recorded").And.NotContain("secret");
        }

        using var binary = await PostAsync($"{path}?source={sender.Source}", [0x0A, 0x05, 0x01], Protobuf);
        ((int)binary.StatusCode).Should().Be(400);
        binary.Content.Headers.ContentType!.MediaType.Should().Be(Protobuf);
        Status.Parser.ParseFrom(await binary.Content.ReadAsByteArrayAsync()).Message.Should().Contain("Protobuf");
    }

    [Theory]
    [InlineData("/v1/traces")]
    [InlineData("/v1/metrics")]
    public async Task However_deep_a_body_is_nested_it_is_answered(string path)
    {
        var sender = await ForAsync(fixture, $"deep{path.Replace('/', '-')}");
        const int depth = 50_000;
        string Nested(string open, string close) => string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));

        var values = Nested("{\"arrayValue\":{\"values\":[", "]}}");
        foreach (var body in new[]
        {
            Nested("[", "]"),
            """{"unknown":""" + Nested("[", "]") + "}",
            $"{{\"{(path == "/v1/traces" ? "resourceSpans" : "resourceMetrics")}\":[{{\"resource\":{{\"attributes\":[{{\"key\":\"a\",\"value\":{values}}}]}}}}]}}",
        })
        {
            (await sender.SendAsync(path, body)).Status.Should().BeOneOf(200, 400);
        }
    }

    [Theory]
    [InlineData("/v1/traces")]
    [InlineData("/v1/metrics")]
    public async Task An_empty_export_is_a_success(string path)
    {
        var sender = await ForAsync(fixture, $"empty{path.Replace('/', '-')}");

        await sender.TakenAsync(path, "{}");
        using var binary = await PostAsync($"{path}?source={sender.Source}", [], Protobuf);

        ((int)binary.StatusCode).Should().Be(200);
        (await binary.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Unknown_and_foreign_sources_and_other_types_are_refused_in_the_protocols_form()
    {
        await ForAsync(fixture, "wire-mine");
        await ForAsync(fixture, "wire-theirs");
        using var mine = fixture.Api.ClientWith((await fixture.Api.CreateAsync("/v1/api-keys", new { name = "one", scopes = new[] { "ingest" }, sources = new[] { "wire-mine" } })).GetProperty("key").GetString());
        using var both = fixture.Api.ClientWith((await fixture.Api.CreateAsync("/v1/api-keys", new { name = "two", scopes = new[] { "ingest" }, sources = new[] { "wire-mine", "wire-theirs" } })).GetProperty("key").GetString());

        (await StatusAsync(mine, "/v1/traces?source=wire-theirs")).Should().Be((403, 7));
        (await StatusAsync(fixture.Api.Client, "/v1/traces?source=wire-nobody")).Should().Be((422, 3));
        (await StatusAsync(both, "/v1/traces")).Should().Be((422, 3));
        (await StatusAsync(mine, "/v1/traces")).Should().Be((200, 0));
        (await StatusAsync(both, "/v1/metrics", header: "wire-theirs")).Should().Be((200, 0));
        (await StatusAsync(mine, "/v1/traces", "text/plain")).Should().Be((415, 3));
        (await StatusAsync(mine, "/v1/traces", encoding: "br")).Should().Be((415, 3));
        (await StatusAsync(mine, "/v1/traces", encoding: "gzip")).Should().Be((400, 3));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_also_after_decompression()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__Ingestion__MaxBodyBytes"] = "100000" });
        await api.CreateAsync("/v1/sources", new { id = "large" });
        var sender = new OtlpSender(fixture, "large");
        var body = $$"""{"unknown":"{{new string('x', 100_000)}}"}""";

        var (status, answer) = await sender.SendAsync("/v1/traces", body, api.Client, zipped: true);

        status.Should().Be(413);
        answer.GetProperty("code").GetInt32().Should().Be(8);
    }

    [Fact]
    public async Task While_the_database_is_away_the_answer_asks_to_come_again_and_then_all_is_taken()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "away" });
        var sender = new OtlpSender(fixture, "away");
        await SetAllowedAsync(database, false);
        using var content = new ByteArrayContent(OtlpWireBytes(SpanExport([], Span(1, Call()))));
        content.Headers.ContentType = new MediaTypeHeaderValue(Protobuf);

        using var answer = await api.Client.PostAsync($"/v1/traces?source={sender.Source}", content);
        await SetAllowedAsync(database, true);
        await api.WaitUntilAsync("/health/ready", TimeSpan.FromSeconds(30));

        ((int)answer.StatusCode).Should().Be(503);
        answer.Headers.RetryAfter!.Delta.Should().BePositive();
        Status.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync()).Message.Should().Contain("again");
        await sender.TakenAsync("/v1/traces", SpanExport([], Span(1, Call())), api.Client);
    }

    [Fact]
    public void No_bytes_make_the_reader_throw_anything_but_a_refusal()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(SpanExport([("a", "b")], Span(1, Call()), Span(2, [("x", true), ("y", 1.5)])));
        var binary = OtlpWire.Read(ExportTraceServiceRequest.Parser, json, OtlpEncoding.Json).ToByteArray();
        Gen.Select(Gen.Bool, Gen.Int[0, json.Length - 1], Gen.Byte, Gen.Int[0, 40]).Sample((isJson, at, value, cut) =>
        {
            var bytes = (isJson ? json : binary).ToArray();
            bytes[at % bytes.Length] = value;
            try
            {
                OtlpWire.Read(ExportTraceServiceRequest.Parser, bytes.AsMemory(0, Math.Max(0, bytes.Length - (cut > 20 ? cut : 0))), isJson ? OtlpEncoding.Json : OtlpEncoding.Protobuf);
            }
            catch (BodyRefusedException e)
            {
                e.Status.Should().Be(400);
            }
        }, iter: 20_000);
    }

    private async Task<(int, int)> StatusAsync(HttpClient client, string path, string type = "application/json", string? encoding = null, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        if (header is not null)
            request.Headers.Add("X-TokenFactory-Source", header);
        using var answer = await client.SendAsync(request);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return ((int)answer.StatusCode, body.TryGetProperty("code", out var code) ? code.GetInt32() : 0);
    }

    private static byte[] OtlpWireBytes(object traces) =>
        OtlpWire.Read(ExportTraceServiceRequest.Parser, JsonSerializer.SerializeToUtf8Bytes(traces), OtlpEncoding.Json).ToByteArray();

    private static async Task SetAllowedAsync(TestDatabase database, bool allowed)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false };
        var name = settings.Database;
        settings.Database = "postgres";
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"alter database {name} allow_connections {allowed}; select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'", connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await fixture.Api.Client.PostAsync(path, content);
    }
}
