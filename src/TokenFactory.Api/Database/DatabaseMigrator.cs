using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace TokenFactory.Api.Database;

/// <summary>Brings a database to this version's schema. Any number of instances may call it at once: one migrates, the others wait.</summary>
internal static class DatabaseMigrator
{
    // Any constant will do; it only has to be the same in every version of the service.
    private const long MigrationLock = 0x546F6B656E466163;

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Applies what is missing, as the owner of the schema, and makes the ledger's partitions ahead.</summary>
    /// <exception cref="PostgresException">The server refused; nothing of the failed migration stays but what the next attempt clears away.</exception>
    public static async Task MigrateAsync(string ownerConnectionString, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        await using var dataSource = DatabaseConnections.CreateOwnerSource(ownerConnectionString);
        await using var guard = await dataSource.OpenConnectionAsync(cancellationToken);
        // Asked for again and again: a statement that waits holds a snapshot, and building an index concurrently waits for all of these.
        while (!await TryLockAsync(guard, cancellationToken))
            await Task.Delay(LockInterval, cancellationToken);
        try
        {
            // Nearly every start finds everything there, and need not build the model to see it.
            if (!Ids().IsSubsetOf(await AppliedAsync(guard, cancellationToken)))
                await ApplyAsync(dataSource, loggers, cancellationToken);
            await ExecuteAsync(guard, "select ledger_make_partitions(ledger_clock() - interval '1 month', 5)", cancellationToken);
        }
        finally
        {
            await ExecuteAsync(guard, $"select pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

    /// <summary>The migrations of this version.</summary>
    internal static HashSet<string> Ids() => typeof(DatabaseMigrator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Migration)))
        .Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id).ToHashSet(StringComparer.Ordinal);

    private static async Task ApplyAsync(NpgsqlDataSource dataSource, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<TokenFactoryContext>();
        TokenFactoryContext.Configure(options, o => o.UseNpgsql(dataSource));
        // What runs outside of a transaction clears away by itself what an earlier attempt left.
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning));
        if (loggers is not null)
            options.UseLoggerFactory(loggers);
        await using var context = new TokenFactoryContext(options.Options);
        // A large ledger's index takes its time.
        context.Database.SetCommandTimeout(0);
        await context.Database.MigrateAsync(cancellationToken);
    }

    // What the database has of them; nothing where it has no history yet.
    private static async Task<HashSet<string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await using var command = new NpgsqlCommand($"""select migration_id from "{HistoryRepository.DefaultTableName}" """, connection);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
                applied.Add(row.GetString(0));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
        }

        return applied;
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({MigrationLock})", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
