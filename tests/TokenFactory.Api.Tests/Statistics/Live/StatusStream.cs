using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>One frame of the stream.</summary>
internal sealed record StreamFrame(string Event, long Number, JsonElement Data);

/// <summary>A client of <c>GET /v1/stream</c>. What does not come in time fails the test.</summary>
internal sealed class StatusStream : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _events;
    private readonly SseParser<string> _parser;

    private StatusStream(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _parser = SseParser.Create(body);
        _events = _parser.EnumerateAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
    }

    public HttpResponseMessage Answer => _answer;

    public TimeSpan ReconnectionInterval => _parser.ReconnectionInterval;

    public static async Task<StatusStream> OpenAsync(HttpClient client, string query = "")
    {
        var answer = await client.GetAsync($"/v1/stream{query}", HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync());
        return new StatusStream(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next frame; null: the stream has ended.</summary>
    public async Task<StreamFrame?> NextAsync()
    {
        if (!await _events.MoveNextAsync().AsTask().WaitAsync(Limit))
            return null;
        var item = _events.Current;
        return new StreamFrame(item.EventType, long.Parse(item.EventId!, CultureInfo.InvariantCulture), JsonDocument.Parse(item.Data).RootElement);
    }

    /// <summary>Reads on until a frame is as it should come to be.</summary>
    public async Task<StreamFrame> UntilAsync(Func<StreamFrame, bool> isIt)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!limit.IsCancellationRequested)
        {
            var frame = await NextAsync() ?? throw new InvalidOperationException("The stream has ended.");
            if (isIt(frame))
                return frame;
        }

        throw new TimeoutException("The frame did not come.");
    }

    public async Task ReadToEndAsync()
    {
        while (await NextAsync() is not null)
        {
        }
    }

    public ValueTask DisposeAsync()
    {
        // As a client that goes away: a read that is under way ends with it.
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
