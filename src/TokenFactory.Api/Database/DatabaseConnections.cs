using Microsoft.Extensions.Options;
using Npgsql;

namespace TokenFactory.Api.Database;

/// <summary>
/// The two ways into the database: as the schema's owner (migrations only) and as the service's own role, which can neither change nor
/// remove what the ledger holds. They may share a login: service connections switch to the role as they open.
/// </summary>
internal sealed record DatabaseConnections
{
    public const string ServiceRole = "tokenfactory_service";

    // A vintage closes ten minutes after its midnight: no transaction that began before may still commit then. Compiling the plan of a statement that names
    // a table of many partitions takes up to seconds, where running it takes milliseconds.
    private const string Defaults = "-c statement_timeout=60s -c idle_in_transaction_session_timeout=30s -c jit=off";

    public required string Owner { get; init; }

    public required string Service { get; init; }

    /// <summary>
    /// Connections as the owner. The name is what metrics show of them: without one, whoever may read metrics would see the connection string.
    /// </summary>
    public static NpgsqlDataSource CreateOwnerSource(string owner) => new NpgsqlDataSourceBuilder(owner) { Name = "token-factory-owner" }.Build();

    /// <summary>The configured connection strings.</summary>
    /// <exception cref="OptionsValidationException">One of them is empty or can't be read.</exception>
    public static DatabaseConnections From(IConfiguration configuration)
    {
        foreach (var name in (string[])["TokenFactory", "TokenFactoryOwner"])
        {
            if (configuration.GetConnectionString(name) is { } text && FaultOf(text) is { } fault)
                throw new OptionsValidationException(name, typeof(DatabaseConnections), [$"ConnectionStrings__{name} {fault}"]);
        }

        return From(configuration.GetConnectionString("TokenFactory")!, configuration.GetConnectionString("TokenFactoryOwner"));
    }

    /// <param name="service">The login of the service: the connection string <c>TokenFactory</c>.</param>
    /// <param name="owner">The login that owns the schema, where it is another: <c>TokenFactoryOwner</c>.</param>
    public static DatabaseConnections From(string service, string? owner = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(service);
        var ownerSettings = new NpgsqlConnectionStringBuilder(owner ?? service)
        {
            ApplicationName = "token-factory-migrations",
            Pooling = false,
        };
        settings.ApplicationName ??= "token-factory";
        // The connection string's own options go before these, but not before what the ledger promises: durable when answered, and the role.
        settings.Options = string.Join(' ', Defaults, settings.Options, $"-c synchronous_commit=on -c role={ServiceRole}").Replace("  ", " ", StringComparison.Ordinal);
        return new DatabaseConnections { Owner = ownerSettings.ConnectionString, Service = settings.ConnectionString };
    }

    // What is wrong with it is told, not what it says: it may hold a password.
    private static string? FaultOf(string text)
    {
        const string form = "such as Host=localhost;Username=token_factory;Password=...;Database=token_factory.";
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host)
                ? $"names no host. Give it a connection string {form} Or leave it out: then the service runs a PostgreSQL server of its own."
                : null;
        }
        catch (ArgumentException)
        {
            return $"is no connection string. Give it one {form}";
        }
    }
}
