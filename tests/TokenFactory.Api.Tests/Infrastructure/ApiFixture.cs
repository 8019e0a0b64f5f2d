namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>One database and one service process for a test class.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        Api = await ApiProcess.StartAsync(Database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }
}
