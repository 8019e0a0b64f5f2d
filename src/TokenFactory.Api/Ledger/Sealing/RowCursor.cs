using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>Rows of a statement, some at a time: several of these read side by side in one transaction, and none holds more than a stretch.</summary>
internal sealed class RowCursor<TRow>(NpgsqlConnection connection, string name, Func<NpgsqlDataReader, TRow> read) : IRowCursor<TRow>
{
    private const int RowsPerFetch = 2_000;

    private readonly Queue<TRow> _rows = new();
    private bool _isOver;

    /// <summary>Opens it. The statement takes no parameters.</summary>
    public static async Task<RowCursor<TRow>> OpenAsync(
        NpgsqlConnection connection, string name, string sql, Func<NpgsqlDataReader, TRow> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"declare {name} no scroll cursor for {sql}", connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new RowCursor<TRow>(connection, name, read);
    }

    public async ValueTask<TRow?> PeekAsync(CancellationToken cancellationToken)
    {
        if (_rows.Count == 0 && !_isOver)
            await FetchAsync(cancellationToken);
        return _rows.TryPeek(out var row) ? row : default;
    }

    public void Take() => _rows.Dequeue();

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"close {name}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"fetch {RowsPerFetch} from {name}", connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            _rows.Enqueue(read(row));
        _isOver = _rows.Count < RowsPerFetch;
    }
}

internal static class VerifierRows
{
    /// <summary>Bytes, or null.</summary>
    public static byte[]? BytesOf(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
}
