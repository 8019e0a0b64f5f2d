using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Database;

/// <summary>A real server in a folder of its own.</summary>
public sealed class PrivateServerTests : IAsyncLifetime
{
    private const string Server = "server";
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"token-factory-servers-{Guid.NewGuid():N}");

    private readonly string _folder;

    public PrivateServerTests()
    {
        _folder = Path.Combine(_root, Server);
        Directory.CreateDirectory(_root);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // Whatever a failed test left running is stopped before its folder goes.
        if (Directory.Exists(Path.Combine(_folder, "data")))
            await (await StartAsync()).DisposeAsync();
        Directory.Delete(_root, recursive: true);
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
    public async Task Several_processes_that_start_at_once_in_a_new_folder_share_one_server()
    {
        var servers = await Task.WhenAll(StartAsync(), StartAsync(), StartAsync());

        servers.Count(s => s.IsOwner).Should().Be(1);
        foreach (var server in servers)
            (await ScalarAsync<string>(server, "show data_directory")).Should().Be(Path.Combine(_folder, "data"));
        foreach (var server in servers.OrderBy(s => s.IsOwner))
            await server.DisposeAsync();
        File.Exists(PidFile()).Should().BeFalse();
    }

    [Fact]
    public async Task An_initialization_that_was_cut_off_is_made_anew()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "making-1", "data", "base"));
        await File.WriteAllTextAsync(Path.Combine(_folder, DataFolder.OwnerLock), "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "password"), "of the first attempt");

        await using var server = await StartAsync();

        (await ScalarAsync<int>(server, "select 1")).Should().Be(1);
    }

    [Fact]
    public async Task The_server_does_not_run_as_root()
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
        await File.WriteAllLinesAsync(PidFile(), [others.ToString(CultureInfo.InvariantCulture), Path.Combine(_folder, "data"), "1600000000", "5432", Path.Combine(_folder, "socket")]);
        await File.WriteAllLinesAsync(Path.Combine(_folder, "socket", ".s.PGSQL.5432.lock"), [others.ToString(CultureInfo.InvariantCulture)]);

        await using (var server = await StartAsync())
        {
            (await ScalarAsync<string>(server, "show data_directory")).Should().Be(Path.Combine(_folder, "data"));
            ServerProcessId().Should().NotBe(others);
        }

        (await ScalarAsync<string>(another, "show data_directory")).Should().StartWith(Path.Combine(_root, "another"));
        ServerProcessId("another").Should().Be(others);
    }

    [Fact]
    public async Task A_copy_of_a_running_servers_folder_is_not_that_server()
    {
        await using var original = await StartAsync("original");
        // With the original's postmaster.pid, word for word.
        await RunAsync("cp", "-a", Path.Combine(_root, "original"), _folder);

        await using (var copy = await StartAsync())
            (await ScalarAsync<string>(copy, "show data_directory")).Should().Be(Path.Combine(_folder, "data"));

        (await ScalarAsync<int>(original, "select 1")).Should().Be(1);
    }

    [Fact]
    public async Task A_folder_that_was_moved_or_is_reached_by_a_link_holds_the_same_data()
    {
        await using (var first = await StartAsync("before"))
            await ExecuteAsync(first, "create table kept as select 42 as answer");
        Directory.Move(Path.Combine(_root, "before"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), _folder);

        await using var second = await StartAsync("link");
        await using var guest = await StartAsync();

        (await ScalarAsync<int>(second, "select answer from kept")).Should().Be(42);
        (await ScalarAsync<int>(guest, "select answer from kept")).Should().Be(42);
    }

    [Fact]
    public async Task A_folder_that_holds_other_things_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(_folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, OpenMode);
        await File.WriteAllTextAsync(Path.Combine(_folder, "letters.txt"), "mine");

        var act = () => StartAsync();

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("letters.txt").And.Contain("TokenFactory__DataFolder");
        Directory.GetFileSystemEntries(_folder).Should().HaveCount(1);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(_folder).Should().Be(OpenMode);
    }

    [Theory]
    [InlineData("with a space, a comma & an 'apostrophe'")]
    [InlineData("long-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789")]
    public async Task A_folder_may_have_an_unusual_name(string name)
    {
        await using (var server = await StartAsync(name))
            await ExecuteAsync(server, "create table kept as select 42 as answer");

        await using var again = await StartAsync(name);

        (await ScalarAsync<int>(again, "select answer from kept")).Should().Be(42);
    }

    [Fact]
    public async Task A_folder_whose_name_can_not_be_passed_on_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;

        var act = () => StartAsync("a$HOME");

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("TokenFactory__DataFolder");
    }

    [Fact]
    public async Task A_file_in_place_of_the_folder_is_told()
    {
        await File.WriteAllTextAsync(_folder, "");

        var act = () => StartAsync();
        var below = () => StartAsync(Path.Combine("server", "below"));

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("is a file");
        (await below.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("TokenFactory__DataFolder");
        File.Delete(_folder);
    }

    [Fact]
    public async Task A_damaged_cluster_is_told_with_the_end_of_its_log()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(_folder, "data", "global", "pg_control"));

        var act = () => StartAsync();

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("does not start").And.Contain("pg_control");
        // The folder is free for the next attempt.
        File.Delete(Path.Combine(_folder, "data", "PG_VERSION"));
        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("not a whole PostgreSQL cluster");
        Directory.Delete(Path.Combine(_folder, "data"), recursive: true);
    }

    [Fact]
    public async Task A_server_that_refuses_its_service_is_not_left_running()
    {
        await (await StartAsync()).DisposeAsync();
        var file = Path.Combine(_folder, "password");
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
    public async Task A_cluster_of_another_version_is_told()
    {
        await (await StartAsync()).DisposeAsync();
        var version = Path.Combine(_folder, "data", "PG_VERSION");
        var kept = await File.ReadAllTextAsync(version);
        await File.WriteAllTextAsync(version, "9.6\n");

        var act = () => StartAsync();

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("belongs to PostgreSQL 9").And.Contain("pg_upgrade").And.Contain("TokenFactory__DataFolder");
        await File.WriteAllTextAsync(version, kept);
    }

    [Fact]
    public async Task Root_runs_a_cluster_as_the_user_that_it_belongs_to_and_takes_back_a_copy()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return;
        await (await StartAsync()).DisposeAsync();

        foreach (var (owner, runsAs) in new[] { ("nobody", "nobody"), ("root", "postgres|nobody") })
        {
            await RunAsync("chown", "-R", owner, Path.Combine(_folder, "data"));
            await RunAsync("chmod", "0755", Path.Combine(_folder, "data"));
            await using var server = await StartAsync();
            (await RunAsync("ps", "-o", "user=", "-p", ServerProcessId().ToString(CultureInfo.InvariantCulture))).Should().MatchRegex($"^({runsAs})$");
        }
    }

    private const UnixFileMode OpenMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private Task<PrivatePostgres> StartAsync(string name = Server) =>
        PrivatePostgres.StartAsync(PostgresServer.OptionsOf(Path.Combine(_root, name)), NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    private string PidFile(string name = Server) => Path.Combine(_root, name, "data", "postmaster.pid");

    private int ServerProcessId(string name = Server) => int.Parse(File.ReadLines(PidFile(name)).First(), CultureInfo.InvariantCulture);

    private static async Task<string> RunAsync(string program, params string[] arguments) =>
        (await Command.RunAsync(program, arguments, TimeSpan.FromMinutes(1), CancellationToken.None)).Output;

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
