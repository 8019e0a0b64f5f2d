using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Ledger;

/// <summary>A month can't be archived; the message says why and what to do.</summary>
internal sealed class ArchiveRefusedException(string message) : Exception(message);

/// <summary>What an archive is made with.</summary>
/// <param name="Month">Which month.</param>
/// <param name="AfterDays">For so long it must be over.</param>
/// <param name="Origin">What checkpoints of this ledger name.</param>
/// <param name="Key">The key of checkpoints.</param>
/// <param name="Obstacles">What else may stand in the way.</param>
/// <param name="Unreleased">What of it is not released yet; null: it doesn't matter.</param>
internal sealed record ArchivePlan(
    ArchiveMonth Month, int AfterDays, string Origin, SigningKey Key, IReadOnlyList<ArchiveObstacle> Obstacles, ArchiveVolumeObstacle? Unreleased);

/// <summary>
/// Exports a month into a folder, reads the export back, and drops the month's partitions in the transaction that posts its closing balances. Before that transaction
/// is committed nothing has changed in the ledger; the folder is whole and on the disk before it is.
/// </summary>
/// <param name="connection">As the owner of the schema.</param>
/// <param name="plan">What is to be done.</param>
/// <param name="folder">New or empty.</param>
/// <param name="output">Where is told how far it is.</param>
internal sealed class ArchiveRun(NpgsqlConnection connection, ArchivePlan plan, ArchiveFolder folder, TextWriter output)
{
    private const long RunLock = 0x41726368697665;
    private const int MaxLockTries = 60;

    // Everything that reads or writes entries waits behind a lock that is waited for: never long.
    private const string Patience = "2s";
    private static readonly TimeSpan LockInterval = TimeSpan.FromSeconds(1);

    private readonly ArchiveMonth _month = plan.Month;

    /// <returns>What was archived.</returns>
    /// <exception cref="ArchiveRefusedException">Nothing has changed in the ledger.</exception>
    public async Task<ArchiveManifest> RunAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await VerifyCommand.PrepareAsync(connection, cancellationToken);
        if (await ScalarAsync($"select pg_try_advisory_xact_lock({RunLock})", cancellationToken) is not true)
            throw new ArchiveRefusedException("A month is being archived already: wait until that has ended.");
        Refuse(await ArchiveObstacles.OfSchemaAsync(connection, cancellationToken) ?? folder.Obstacle());
        var marks = await ArchiveObstacles.FindMarksAsync(connection, _month, cancellationToken);
        Refuse(await ArchiveObstacles.OfAgeAsync(connection, _month, plan.AfterDays, cancellationToken)
            ?? await ArchiveObstacles.OfOrderAsync(connection, _month, marks, cancellationToken)
            ?? await ArchiveObstacles.OfSealAsync(connection, _month, marks, cancellationToken)
            ?? await OfKeyAsync(cancellationToken)
            ?? await OfOthersAsync(marks, cancellationToken));

        // Nobody records into a month that is over: this only says so to the database. Its rows are read on meanwhile.
        var partitioned = await FindPartitionedAsync(cancellationToken);
        foreach (var table in partitioned)
            await ExecuteAsync($"lock table {_month.PartitionOf(table)} in share mode", cancellationToken);
        var volume = (short)(1 + (long)(await ScalarAsync($"select count(*) from ledger_archive where month = '{_month.First:yyyy-MM-dd}'", cancellationToken))!);
        await PostAsync(marks, volume, cancellationToken);
        Refuse(await OfReleaseAsync(volume, cancellationToken));
        var manifest = await ExportAsync(volume, cancellationToken);
        var text = manifest.Text();
        var signature = plan.Key.Sign(Encoding.UTF8.GetBytes(text));
        folder.Complete(text, signature);
        await output.WriteLineAsync($"{folder.Path} is whole and verified. Dropping the month.");
        await DropAsync(manifest, text, signature, marks, partitioned, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return manifest;
    }

    private async Task<List<string>> FindPartitionedAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var table in ArchiveTables.Partitioned)
        {
            if (await ScalarAsync($"select to_regclass('{_month.PartitionOf(table)}') is not null", cancellationToken) is true)
                found.Add(table);
        }

        return found;
    }

    private async Task<string?> OfKeyAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select exists (select from ledger_checkpoint_key where key_id = $1 and public_key = $2)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = plan.Key.Id });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = plan.Key.PublicKey });
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? null
            : $"The key {plan.Key.Id} has signed no checkpoint of this ledger: name the file of the service's key by TokenFactory__Ledger__SigningKeyFile.";
    }

    private async Task<string?> OfOthersAsync(IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken)
    {
        foreach (var obstacle in plan.Obstacles)
        {
            if (await obstacle(connection, _month, marks, cancellationToken) is { } found)
                return found;
        }

        return null;
    }

    private async Task<string?> OfReleaseAsync(short volume, CancellationToken cancellationToken) =>
        plan.Unreleased is { } unreleased ? await unreleased(connection, _month, volume, cancellationToken) : null;

    // Which batches, and what their entries add up to: seen by nobody else before the month is dropped.
    private async Task PostAsync(IReadOnlyList<ArchiveMark> marks, short volume, CancellationToken cancellationToken)
    {
        await using var lanes = new NpgsqlCommand(
            """
            insert into ledger_archive_lane (source_id, lane, month, volume, first_seq, last_seq)
            select l.source_id, l.lane, $5, $6, l.first_seq, l.last_seq
            from unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[]) l (source_id, lane, first_seq, last_seq)
            """, connection);
        lanes.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. marks.Select(m => m.SourceId)] });
        lanes.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. marks.Select(m => m.Lane)] });
        lanes.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. marks.Select(m => m.FirstSeq)] });
        lanes.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. marks.Select(m => m.LastSeq)] });
        lanes.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = _month.First });
        lanes.Parameters.Add(new NpgsqlParameter<short> { TypedValue = volume });
        await lanes.ExecuteNonQueryAsync(cancellationToken);

        var sql = Sql.Read("Ledger/Archive/closing_balances.sql").Replace("{0}", _month.RecordedSql("t"), StringComparison.Ordinal);
        await using var balances = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        balances.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = _month.First });
        balances.Parameters.Add(new NpgsqlParameter<short> { TypedValue = volume });
        await balances.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<ArchiveManifest> ExportAsync(short volume, CancellationToken cancellationToken)
    {
        folder.Make();
        var files = new List<ArchiveFile>();
        foreach (var table in ArchiveTables.Of(_month, volume))
        {
            await folder.CopyAsync(connection, table, cancellationToken);
            files.Add(folder.FactsOf(table, cancellationToken));
            await output.WriteLineAsync($"{files[^1].Name}: {files[^1].Rows} rows, {files[^1].Bytes} bytes");
        }

        var manifest = await new ArchiveManifestReader(connection, folder, plan.Origin).ReadAsync(_month, volume, files, cancellationToken);
        // From the disk, as whoever gets the folder would.
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(plan.Key.PublicKey, out _);
        var report = await new ArchiveVerifier(folder, new Trust([key, .. await KeysAsync(cancellationToken)], [])).VerifyAsync(manifest, cancellationToken);
        if (!report.IsIntact)
        {
            throw new ArchiveRefusedException(
                $"{string.Join("\n", report.Faults)}\nWhat was exported is not what was sealed, or the folder can't be trusted. Run the command verify; nothing was dropped. Remove {folder.Path}.");
        }

        return manifest;
    }

    // A checkpoint may be signed with a key of before.
    private async Task<List<ECDsa>> KeysAsync(CancellationToken cancellationToken)
    {
        var keys = new List<ECDsa>();
        await using var command = new NpgsqlCommand("select public_key from ledger_checkpoint_key", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(row.GetFieldValue<byte[]>(0), out _);
            keys.Add(key);
        }

        return keys;
    }

    private async Task DropAsync(
        ArchiveManifest manifest, string text, byte[] signature, IReadOnlyList<ArchiveMark> marks, IReadOnlyList<string> partitioned, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        await using (var command = new NpgsqlCommand(
            "insert into ledger_archive (month, volume, archived_at, batches, entries, manifest, manifest_sha256, key_id, signature) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = _month.First });
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = manifest.Volume });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = manifest.WrittenAt });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = manifest.Batches });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = manifest.Entries });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = hash });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = plan.Key.Id });
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = signature });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await AuditLog.WriteAsync(connection, new AdministrativeAct(AuditActor.Service with { Name = Environment.UserName }, "ledger.archived", $"ledger/archives/{_month.Text}/{manifest.Volume}")
        {
            Details = new JsonObject { ["entries"] = manifest.Entries, ["batches"] = manifest.Batches, ["manifest_sha256"] = Convert.ToHexStringLower(hash), ["folder"] = folder.Path },
        }, AuditOutcome.Done, cancellationToken);

        // From here on nobody begins to price anew what is going: who has begun since is seen, and what was released.
        await Archives.HoldAsync(connection, isForDropping: true, cancellationToken);
        Refuse((await OfOthersAsync(marks, cancellationToken) ?? await OfReleaseAsync(manifest.Volume, cancellationToken)) is { } obstacle ? $"{obstacle}\nNothing was dropped. {folder.Path} is a whole archive all the same; remove it and begin again." : null);
        await LockAsync(partitioned, cancellationToken);
        foreach (var table in partitioned)
            await ExecuteAsync($"alter table {table} detach partition {_month.PartitionOf(table)}; drop table {_month.PartitionOf(table)}", cancellationToken);
    }

    // Whoever reads the ledger at this moment is waited for.
    private async Task LockAsync(IReadOnlyList<string> partitioned, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await ExecuteAsync($"savepoint before_lock; set local lock_timeout = '{Patience}'", cancellationToken);
            try
            {
                foreach (var table in partitioned)
                    await ExecuteAsync($"lock table only {table}, only {_month.PartitionOf(table)} in access exclusive mode", cancellationToken);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                await ExecuteAsync("rollback to savepoint before_lock", cancellationToken);
                if (attempt == MaxLockTries)
                {
                    throw new ArchiveRefusedException(
                        $"Something reads the ledger for long, such as a verification or a dump (see pg_stat_activity). Nothing was dropped. {folder.Path} is a whole archive all the same; remove it and begin again.");
                }

                await Task.Delay(LockInterval, cancellationToken);
            }
        }
    }

    private static void Refuse(string? obstacle)
    {
        if (obstacle is not null)
            throw new ArchiveRefusedException(obstacle);
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
