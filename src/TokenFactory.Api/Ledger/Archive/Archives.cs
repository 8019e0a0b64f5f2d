using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>Where entries of a batch are.</summary>
public sealed record ArchivedNote
{
    /// <summary>The month of recording, of UTC.</summary>
    /// <example>2025-01</example>
    public required string Month { get; init; }

    /// <summary>The volume of that month's archive.</summary>
    /// <example>1</example>
    public required int Volume { get; init; }

    /// <summary>Of the volume's <c>manifest.json</c>, in hexadecimal: tells which folder it is.</summary>
    public required string ManifestSha256 { get; init; }
}

/// <summary>Tells which entries are archived, for whoever would read them and must not take what is left for the whole.</summary>
internal sealed class Archives(NpgsqlDataSource dataSource)
{
    private const long DropLock = 0x4172636844726F70;

    /// <summary>
    /// For the rest of a transaction nothing is dropped; or, for who drops, nobody begins what needs the entries. A statement of its own: those after it see what was
    /// dropped before.
    /// </summary>
    public static async Task HoldAsync(NpgsqlConnection connection, bool isForDropping, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock{(isForDropping ? "" : "_shared")}({DropLock})", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The archived months that hold entries of a filter: of those that occurred in its window. Names, basis, rate and unit value don't narrow it.</summary>
    public async Task<IReadOnlyList<string>> FindMonthsAsync(EntryFilter filter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await FindMonthsAsync(connection, filter, cancellationToken);
    }

    /// <summary>The same in a moment that is open already.</summary>
    public static async Task<IReadOnlyList<string>> FindMonthsAsync(NpgsqlConnection connection, EntryFilter filter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/Archive/archived_months.sql"), connection);
        foreach (var (value, type) in (ReadOnlySpan<(object?, NpgsqlDbType)>)
        [
            (filter.OccurredFrom, NpgsqlDbType.TimestampTz), (filter.OccurredTo, NpgsqlDbType.TimestampTz), (filter.RecordedFrom, NpgsqlDbType.TimestampTz),
            (filter.RecordedTo, NpgsqlDbType.TimestampTz), (filter.Source, NpgsqlDbType.Text), (filter.Items, NpgsqlDbType.Array | NpgsqlDbType.Integer),
            (filter.Sectors ?? (filter.Sector is { } sector ? [(short)sector] : null), NpgsqlDbType.Array | NpgsqlDbType.Smallint),
            (filter.Buyers, NpgsqlDbType.Array | NpgsqlDbType.Integer), (filter.Sources, NpgsqlDbType.Array | NpgsqlDbType.Bigint),
        ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        }

        var months = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            months.Add(row.GetString(0));
        return months;
    }

    /// <summary>Where the entries of a batch are; null: in the ledger.</summary>
    public static async Task<ArchivedNote?> FindAsync(NpgsqlConnection connection, long sourceId, long batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select to_char(a.month, 'YYYY-MM'), a.volume, encode(a.manifest_sha256, 'hex')
            from ledger_archived_batch b join ledger_archive a on a.month = b.month and a.volume = b.volume
            where b.source_id = $1 and b.batch_id = $2
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batchId });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ArchivedNote { Month = row.GetString(0), Volume = row.GetInt16(1), ManifestSha256 = row.GetString(2) }
            : null;
    }
}
