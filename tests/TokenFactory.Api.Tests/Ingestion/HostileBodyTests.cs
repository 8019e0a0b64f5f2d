using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Bodies that are there to do harm: each is refused within the limits, and takes no memory.</summary>
public sealed class HostileBodyTests(HostileBodyTests.Service fixture) : IClassFixture<HostileBodyTests.Service>
{
    /// <summary>A service that knows the source.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private readonly ApiFixture _fixture = new();

        public ApiProcess Api => _fixture.Api;

        public async ValueTask InitializeAsync()
        {
            await _fixture.InitializeAsync();
            await Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }

    private const long MaxGrowthBytes = 300L << 20;
    private const string SourceHeader = "X-TokenFactory-Source";

    private readonly ApiProcess _api = fixture.Api;

    /// <summary>Those that read any JSON.</summary>
    public static TheoryData<string, string> JsonEntrances => new()
    {
        { "/v1/events", "application/x-ndjson" },
        { "/v1/events", "application/json" },
        { "/v1/events", "application/cloudevents+json" },
        { "/v1/events", "application/cloudevents-batch+json" },
        { "/v1/ingest/raw", "application/x-ndjson" },
        { "/v1/ingest/raw", "application/json" },
        { "/v1/ingest/litellm?source=gateway-1", "application/json" },
        { "/v1/ingest/openai-usage?source=gateway-1", "application/json" },
        { "/v1/ingest/anthropic-usage?source=gateway-1", "application/json" },
    };

    public static TheoryData<string, string> Entrances =>
    [
        .. JsonEntrances,
        ("/v1/ingest/csv?source=gateway-1&id_prefix=a", "text/csv"),
        ("/v1/traces", "application/json"), ("/v1/traces", "application/x-protobuf"),
        ("/v1/metrics", "application/json"), ("/v1/metrics", "application/x-protobuf"),
    ];

    [Theory]
    [MemberData(nameof(Entrances))]
    public async Task Fifty_megabytes_that_unpack_to_fifty_gigabytes_are_refused(string path, string type)
    {
        var before = _api.PeakMemoryBytes;
        using var content = new StreamContent(new RepeatedStream(Member(), copies: 1_000));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.Add(SourceHeader, "gateway-1");

        var started = Stopwatch.GetTimestamp();
        using var answer = await _api.Client.PostAsync(path, content);

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).Should().ContainAny("unpacks to more", "larger than", "A row may have at most");
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(30));
        (_api.PeakMemoryBytes - before).Should().BeLessThan(MaxGrowthBytes);
        await IsWellAsync();
    }

    [Theory]
    [MemberData(nameof(Entrances))]
    public async Task A_compressed_body_that_goes_on_and_on_and_unpacks_to_nothing_is_refused(string path, string type)
    {
        // .NET writes no member for nothing: each of these unpacks to one blank.
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(" "u8);
        var piece = Enumerable.Repeat(packed.ToArray(), 1_000).SelectMany(b => b).ToArray();
        using var content = new StreamContent(new RepeatedStream(piece, copies: 20_000));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.Add(SourceHeader, "gateway-1");

        using var answer = await _api.Client.PostAsync(path, content);

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).Should().ContainAny("unpacks to less than it is made of", "A row may have at most");
        await IsWellAsync();
    }

    [Theory]
    [MemberData(nameof(JsonEntrances))]
    public async Task Ten_thousand_brackets_deep_is_refused(string path, string type)
    {
        var deep = $"{{\"source\":\"gateway-1\",\"provider\":\"openai\",\"response\":{new string('[', 10_000)}{new string(']', 10_000)}}}";

        using var answer = await _api.PostAsync(path, type == "application/cloudevents-batch+json" ? $"[{deep}]" : deep, type);

        ((int)answer.StatusCode).Should().BeOneOf(207, 400, 422);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("malformed_json");
        await IsWellAsync();
    }

    [Fact]
    public async Task A_body_that_trickles_in_one_byte_a_second_is_cut_off()
    {
        var answers = await Task.WhenAll(Entrances.Select(async entrance => (entrance.Data, Answer: await TrickleAsync(entrance.Data.Item1, entrance.Data.Item2))));

        foreach (var (entrance, answer) in answers)
            answer.Should().StartWith("HTTP/1.1 408", entrance.ToString()).And.Contain("comes in fast enough");
        await IsWellAsync();
    }

    private async Task<string> TrickleAsync(string path, string type)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_api.Address.Host, _api.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {_api.Client.DefaultRequestHeaders.Authorization}\r\n{SourceHeader}: gateway-1\r\nContent-Type: {type}\r\nContent-Length: 100000\r\n\r\n"));
        var answered = ReadToEndAsync(stream);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var seconds = 0; seconds < 30 && !answered.IsCompleted; seconds++)
        {
            await Task.WhenAny(answered, timer.WaitForNextTickAsync().AsTask());
            if (!answered.IsCompleted)
                await stream.WriteAsync(" "u8.ToArray());
        }

        return await answered.WaitAsync(TimeSpan.FromSeconds(5));
    }

    private async Task IsWellAsync() => (await _api.Client.GetAsync("/health/ready")).StatusCode.Should().Be(HttpStatusCode.OK);

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var read)
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // The server has closed the connection behind its answer.
        }

        return text.ToString();
    }

    // A gzip body may have many members, one behind the other: each unpacks to 50 MB of nothing.
    private static byte[] Member()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            var nothing = new byte[1 << 20];
            nothing.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 50; i++)
                gzip.Write(nothing);
        }

        return packed.ToArray();
    }

    private sealed class RepeatedStream(byte[] piece, int copies) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => (long)piece.Length * copies;

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var within = (int)(_at % piece.Length);
            var length = (int)Math.Min(Math.Min(count, piece.Length - within), Length - _at);
            piece.AsSpan(within, length).CopyTo(buffer.AsSpan(offset));
            _at += length;
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
