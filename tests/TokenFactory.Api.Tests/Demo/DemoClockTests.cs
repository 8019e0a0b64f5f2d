using System.Net;
using System.Text.Json;
using TokenFactory.Api.Database;
using TokenFactory.Api.Demo;
using TokenFactory.Api.Tests.EndToEnd;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Demo;

/// <summary>The ledger's clock around a demonstration: nobody else's event ever gets the demonstration's time.</summary>
public sealed class DemoClockTests : IAsyncLifetime
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    private TestDatabase _database = null!;
    private DatabaseConnections _connections = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        _connections = DatabaseConnections.From(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task After_a_cut_a_start_without_the_demonstration_has_the_real_clock_before_it_answers()
    {
        await CutOffAsync();

        await using var api = await ApiProcess.StartAsync(_database.ConnectionString);

        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        using var answer = await api.PostAsync("/v1/events", Events.Native("real-1", "gateway-1"));
        await ShouldBeRecordedNowAsync(answer);
        api.Output.Should().Contain("it has the real clock again");
    }

    [Fact]
    public async Task After_a_cut_the_demonstration_is_not_loaded_to_its_end_behind_other_events()
    {
        await CutOffAsync();
        await using (var plain = await ApiProcess.StartAsync(_database.ConnectionString))
        {
            await plain.CreateAsync("/v1/sources", new { id = "gateway-1" });
            (await plain.PostAsync("/v1/events", Events.Native("real-1", "gateway-1"))).StatusCode.Should().Be(HttpStatusCode.Created);
        }

        var (exitCode, output) = await DemoLedger.RunToItsEndAsync(_database.ConnectionString);

        exitCode.Should().Be(1, output);
        output.Should().Contain("was cut off and something else was recorded since").And.Contain("TokenFactory__DataFolder");
        (await _database.ScalarAsync<long>("select count(*) from event_identity")).Should().Be(1);
        (await SecondsBehindAsync()).Should().BeInRange(0, 5);
    }

    [Fact]
    public async Task After_a_cut_it_goes_on_with_the_day_that_it_was_at()
    {
        await CutOffAsync();
        await using (var plain = await ApiProcess.StartAsync(_database.ConnectionString))
            (await SecondsBehindAsync()).Should().BeInRange(0, 5);

        await using var clock = await DemoClock.TakeAsync(_connections, Cancellation);
        var plan = await clock.PrepareAsync(Today.AddDays(40), Cancellation);

        plan.Should().Be(new DemoPlan(Today.AddDays(-1), Today.AddDays(-300)), "the first start has fixed the last day");
    }

    [Fact]
    public async Task While_it_is_loaded_events_of_others_are_told_to_come_back()
    {
        await using var api = await ApiProcess.StartAsync(_database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await api.CreateAsync("/v1/sources", new { id = DemoCatalog.Gateway });
        await using var clock = await DemoClock.TakeAsync(_connections, Cancellation);
        await clock.PrepareAsync(Today.AddDays(-1), Cancellation);
        await clock.SetAsync(Today.AddDays(-300), Cancellation);

        using var refused = await api.PostAsync("/v1/events", Events.Native("real-1", "gateway-1"));
        using var refusedLines = await api.PostAsync("/v1/events", Events.Native("real-1", "gateway-1"), Events.Lines);
        using var demonstration = await api.PostAsync("/v1/events", Events.Native("demo-1", DemoCatalog.Gateway));
        await clock.ReturnAsync(isComplete: true, Cancellation);
        using var later = await api.PostAsync("/v1/events", Events.Native("real-1", "gateway-1"));

        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.Should().NotBeNull();
        (await refused.Content.ReadAsStringAsync()).Should().Contain("\"code\":\"starting\"").And.Contain("The demonstration is being loaded");
        refusedLines.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        demonstration.StatusCode.Should().Be(HttpStatusCode.Created, await demonstration.Content.ReadAsStringAsync());
        (await demonstration.Content.ReadAsStringAsync()).Should().Contain($"\"recorded_at\":\"{Today.AddDays(-300):yyyy-MM-dd}T04:00:00Z\"");
        await ShouldBeRecordedNowAsync(later);
    }

    // The transaction that read the clock just before the end of the load and commits just after it.
    [Fact]
    public async Task After_it_is_loaded_nobody_else_is_recorded_at_its_time()
    {
        await using (var clock = await DemoClock.TakeAsync(_connections, Cancellation))
        {
            await clock.PrepareAsync(Today.AddDays(-1), Cancellation);
            await clock.ReturnAsync(isComplete: true, Cancellation);
        }

        var late = () => _database.ExecuteAsync("insert into ledger_batch values (7, 1, 1, 1, 1, now() - interval '300 days', 0, 0, 0, 0, 0, 0, 0)");
        var now = () => _database.ExecuteAsync("insert into ledger_batch values (7, 1, 1, 1, 1, now(), 0, 0, 0, 0, 0, 0, 0)");

        (await late.Should().ThrowAsync<Npgsql.PostgresException>()).Which.SqlState.Should().Be("57PNY");
        await now.Should().NotThrowAsync();
    }

    [Fact]
    public async Task A_start_without_it_waits_while_another_instance_loads_it()
    {
        var clock = await DemoClock.TakeAsync(_connections, Cancellation);
        await clock.PrepareAsync(Today.AddDays(-1), Cancellation);
        await clock.SetAsync(Today.AddDays(-300), Cancellation);
        var start = ApiProcess.StartAsync(_database.ConnectionString);
        await WaitUntilAsync("select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))");
        start.IsCompleted.Should().BeFalse();

        await clock.ReturnAsync(isComplete: true, Cancellation);
        await clock.DisposeAsync();

        await using var api = await start;
        (await _database.ScalarAsync<bool>("select is_complete and not is_loading from demo_state")).Should().BeTrue();
    }

    [Fact]
    public async Task It_never_runs_ahead_of_the_real_one()
    {
        await using var clock = await DemoClock.TakeAsync(_connections, Cancellation);
        await clock.PrepareAsync(Today.AddDays(-1), Cancellation);

        await clock.SetAsync(Today.AddDays(1), Cancellation);

        (await SecondsBehindAsync()).Should().BeInRange(0, 5);
    }

    // What a process leaves that is killed in the middle.
    private async Task CutOffAsync()
    {
        await using (var clock = await DemoClock.TakeAsync(_connections, Cancellation))
        {
            await clock.PrepareAsync(Today.AddDays(-1), Cancellation);
            await clock.SetAsync(Today.AddDays(-300), Cancellation);
        }

        (await SecondsBehindAsync()).Should().BeGreaterThan(299 * 86_400);
    }

    /// <summary>Seconds. The ledger's clock is read first, so that a clock that is not behind never reads as ahead.</summary>
    private Task<decimal> SecondsBehindAsync() => _database.ScalarAsync<decimal>("select extract(epoch from clock_timestamp() - at) from (select ledger_clock() as at offset 0) ledger");

    private async Task WaitUntilAsync(string sql)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await _database.ScalarAsync<bool>(sql))
            System.Diagnostics.Stopwatch.GetElapsedTime(started).Should().BeLessThan(WaitLimit, sql);
    }

    private static async Task ShouldBeRecordedNowAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.Created, text);
        JsonDocument.Parse(text).RootElement.GetProperty("recorded_at").GetDateTimeOffset().Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5));
    }
}
