using System.Data;
using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Reads what was signed.</summary>
internal sealed class CheckpointReader(NpgsqlDataSource dataSource)
{
    private const string Columns = "tree_size, root, sealed_at, key_id, note, number";

    /// <summary>Checkpoints over fewer batches than <paramref name="before"/>, the latest first.</summary>
    public async Task<List<LedgerCheckpoint>> ListAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from ledger_checkpoint where tree_size < $1 order by tree_size desc limit $2");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before ?? long.MaxValue });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var items = new List<LedgerCheckpoint>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            items.Add(CheckpointOf(row));
        return items;
    }

    /// <summary>Every key that was used.</summary>
    public async Task<List<LedgerCheckpointKey>> KeysAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select key_id, name, public_key, first_used from ledger_checkpoint_key order by first_used, key_id");
        var keys = new List<LedgerCheckpointKey>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            keys.Add(new LedgerCheckpointKey
            {
                KeyId = row.GetString(0),
                Name = row.GetString(1),
                PublicKey = PemEncoding.WriteString("PUBLIC KEY", row.GetFieldValue<byte[]>(2)),
                FirstUsed = row.GetFieldValue<DateTimeOffset>(3),
            });
        }

        return keys;
    }

    /// <summary>That one checkpoint goes on where another ended; null where there is no checkpoint over so many batches.</summary>
    /// <param name="first">Batches under the earlier one.</param>
    /// <param name="second">Batches under the later one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LedgerConsistency?> ConsistencyAsync(long first, long second, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        if (await FindAsync(connection, first, cancellationToken) is not { } earlier || await FindAsync(connection, second, cancellationToken) is not { } later)
            return null;
        var proof = await new LedgerTree(connection).ConsistencyProofAsync(first, second, cancellationToken);
        return new LedgerConsistency { First = earlier, Second = later, Proof = [.. proof.Select(Convert.ToBase64String)] };
    }

    private static async Task<LedgerCheckpoint?> FindAsync(NpgsqlConnection connection, long size, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from ledger_checkpoint where tree_size = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = size });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? CheckpointOf(row) : null;
    }

    private static LedgerCheckpoint CheckpointOf(NpgsqlDataReader row) => new()
    {
        TreeSize = row.GetInt64(0),
        Root = Convert.ToBase64String(row.GetFieldValue<byte[]>(1)),
        SealedAt = row.GetFieldValue<DateTimeOffset>(2),
        KeyId = row.GetString(3),
        Note = row.GetString(4),
        Number = row.GetInt64(5),
    };
}
