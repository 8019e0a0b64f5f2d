using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Access;

/// <summary>Makes sure that somebody can get in: sets the configured admin key, or makes one and shows it once.</summary>
internal sealed partial class FirstKey(
    NpgsqlDataSource dataSource, DatabaseReadiness readiness, KeyRing keys, IOptions<AccessOptions> options, TimeProvider time,
    ILogger<FirstKey> logger) : BackgroundService
{
    public const string BootstrapId = "bootstrap";
    private const long FirstKeyLock = 0x4669727374;

    private volatile bool _isThere;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.Require(() => _isThere);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => readiness.RunOnceAsync(EnsureAsync, time, stoppingToken);

    // Plain SQL: every start passes here, and would wait for the entity model.
    private async Task EnsureAsync(CancellationToken stoppingToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
        await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
        // Several instances may start at once: one makes the key, the others find it.
        await using (var guard = new NpgsqlCommand($"select pg_advisory_xact_lock({FirstKeyLock})", connection))
            await guard.ExecuteNonQueryAsync(stoppingToken);
        var made = options.Value.BootstrapAdminKey is { Length: > 0 } configured
            ? await SetAsync(connection, configured, stoppingToken)
            : await MakeAsync(connection, stoppingToken);
        await transaction.CommitAsync(stoppingToken);
        keys.Forget();
        _isThere = true;
        if (made is not null)
            Show(made);
    }

    private async Task<string?> SetAsync(NpgsqlConnection connection, string configured, CancellationToken cancellationToken)
    {
        await WriteAsync(connection, BootstrapId, "bootstrap admin key", configured, cancellationToken);
        LogConfigured(logger);
        return null;
    }

    private async Task<string?> MakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            "select exists (select from api_keys where scopes & $1 <> 0 and revoked_at is null and (expires_at is null or expires_at > $2))", connection);
        find.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)Scopes.Admin });
        find.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        if (await find.ExecuteScalarAsync(cancellationToken) is true)
            return null;

        var (id, key) = KeyFormat.Create();
        await WriteAsync(connection, id, "first admin key", key, cancellationToken);
        return key;
    }

    private async Task WriteAsync(NpgsqlConnection connection, string id, string name, string key, CancellationToken cancellationToken)
    {
        await using var write = new NpgsqlCommand(
            """
            insert into api_keys (id, name, hash, scopes, created_at) values ($1, $2, $3, $4, $5)
            on conflict (id) do update set hash = excluded.hash, revoked_at = null
            where api_keys.hash <> excluded.hash or api_keys.revoked_at is not null
            """, connection);
        write.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        write.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        write.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = KeyFormat.Hash(key) });
        write.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)Scopes.Admin });
        write.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        // A start that finds the key as it is has done nothing.
        if (await write.ExecuteNonQueryAsync(cancellationToken) > 0)
            await AuditLog.WriteAsync(connection, new AdministrativeAct(AuditActor.Service, "api_key.created", $"api-keys/{id}"), AuditOutcome.Done, cancellationToken);
    }

    // Standard output, not the log: logs are kept and shipped, this is shown once.
    private static void Show(string key) => Console.Out.WriteLine(
        $"""

        ==============================================================================
          The first admin key. It is shown this once; only its hash is kept.

            {key}

        ==============================================================================

        """);

    [LoggerMessage(4001, LogLevel.Information, "The admin key is the one that the configuration sets")]
    private static partial void LogConfigured(ILogger logger);
}
