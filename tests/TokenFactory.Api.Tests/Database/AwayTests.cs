using System.Net;
using System.Text;
using Npgsql;
using TokenFactory.Api.Tests.Crashes;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Database;

/// <summary>While the database is away, stands still or is full of sessions: every answer is a 503 that says when to come again, and nothing gathers in memory.</summary>
public sealed class AwayTests
{
    private const int MaxSessions = 25;
    private const int EventsPerBody = 100;
    private const long MaxGrowthBytes = 192L << 20;

    [Fact]
    public async Task Ten_thousand_events_sent_to_a_database_that_is_away_are_all_refused_and_leave_nothing_behind()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new CrashFolder();
        await using var server = await CrashServer.StartAsync(folder.Path, cancellationToken);
        await using var instance = await StartAsync(server, null);
        // What runs for the first time takes memory of its own.
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SendAsync(instance, Lines($"before-{i}"))));
        var before = instance.MemoryBytes;

        await server.RestartAsync(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                var number = round;
                var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SendAsync(instance, Lines($"during-{number}-{i}"))));
                answers.Should().AllBeEquivalentTo(Refused);
            }

            (await SendAsync(instance, Lines("single", 1))).Should().Be(Refused);
            foreach (var path in (string[])["/v1/gdp?frequency=day", "/v1/indices?index=price&frequency=month", "/v1/reconciliation", "/v1/events/plant-1/e"])
                (await GetAsync(instance, path)).Should().Be(Refused, path);
            await UntilNotReadyAsync(instance);
            (await GetAsync(instance, "/health/live")).Status.Should().Be(HttpStatusCode.OK);
            (instance.MemoryBytes - before).Should().BeLessThan(MaxGrowthBytes);
        }, cancellationToken);

        await ReadyAsync(instance);
        (await server.ListAsync<long>("select count(*) from event_identity where event_id like 'during-%'", cancellationToken)).Should().Equal(0);
        (await SendAsync(instance, Lines("after"))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_database_that_stands_still_under_load_keeps_nobody_waiting_for_ever_and_fills_no_memory()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes can't be frozen there.");
        const int bodies = 150;
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new CrashFolder();
        await using var server = await CrashServer.StartAsync(folder.Path, cancellationToken);
        await using var instance = await StartAsync(server, new()
        {
            ["TokenFactory__Ledger__MaxWaitingEvents"] = "2000",
            ["TokenFactory__Ledger__MaxCommitWaitMs"] = "3000",
        });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SendAsync(instance, Lines($"before-{i}"))));
        var before = instance.MemoryBytes;

        var processes = await server.ProcessIdsAsync();
        foreach (var id in processes)
            Signals.Send(id, Signals.Stop);
        (HttpStatusCode Status, bool SaysWhen)[] answers;
        try
        {
            answers = await Task.WhenAll(Enumerable.Range(0, bodies).Select(i => SendAsync(instance, Lines($"during-{i}"))));
            (instance.MemoryBytes - before).Should().BeLessThan(MaxGrowthBytes);
            await UntilNotReadyAsync(instance);
            (await GetAsync(instance, "/health/live")).Status.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            foreach (var id in processes)
                Signals.Send(id, Signals.Continue);
        }

        answers.Should().AllBeEquivalentTo(Refused, "nobody is told that it is recorded before it is, and nobody waits for ever");
        await ReadyAsync(instance);
        // What was answered 503 may have been recorded all the same: sent again it counts once.
        foreach (var i in Enumerable.Range(0, bodies))
            (await SendAsync(instance, Lines($"during-{i}"))).Status.Should().Be(HttpStatusCode.OK);
        (await server.ListAsync<long>("select count(*) from event_identity where event_id like 'during-%'", cancellationToken)).Should().Equal(bodies * EventsPerBody);
        (await server.ListAsync<long>("select count(*) from ledger_entry where event_id like 'during-%'", cancellationToken)).Should().Equal(2 * bodies * EventsPerBody);
    }

    [Fact]
    public async Task A_server_that_takes_no_more_sessions_is_answered_503_and_no_request_hangs()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new CrashFolder();
        await using var server = await CrashServer.StartAsync(folder.Path, cancellationToken);
        await server.ExecuteAsync($"alter system set max_connections = {MaxSessions}", cancellationToken);
        await server.RestartAsync(() => Task.CompletedTask, cancellationToken);
        await using var instance = await StartAsync(server, new() { ["TokenFactory__RollUp__Enabled"] = "false" });
        var held = new List<NpgsqlConnection>();
        try
        {
            await HoldAllAsync(server, held);

            (await SendAsync(instance, Lines("during"))).Should().Be(Refused);
            (await GetAsync(instance, "/v1/gdp?frequency=day")).Should().Be(Refused);
            await UntilNotReadyAsync(instance);
        }
        finally
        {
            foreach (var connection in held)
                await connection.DisposeAsync();
        }

        await ReadyAsync(instance);
        (await SendAsync(instance, Lines("during"))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_pool_whose_sessions_are_all_held_is_answered_503_and_no_request_hangs()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 6, Timeout = 2 }.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" });
        await api.CreateAsync("/v1/sources", new { id = "plant-1" });
        var asked = new List<Task<HttpResponseMessage>>();
        await using (var holder = new NpgsqlConnection(database.ConnectionString + ";Pooling=false"))
        {
            await holder.OpenAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("begin; lock table rollup_cell_day, rollup_cell_month, rollup_cell_margin, journal_lane in access exclusive mode", holder);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            asked.AddRange(Enumerable.Range(0, 12).Select(_ => api.Client.GetAsync("/v1/gdp?frequency=day", TestContext.Current.CancellationToken)));

            // The first ones wait for the lock; those that find no session must be told.
            foreach (var answer in (await FirstAsync(asked, 6)))
            {
                answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
                answer.Headers.RetryAfter.Should().NotBeNull();
            }
        }

        (await Task.WhenAll(asked)).Count(a => a.IsSuccessStatusCode).Should().BePositive("those that waited for the lock have their figures");
        (await api.PostAsync("/v1/events", Events.Native("after", "plant-1"))).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("raise exception 'a test' using errcode = '40P01';")]
    [InlineData("raise exception 'a test' using errcode = '40001';")]
    [InlineData("perform pg_terminate_backend(pg_backend_pid());")]
    public async Task What_fails_for_the_moment_is_tried_again_and_its_sender_learns_nothing_of_it(string failure)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        // The last statement before COMMIT fails the first three times; a sequence keeps its number when a transaction is undone.
        await database.ExecuteAsync(
            $"""
            create sequence tries;
            create function fail_first() returns trigger language plpgsql security definer as
                $$ begin if nextval('tries') <= 3 then {failure} end if; return new; end $$;
            create trigger fail_first before insert on ledger_batch for each row execute function fail_first()
            """);

        using var answer = await api.PostAsync("/v1/events", Events.Native("a"));

        answer.StatusCode.Should().Be(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await database.ScalarAsync<long>("select last_value from tries")).Should().Be(4);
        (await database.ScalarAsync<long>("select count(*) from ledger_entry")).Should().Be(2);
    }

    private static readonly (HttpStatusCode Status, bool SaysWhen) Refused = (HttpStatusCode.ServiceUnavailable, true);

    private static async Task<CrashInstance> StartAsync(CrashServer server, Dictionary<string, string>? settings)
    {
        var instance = new CrashInstance(server, 0, AppContext.BaseDirectory);
        await instance.StartAsync(settings, TestContext.Current.CancellationToken);
        await instance.CreateSourceAsync("plant-1", TestContext.Current.CancellationToken);
        return instance;
    }

    private static string Lines(string id, int events = EventsPerBody) => Events.Join(Enumerable.Range(0, events).Select(i => Events.Native($"{id}-{i}", "plant-1")));

    private static async Task<(HttpStatusCode Status, bool SaysWhen)> SendAsync(CrashInstance instance, string body)
    {
        using var answer = await instance.Client!.PostAsync("/v1/events", new StringContent(body, Encoding.UTF8, Events.Lines), TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.Headers.RetryAfter is not null);
    }

    private static async Task<(HttpStatusCode Status, bool SaysWhen)> GetAsync(CrashInstance instance, string path)
    {
        using var answer = await instance.Client!.GetAsync(path, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.Headers.RetryAfter is not null);
    }

    // The answer before holds for a second.
    private static Task UntilNotReadyAsync(CrashInstance instance) =>
        Until.TrueAsync(async () => (await GetAsync(instance, "/health/ready")).Status == HttpStatusCode.ServiceUnavailable, "the service not ready");

    private static Task ReadyAsync(CrashInstance instance) =>
        Until.TrueAsync(async () => (await GetAsync(instance, "/health/ready")).Status == HttpStatusCode.OK, "the service ready again");

    private static async Task<List<HttpResponseMessage>> FirstAsync(List<Task<HttpResponseMessage>> asked, int count)
    {
        var answers = new List<HttpResponseMessage>();
        await foreach (var answered in Task.WhenEach(asked))
        {
            answers.Add(await answered);
            if (answers.Count == count)
                break;
        }

        return answers;
    }

    // Every place is taken, and none of them is the service's.
    // Every one: a session of the service that is only just beginning is not to be seen yet, and would serve it.
    private static async Task HoldAllAsync(CrashServer server, List<NpgsqlConnection> held)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (held.Count < MaxSessions)
        {
            limit.Token.ThrowIfCancellationRequested();
            while (await OpenAsync(server) is { } connection)
                held.Add(connection);
            await EndOthersAsync(held);
        }
    }

    private static async Task<NpgsqlConnection?> OpenAsync(CrashServer server)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            await connection.DisposeAsync();
            return null;
        }
    }

    private static async Task EndOthersAsync(List<NpgsqlConnection> held)
    {
        await using var end = new NpgsqlCommand("select count(pg_terminate_backend(pid, 30000)) from pg_stat_activity where backend_type = 'client backend' and pid <> all ($1)", held[0]);
        end.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. held.Select(c => c.ProcessID)] });
        await end.ExecuteNonQueryAsync();
    }
}
