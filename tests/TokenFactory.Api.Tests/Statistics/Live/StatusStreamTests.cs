using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Crashes;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>The stream over HTTP: what it tells and when, to how many, and how it ends.</summary>
public sealed class StatusStreamTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Frames_tell_of_what_any_instance_recorded_meanwhile()
    {
        await _api.CreateAsync("/v1/sources", new { id = "live-1" });
        await using var other = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        await using var stream = await StatusStream.OpenAsync(_api.Client);
        stream.Answer.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        stream.Answer.Headers.CacheControl!.ToString().Should().Be("no-store");
        stream.Answer.Headers.GetValues("X-Accel-Buffering").Should().Equal("no");
        var first = (await stream.NextAsync())!;
        first.Event.Should().Be("status");
        stream.ReconnectionInterval.Should().Be(TimeSpan.FromSeconds(3));

        (await other.PostAsync("/v1/events", Batch("live-1", "seen", 300), Events.Lines)).StatusCode.Should().Be(HttpStatusCode.OK);

        var before = decimal.Parse(Text(first, "tokens_today"), CultureInfo.InvariantCulture);
        var frame = await stream.UntilAsync(f => decimal.Parse(Text(f, "tokens_today"), CultureInfo.InvariantCulture) == before + (300 * 15));
        frame.Data.GetProperty("events_per_second").GetDouble().Should().BePositive();
        frame.Data.GetProperty("tokens_per_second").GetDouble().Should().BeApproximately(15 * frame.Data.GetProperty("events_per_second").GetDouble(), 0.1);
        frame.Data.GetProperty("rate_seconds").GetDouble().Should().BePositive();
        // What nothing comes after is over in five seconds.
        await stream.UntilAsync(f => f.Data.GetProperty("events_per_second").GetDouble() == 0 && f.Data.GetProperty("lag_seconds").GetDouble() == 0);
    }

    [Fact]
    public async Task All_who_listen_get_the_same_frames()
    {
        await using var one = await StatusStream.OpenAsync(_api.Client);
        var first = (await one.NextAsync())!;
        using var nobody = _api.ClientWith(null);
        await using var two = await StatusStream.OpenAsync(nobody);

        var theirs = await two.UntilAsync(f => f.Number > first.Number);
        var mine = await one.UntilAsync(f => f.Number == theirs.Number);

        mine.Data.GetRawText().Should().Be(theirs.Data.GetRawText());
        (await one.NextAsync())!.Number.Should().Be(mine.Number + 1, "nobody misses a frame who keeps up");
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2", 2)]
    [InlineData("60", null)]
    [InlineData("0", 0)]
    [InlineData("61", 0)]
    [InlineData("-1", 0)]
    [InlineData("1.5", 0)]
    [InlineData("often", 0)]
    public async Task A_frame_comes_as_often_as_is_asked_for(string every, int? expected)
    {
        if (expected == 0)
        {
            using var refused = await _api.Client.GetAsync($"/v1/stream?every={every}");
            refused.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
            (await refused.Content.ReadAsStringAsync()).Should().Contain("?every");
            return;
        }

        await using var stream = await StatusStream.OpenAsync(_api.Client, $"?every={every}");
        var first = (await stream.NextAsync())!;
        if (expected is { } step)
            (await stream.NextAsync())!.Number.Should().Be(first.Number + step);
    }

    [Fact]
    public async Task Between_rare_frames_there_are_signs_of_life()
    {
        using var answer = await _api.Client.GetAsync("/v1/stream?every=60", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var frames = 0;
        var comments = 0;
        while (comments < 2)
        {
            var line = (await reader.ReadLineAsync().WaitAsync(StatusStream.Limit))!;
            frames += line.StartsWith("event:", StringComparison.Ordinal) ? 1 : 0;
            comments += line == ":" ? 1 : 0;
        }

        frames.Should().Be(1, "one comes at once, and a comment before it and fifteen seconds behind");
    }

    [Theory]
    [InlineData("/v1/status", "application/json")]
    [InlineData("/v1/stream", "text/event-stream")]
    public async Task HEAD_is_answered_with_the_headers_alone(string path, string type)
    {
        using var answer = await _api.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be(type);
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        (await answer.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task So_many_listen_to_an_instance_and_so_many_of_one_caller()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new()
        {
            ["TokenFactory__Limits__MaxConcurrentStreams"] = "3", ["TokenFactory__Limits__MaxConcurrentStreamsPerKey"] = "2",
        });
        using var nobody = api.ClientWith(null);
        await using var first = await StatusStream.OpenAsync(api.Client);
        var second = await StatusStream.OpenAsync(api.Client);

        (await RefusalAsync(api.Client)).Should().Be((HttpStatusCode.TooManyRequests, "too_many_at_once", true));
        await using (await StatusStream.OpenAsync(nobody))
        {
            (await RefusalAsync(nobody)).Should().Be((HttpStatusCode.ServiceUnavailable, "too_busy", true));
            (await api.Client.GetAsync("/v1/status")).StatusCode.Should().Be(HttpStatusCode.OK, "who asks once takes no place");
        }

        await second.DisposeAsync();
        await Until.TrueAsync(async () => (await RefusalAsync(api.Client)).Status == HttpStatusCode.OK, "room again for who left and came back");
        (await first.NextAsync())!.Event.Should().Be("status", "who listens goes on listening");
    }

    [Fact]
    public async Task A_service_that_stops_ends_its_streams_and_waits_for_none()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        await using var stream = await StatusStream.OpenAsync(api.Client);
        await using var rare = await StatusStream.OpenAsync(api.Client, "?every=60");
        await stream.NextAsync();
        await rare.NextAsync();

        var begun = Stopwatch.GetTimestamp();
        (await api.StopAsync()).Should().Be(0);
        Stopwatch.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(10));

        // To its end, and not to a connection that breaks.
        await stream.ReadToEndAsync();
        await rare.ReadToEndAsync();
    }

    [Fact]
    public async Task A_stream_ends_after_the_longest_time_that_a_request_may_take()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__Limits__RequestTimeoutSeconds"] = "4" });
        await using var stream = await StatusStream.OpenAsync(api.Client);
        (await stream.NextAsync())!.Event.Should().Be("status");

        await stream.ReadToEndAsync();
    }

    [Fact]
    public async Task Where_figures_are_not_public_a_key_is_asked_for()
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__PublicFigures"] = "false" });
        using var nobody = api.ClientWith(null);

        foreach (var path in (string[])["/v1/status", "/v1/stream"])
            (await nobody.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.Unauthorized, path);
        await using var stream = await StatusStream.OpenAsync(api.Client);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_ends_with_the_key_that_opened_it(bool isPublic)
    {
        await using var api = await ApiProcess.StartAsync(fixture.Database.ConnectionString, new() { ["TokenFactory__PublicFigures"] = isPublic ? "true" : "false" });
        await using var another = await ApiProcess.StartAsync(fixture.Database.ConnectionString);
        var key = await api.CreateAsync("/v1/api-keys", new { name = "a wall", scopes = new[] { "read" } });
        using var reader = api.ClientWith(key.GetProperty("key").GetString());
        await using var stream = await StatusStream.OpenAsync(reader);
        await using var admins = await StatusStream.OpenAsync(api.Client);
        var last = (await stream.NextAsync())!.Number;
        (await stream.UntilAsync(f => f.Number > last + 1)).Should().NotBeNull();

        // By another instance: this one hears of it within seconds.
        (await another.Client.DeleteAsync($"/v1/api-keys/{key.GetProperty("id").GetString()}")).EnsureSuccessStatusCode();

        await stream.ReadToEndAsync().WaitAsync(StatusStream.Limit);
        last = (await admins.NextAsync())!.Number;
        // Those that wait to be read are older.
        await admins.UntilAsync(f => f.Number > last + 10);
    }

    [Fact]
    public async Task While_the_database_is_away_the_stream_says_so_and_goes_on_when_it_is_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new CrashFolder();
        await using var server = await CrashServer.StartAsync(folder.Path, cancellationToken);
        await using var instance = new CrashInstance(server, 0, AppContext.BaseDirectory);
        await instance.StartAsync(null, cancellationToken);
        var client = instance.Client!;
        await using var stream = await StatusStream.OpenAsync(client);
        var before = (await stream.NextAsync())!;

        await server.RestartAsync(async () =>
        {
            var away = await stream.UntilAsync(f => f.Event == "unavailable");
            var last = away.Data.GetProperty("last_at").GetDateTimeOffset();
            last.Should().BeOnOrAfter(before.Data.GetProperty("at").GetDateTimeOffset()).And.BeOnOrBefore(away.Data.GetProperty("at").GetDateTimeOffset());
            away.Data.EnumerateObject().Select(m => m.Name).Should().Equal(["at", "last_at"], "what is not known is not told");
            using var status = await client.GetAsync("/v1/status", cancellationToken);
            status.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            status.Headers.RetryAfter.Should().NotBeNull();
            (await stream.NextAsync())!.Event.Should().Be("unavailable");
        }, cancellationToken);

        (await stream.UntilAsync(f => f.Event == "status")).Number.Should().BeGreaterThan(before.Number + 1);
    }

    [Fact]
    public async Task A_database_that_stands_still_is_told_of_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes can't be frozen there.");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new CrashFolder();
        await using var server = await CrashServer.StartAsync(folder.Path, cancellationToken);
        await using var instance = new CrashInstance(server, 0, AppContext.BaseDirectory);
        await instance.StartAsync(null, cancellationToken);
        await using var stream = await StatusStream.OpenAsync(instance.Client!);
        await stream.NextAsync();

        var processes = await server.ProcessIdsAsync();
        foreach (var id in processes)
            Signals.Send(id, Signals.Stop);
        try
        {
            await stream.UntilAsync(f => f.Event == "unavailable");
        }
        finally
        {
            foreach (var id in processes)
                Signals.Send(id, Signals.Continue);
        }

        await stream.UntilAsync(f => f.Event == "status");
    }

    private static string Batch(string source, string id, int events) => Events.Join(Enumerable.Range(0, events).Select(i =>
        Events.Native($"{id}-{i}", source, TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))));

    private static string Text(StreamFrame frame, string member) => frame.Data.GetProperty(member).GetString()!;

    private static async Task<(HttpStatusCode Status, string Code, bool SaysWhen)> RefusalAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/v1/stream", HttpCompletionOption.ResponseHeadersRead);
        return answer.IsSuccessStatusCode
            ? (answer.StatusCode, "", false)
            : (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString()!, answer.Headers.RetryAfter is not null);
    }
}
