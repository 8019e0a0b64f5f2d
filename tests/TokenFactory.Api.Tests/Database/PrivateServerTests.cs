using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Database;

/// <summary>The life of a private server: made, found again, killed, taken over, stopped.</summary>
public sealed class PrivateServerTests : ServersOfTheirOwn
{
    [Fact]
    public async Task What_was_written_is_there_again_at_the_next_start()
    {
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first, "create table kept as select 42 as answer");
            first.IsOwner.Should().BeTrue();
        }

        await using var second = await StartAsync();

        (await ScalarAsync<int>(second, "select answer from kept")).Should().Be(42);
        (await ScalarAsync<string>(second, "show fsync")).Should().Be("on");
        (await ScalarAsync<string>(second, "show synchronous_commit")).Should().Be("on");
        (await ScalarAsync<string>(second, "show data_checksums")).Should().Be("on");
        if (!OperatingSystem.IsWindows())
            (await ScalarAsync<string>(second, "show listen_addresses")).Should().BeEmpty("it listens on a socket only");
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var server = await StartAsync();
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess", Pooling = false }.ConnectionString;

        var act = async () => await new NpgsqlConnection(wrong).OpenAsync();

        (await act.Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task A_server_that_is_killed_comes_back_by_itself_with_what_was_committed()
    {
        await using var server = await StartAsync();
        await ExecuteAsync(server, "create table kept as select 42 as answer");
        var killed = ServerProcessId();

        using (var postmaster = Process.GetProcessById(killed))
            postmaster.Kill();

        (await EventuallyAsync(() => ScalarAsync<int>(server, "select answer from kept"))).Should().Be(42);
        ServerProcessId().Should().NotBe(killed);
    }

    [Fact]
    public async Task A_cluster_that_vanishes_under_its_service_is_waited_for_and_not_replaced_by_an_empty_one()
    {
        var log = new RestartFailures();
        await using var server = await PrivatePostgres.StartAsync(PostgresServer.OptionsOf(Folder), log, TimeProvider.System, CancellationToken.None);
        await ExecuteAsync(server, "create table kept as select 42 as answer");
        using var postmaster = Process.GetProcessById(ServerProcessId());
        Directory.Move(Path.Combine(Folder, "data"), Path.Combine(Folder, "away"));
        postmaster.Kill();

        await log.First.WaitAsync(TimeSpan.FromMinutes(2));
        Directory.Move(Path.Combine(Folder, "away"), Path.Combine(Folder, "data"));

        (await EventuallyAsync(() => ScalarAsync<int>(server, "select answer from kept"))).Should().Be(42);
    }

    [Fact]
    public async Task A_server_whose_owner_was_killed_is_adopted_as_it_runs()
    {
        var first = await StartAsync();
        var running = ServerProcessId();
        await first.AbandonAsync(releaseOwnership: true);

        await using var second = await StartAsync();

        second.IsOwner.Should().BeTrue();
        ServerProcessId().Should().Be(running);
    }

    [Fact]
    public async Task A_server_that_is_on_its_way_down_is_started_again()
    {
        var first = await StartAsync();
        var kept = await OpenAsync(first);
        await first.AbandonAsync(releaseOwnership: true);
        // A smart shutdown waits for the session that is open, and takes no other: it is found running, and ends under the next service's eyes.
        using (var postmaster = Process.Start("kill", ["-TERM", ServerProcessId().ToString(CultureInfo.InvariantCulture)]))
            await postmaster.WaitForExitAsync();

        var starting = StartAsync();
        await kept.DisposeAsync();

        await using var second = await starting;
        (await ScalarAsync<int>(second, "select 1")).Should().Be(1);
    }

    [Fact]
    public async Task Two_processes_share_aFolder_and_the_guest_takes_over()
    {
        var owner = await StartAsync();
        await using var guest = await StartAsync();
        guest.IsOwner.Should().BeFalse();
        (await ScalarAsync<int>(guest, "select 1")).Should().Be(1);

        await owner.DisposeAsync();

        (await EventuallyAsync(() => ScalarAsync<int>(guest, "select 1"))).Should().Be(1);
        guest.IsOwner.Should().BeTrue();
    }

    [Fact]
    public async Task Several_processes_that_start_at_once_in_a_newFolder_share_one_server()
    {
        var servers = await Task.WhenAll(StartAsync(), StartAsync(), StartAsync());

        servers.Count(s => s.IsOwner).Should().Be(1);
        foreach (var server in servers)
            (await ScalarAsync<string>(server, "show data_directory")).Should().Be(Path.Combine(Folder, "data"));
        foreach (var server in servers.OrderBy(s => s.IsOwner))
            await server.DisposeAsync();
        File.Exists(PidFile()).Should().BeFalse();
    }

    [Fact]
    public async Task The_server_does_not_run_asRoot()
    {
        await using var server = await StartAsync();
        if (OperatingSystem.IsWindows())
            return;

        (await RunAsync("ps", "-o", "user=", "-p", ServerProcessId().ToString(CultureInfo.InvariantCulture))).Should().NotBeEmpty().And.NotBe("root");
    }

    [Fact]
    public async Task The_number_of_a_dead_server_may_belong_to_another_server_now_which_is_left_alone()
    {
        await using var another = await StartAsync("another");
        var others = ServerProcessId("another");
        await (await StartAsync()).DisposeAsync();
        // As after a loss of power: the file was left, and its number was given to a server of the same user.
        await File.WriteAllLinesAsync(PidFile(), [others.ToString(CultureInfo.InvariantCulture), Path.Combine(Folder, "data"), "1600000000", "5432", Path.Combine(Folder, "socket")]);
        await File.WriteAllLinesAsync(Path.Combine(Folder, "socket", ".s.PGSQL.5432.lock"), [others.ToString(CultureInfo.InvariantCulture)]);

        await using (var server = await StartAsync())
        {
            (await ScalarAsync<string>(server, "show data_directory")).Should().Be(Path.Combine(Folder, "data"));
            ServerProcessId().Should().NotBe(others);
        }

        (await ScalarAsync<string>(another, "show data_directory")).Should().StartWith(Path.Combine(Root, "another"));
        ServerProcessId("another").Should().Be(others);
    }

    [Fact]
    public async Task A_server_that_refuses_its_service_is_not_left_running()
    {
        await (await StartAsync()).DisposeAsync();
        var file = Path.Combine(Folder, "password");
        var kept = await File.ReadAllTextAsync(file);

        await File.WriteAllTextAsync(file, "guess");
        var act = () => StartAsync();
        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("password");
        File.Exists(PidFile()).Should().BeFalse();

        File.Delete(file);
        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain(file);
        await File.WriteAllTextAsync(file, kept);
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_no_server_behind()
    {
        await new PrivateServerStart(PostgresServer.OptionsOf(Folder), NullLogger.Instance, TimeProvider.System, CancellationToken.None).DisposeAsync();
        File.Exists(PidFile()).Should().BeFalse();

        await using (var start = new PrivateServerStart(PostgresServer.OptionsOf(Folder), NullLogger.Instance, TimeProvider.System, CancellationToken.None))
            (await start.Started).IsOwner.Should().BeTrue("nobody holds the folder");
        File.Exists(PidFile()).Should().BeFalse();
    }

    [Fact]
    public async Task A_service_that_can_not_start_takes_its_server_along()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var settings = new Dictionary<string, string> { ["TokenFactory__DataFolder"] = Folder };

        var start = () => ApiProcess.StartAsync(null, settings, "--urls", $"http://{taken.LocalEndpoint}");

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("Another program listens there").And.Contain("Stopped the private PostgreSQL");
        File.Exists(PidFile()).Should().BeFalse();
    }

    [Fact]
    public async Task A_service_that_was_killed_finds_its_server_again_and_takes_it_along_when_it_stops()
    {
        var settings = new Dictionary<string, string> { ["TokenFactory__DataFolder"] = Folder };
        int running;
        await using (var first = await ApiProcess.StartAsync(null, settings))
        {
            await first.CreateAsync("/v1/sources", new { id = "gateway-1" });
            (await first.PostAsync("/v1/events", Events.Native("req-1"))).StatusCode.Should().Be(HttpStatusCode.Created);
            running = ServerProcessId();
            first.Kill();
        }

        await using var second = await ApiProcess.StartAsync(null, settings);

        ServerProcessId().Should().Be(running);
        (await second.PostAsync("/v1/events", Events.Native("req-1"))).StatusCode.Should().Be(HttpStatusCode.OK, "it is known");
        if (OperatingSystem.IsWindows())
            return;
        (await second.StopAsync()).Should().Be(0);
        File.Exists(PidFile()).Should().BeFalse();
    }

    private sealed class RestartFailures : ILogger
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task First => _first.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == PrivatePostgres.RestartFailedEvent)
                _first.TrySetResult();
        }
    }
}
