using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Appends what is committed to the tree over all batches, and signs its root. Any number of instances may run it; one of them works at a time.
/// </summary>
internal sealed partial class Sealer(
    NpgsqlDataSource dataSource, DatabaseReadiness readiness, IOptions<LedgerOptions> options, CheckpointKey key, ILogger<Sealer> logger, TimeProvider time)
    : BackgroundService
{
    private const long SealLock = 0x5365616C;
    private const int BatchesPerTransaction = 10_000;
    private const string IntegrityClass = "23";
    private static readonly TimeSpan DemandInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _demand = new(1);
    private long _lastDemand;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.CheckpointIntervalSeconds), time);
        do
        {
            try
            {
                await SealAsync(stoppingToken);
            }
            catch (PostgresException e) when (e.SqlState.StartsWith(IntegrityClass, StringComparison.Ordinal))
            {
                LogDamaged(logger, e.MessageText);
            }
            catch (NpgsqlException e)
            {
                LogInterrupted(logger, e.Message);
            }
            catch (LedgerDamagedException e)
            {
                LogDamaged(logger, e.Message);
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                LogNoKey(logger, e.Message);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Events go on coming in.
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Seals everything that is committed by now; nothing where another is doing it.</summary>
    public Task SealAsync(CancellationToken cancellationToken) => SealAllAsync(waits: false, cancellationToken);

    /// <summary>Seals everything that is committed by now, after whoever else is doing it: once a second at most, for each time adds a checkpoint for ever.</summary>
    public async Task SealOnDemandAsync(CancellationToken cancellationToken)
    {
        await _demand.WaitAsync(cancellationToken);
        try
        {
            if (time.GetElapsedTime(_lastDemand) is var since && _lastDemand != 0 && since < DemandInterval)
                await Task.Delay(DemandInterval - since, time, cancellationToken);
            await SealAllAsync(waits: true, cancellationToken);
            _lastDemand = time.GetTimestamp();
        }
        finally
        {
            _demand.Release();
        }
    }

    public override void Dispose()
    {
        _demand.Dispose();
        base.Dispose();
    }

    private async Task SealAllAsync(bool waits, CancellationToken cancellationToken)
    {
        while (await SealOnceAsync(waits, cancellationToken) == BatchesPerTransaction)
            cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<int> SealOnceAsync(bool waits, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var hold = new NpgsqlCommand(waits ? $"select pg_advisory_xact_lock({SealLock}) is not null" : $"select pg_try_advisory_xact_lock({SealLock})", connection))
        {
            if (await hold.ExecuteScalarAsync(cancellationToken) is not true)
                return 0;
        }

        // A statement of its own: whoever held the lock before has committed what this one sees.
        var batches = await ReadUnsealedAsync(connection, cancellationToken);
        if (batches.Count == 0)
            return 0;
        var tree = new LedgerTree(connection);
        var size = await tree.SizeAsync(cancellationToken);
        await AppendAsync(connection, tree, size, batches, cancellationToken);
        size += batches.Count;
        await SignAsync(connection, size, await new LedgerTree(connection).RootAsync(size, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogSealed(logger, batches.Count, size);
        return batches.Count;
    }

    private static async Task<List<SealedBatch>> ReadUnsealedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var batches = new List<SealedBatch>();
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/Sealing/unsealed.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchesPerTransaction });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            batches.Add(LedgerTree.BatchOf(row));
        return batches;
    }

    private static async Task AppendAsync(
        NpgsqlConnection connection, LedgerTree tree, long size, List<SealedBatch> batches, CancellationToken cancellationToken)
    {
        var begun = size % LedgerTree.TileHashes;
        var leaves = new List<byte[]>([.. (await tree.HashesAsync(0, size - begun, (int)begun, cancellationToken)).Chunk(MerkleTree.HashBytes), .. batches.Select(b => MerkleTree.LeafHash(b.LeafContent()))]);
        await WriteTilesAsync(connection, 0, (size - begun) / LedgerTree.TileHashes, leaves, cancellationToken);

        var runs = new List<(long FirstLeaf, SealedBatch First, long LastSeq)>();
        for (var i = 0; i < batches.Count; i++)
        {
            var batch = batches[i];
            if (runs.Count > 0 && runs[^1] is var last && last.First.SourceId == batch.SourceId && last.First.Lane == batch.Lane && last.LastSeq + 1 == batch.Seq)
                runs[^1] = last with { LastSeq = batch.Seq };
            else
                runs.Add((size + i, batch, batch.Seq));
        }

        await using var command = new NpgsqlCommand(Sql.Read("Ledger/Sealing/append_runs.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. runs.Select(r => r.FirstLeaf)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. runs.Select(r => r.First.SourceId)] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. runs.Select(r => r.First.Lane)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. runs.Select(r => r.First.Seq)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. runs.Select(r => r.LastSeq)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Whole tiles of a level, and of those above whose last part they are.
    private static async Task WriteTilesAsync(NpgsqlConnection connection, int level, long firstTile, List<byte[]> hashes, CancellationToken cancellationToken)
    {
        var whole = hashes.Count / LedgerTree.TileHashes;
        for (var i = 0; i < whole; i++)
        {
            byte[] tile = [.. hashes.Skip(i * LedgerTree.TileHashes).Take(LedgerTree.TileHashes).SelectMany(h => h)];
            await using var command = new NpgsqlCommand("insert into ledger_tree_tile (level, tile, hashes, root) values ($1, $2, $3, $4)", connection);
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = firstTile + i });
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = tile });
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = MerkleTree.Root(tile) });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        var next = firstTile + whole;
        if (whole == 0 || firstTile / LedgerTree.TileHashes == next / LedgerTree.TileHashes)
            return;
        // One above, at least, is whole now.
        var begin = firstTile / LedgerTree.TileHashes * LedgerTree.TileHashes;
        var above = await LedgerTree.TileRootsAsync(connection, level, begin, next / LedgerTree.TileHashes * LedgerTree.TileHashes, cancellationToken);
        await WriteTilesAsync(connection, level + 1, begin / LedgerTree.TileHashes, [.. above.Chunk(MerkleTree.HashBytes)], cancellationToken);
    }

    private async Task SignAsync(NpgsqlConnection connection, long size, byte[] root, CancellationToken cancellationToken)
    {
        DateTimeOffset at;
        long number;
        await using (var next = new NpgsqlCommand("select ledger_clock(), coalesce(max(number), 0) + 1 from ledger_checkpoint", connection))
        await using (var row = await next.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            (at, number) = (row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1));
        }

        var signing = key.Value;
        var checkpoint = new Checkpoint(options.Value.CheckpointOrigin, size, root, number, at);
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/Sealing/add_checkpoint.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = size });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = root });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = signing.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = checkpoint.Sign(signing) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = options.Value.CheckpointOrigin });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = signing.PublicKey });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(2301, LogLevel.Debug, "Sealed {Batches} batches: the tree has {Size} leaves")]
    private static partial void LogSealed(ILogger logger, int batches, long size);

    [LoggerMessage(2302, LogLevel.Warning, "Batches could not be sealed; it is tried again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);

    [LoggerMessage(2303, LogLevel.Error, "Batches can't be sealed, for the tree is damaged: {Reason} The command verify says more")]
    private static partial void LogDamaged(ILogger logger, string reason);

    [LoggerMessage(2305, LogLevel.Error, "Batches can't be sealed, for the key of TokenFactory__Ledger__SigningKeyFile can't be used: {Reason}")]
    private static partial void LogNoKey(ILogger logger, string reason);

    [LoggerMessage(2306, LogLevel.Error, "Batches could not be sealed; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}

/// <summary>The key of this instance: of the configured file, or of one that is made on first use.</summary>
internal sealed partial class CheckpointKey(IOptions<LedgerOptions> options, IConfiguration configuration, ILogger<CheckpointKey> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private SigningKey? _key;

    public SigningKey Value
    {
        get
        {
            lock (_gate)
                return _key ??= Load();
        }
    }

    public void Dispose() => _key?.Dispose();

    /// <summary>The file of the key: the configured one, else beside the data folder.</summary>
    /// <exception cref="PrivateServerException">None is configured, and this user has no home folder.</exception>
    public static string FileOf(IConfiguration configuration) => configuration.GetSection(LedgerOptions.Section)[nameof(LedgerOptions.SigningKeyFile)] is { Length: > 0 } configured
        ? configured
        : $"{DataFolder.PathOf(configuration.GetSection("TokenFactory")["DataFolder"])}.checkpoint-key.pem";

    private SigningKey Load()
    {
        if (options.Value.SigningKeyFile is { Length: > 0 } configured)
            return LoadOrMake(configured);
        try
        {
            return LoadOrMake(FileOf(configuration));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PrivateServerException)
        {
            LogTemporary(logger, e.Message);
            return SigningKey.Temporary();
        }
    }

    private SigningKey LoadOrMake(string file)
    {
        if (SigningKey.MakeWhereNone(file))
            LogMade(logger, file);
        return SigningKey.Load(file);
    }

    [LoggerMessage(2307, LogLevel.Warning, "Made a key for checkpoints, for there was none: {File}. Keep it, and give its public key (GET /v1/ledger/checkpoint-keys) to who audits")]
    private static partial void LogMade(ILogger logger, string file);

    [LoggerMessage(2304, LogLevel.Warning,
        "Checkpoints are signed with a key of this process alone ({Reason}): name a file that lasts by TokenFactory__Ledger__SigningKeyFile")]
    private static partial void LogTemporary(ILogger logger, string reason);
}
