using System.Globalization;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Tests.Database;

/// <summary>Which folders a private server lives in, and what it says of those where it can't.</summary>
public sealed class DataFolderTests : ServersOfTheirOwn
{
    private const UnixFileMode OpenMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public async Task An_initialization_that_was_cut_off_is_made_anew()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "making-1", "data", "base"));
        await File.WriteAllTextAsync(Path.Combine(Folder, DataFolder.OwnerLock), "");
        await File.WriteAllTextAsync(Path.Combine(Folder, "password"), "of the first attempt");

        await using var server = await StartAsync();

        (await ScalarAsync<int>(server, "select 1")).Should().Be(1);
    }

    [Fact]
    public async Task A_copy_of_a_running_servers_folder_is_not_that_server()
    {
        await using var original = await StartAsync("original");
        // With the original's postmaster.pid, word for word.
        await RunAsync("cp", "-a", Path.Combine(Root, "original"), Folder);

        await using (var copy = await StartAsync())
            (await ScalarAsync<string>(copy, "show data_directory")).Should().Be(Path.Combine(Folder, "data"));

        (await ScalarAsync<int>(original, "select 1")).Should().Be(1);
    }

    [Fact]
    public async Task A_folder_that_was_moved_or_is_reached_by_a_link_holds_the_same_data()
    {
        await using (var first = await StartAsync("before"))
            await ExecuteAsync(first, "create table kept as select 42 as answer");
        Directory.Move(Path.Combine(Root, "before"), Folder);
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), Folder);

        await using var second = await StartAsync("link");
        await using var guest = await StartAsync();

        (await ScalarAsync<int>(second, "select answer from kept")).Should().Be(42);
        (await ScalarAsync<int>(guest, "select answer from kept")).Should().Be(42);
    }

    [Fact]
    public async Task A_folder_that_holds_other_things_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(Folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, OpenMode);
        await File.WriteAllTextAsync(Path.Combine(Folder, "letters.txt"), "mine");

        var act = () => StartAsync();

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("letters.txt").And.Contain("TokenFactory__DataFolder");
        Directory.GetFileSystemEntries(Folder).Should().HaveCount(1);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Folder).Should().Be(OpenMode);
    }

    [Theory]
    [InlineData("with a space, a comma & an 'apostrophe'")]
    [InlineData("long-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789")]
    public async Task A_folder_may_have_an_unusual_name(string name)
    {
        await using (var server = await StartAsync(name))
            await ExecuteAsync(server, "create table kept as select 42 as answer");

        string socket;
        await using (var again = await StartAsync(name))
        {
            (await ScalarAsync<int>(again, "select answer from kept")).Should().Be(42);
            socket = new NpgsqlConnectionStringBuilder(again.ConnectionString).Host!;
        }

        // Its socket does not fit into the folder, and nothing stays behind where it was.
        if (!OperatingSystem.IsWindows())
            Directory.Exists(socket).Should().BeFalse();
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
    public async Task A_file_in_place_of_theFolder_is_told()
    {
        await File.WriteAllTextAsync(Folder, "");

        var act = () => StartAsync();
        var below = () => StartAsync(Path.Combine("server", "below"));

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("is a file");
        (await below.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("TokenFactory__DataFolder");
        File.Delete(Folder);
    }

    [Fact]
    public async Task A_damaged_cluster_is_told_with_the_end_of_its_log()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(Folder, "data", "global", "pg_control"));

        var act = () => StartAsync();

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("does not start").And.Contain("pg_control");
        // The folder is free for the next attempt.
        File.Delete(Path.Combine(Folder, "data", "PG_VERSION"));
        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("not a whole PostgreSQL cluster");
        Directory.Delete(Path.Combine(Folder, "data"), recursive: true);
    }

    [Fact]
    public async Task A_cluster_of_another_version_is_told()
    {
        await (await StartAsync()).DisposeAsync();
        var version = Path.Combine(Folder, "data", "PG_VERSION");
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
            await RunAsync("chown", "-R", owner, Path.Combine(Folder, "data"));
            await RunAsync("chmod", "0755", Path.Combine(Folder, "data"));
            await using var server = await StartAsync();
            (await RunAsync("ps", "-o", "user=", "-p", ServerProcessId().ToString(CultureInfo.InvariantCulture))).Should().MatchRegex($"^({runsAs})$");
        }
    }
}
