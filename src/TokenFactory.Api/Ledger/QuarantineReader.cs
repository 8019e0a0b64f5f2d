using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>Reads what was held back, and what became of it.</summary>
internal sealed class QuarantineReader(NpgsqlDataSource dataSource)
{
    private const int MaxReasons = 1_000;

    private const string Filtered =
        """
        from held
        where ($1::bigint is null or id = $1) and ($2::integer is null or status = $2) and ($3::text is null or source = $3)
            and ($4::text is null or code = $4) and ($5::text is null or shape = $5) and ($6::text is null or producer = $6)
            and ($7::text is null or model = $7) and ($8::timestamptz is null or recorded_at >= $8) and ($9::timestamptz is null or recorded_at < $9)

        """;

    private const string Row =
        """
        select id, source, event_id, status, code, detail, shape, producer, model, occurred_at, recorded_at, id_taken, payload::text, discarded_at, reason,
               source_id, fingerprint

        """;

    /// <summary>The newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only those with a smaller number.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<List<HeldEvent>> ListAsync(QuarantineFilter filter, long before, int limit, CancellationToken cancellationToken) =>
        ReadAsync(Row + Filtered + "and id < $10 order by id desc limit $11", filter, [before, limit], RowOf, cancellationToken);

    /// <summary>The oldest first, and no longer than they were there when a walk began.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those with a larger number.</param>
    /// <param name="last">Up to and with this number.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<List<HeldEvent>> WalkAsync(QuarantineFilter filter, long after, long last, int limit, CancellationToken cancellationToken) =>
        ReadAsync(Row + Filtered + "and id > $10 and id <= $11 order by id limit $12", filter, [after, last, limit], RowOf, cancellationToken);

    public async Task<HeldEvent?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await ListAsync(new QuarantineFilter { Id = id, Status = null }, long.MaxValue, 1, cancellationToken)).FirstOrDefault();

    /// <summary>The last number of each source that has events of the filter.</summary>
    public Task<List<(string Source, long SourceId, long Last)>> SourcesAsync(QuarantineFilter filter, CancellationToken cancellationToken) =>
        ReadAsync("select source, source_id, max(id) " + Filtered + "group by source, source_id order by source_id", filter, [],
            row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);

    /// <summary>What is open, by what stands in the way.</summary>
    /// <param name="source">Null: of every source.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<List<QuarantineReason>> ReasonsAsync(string? source, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql.Read("Ledger/quarantine.sql") + Sql.Read("Ledger/quarantine_reasons.sql"));
        Add(command, source, NpgsqlDbType.Text);
        Add(command, MaxReasons, NpgsqlDbType.Integer);
        return await ReadAsync(command, row => new QuarantineReason
        {
            Source = row.GetString(0),
            Code = row.GetString(1),
            Shape = row.GetString(2),
            Producer = row.IsDBNull(3) ? null : row.GetString(3),
            Events = row.GetInt64(4),
            FirstRecordedAt = row.GetFieldValue<DateTimeOffset>(5),
            LastRecordedAt = row.GetFieldValue<DateTimeOffset>(6),
            LatestId = row.GetInt64(7),
            LatestDetail = row.GetString(8),
        }, cancellationToken);
    }

    private async Task<List<T>> ReadAsync<T>(
        string select, QuarantineFilter filter, IEnumerable<long> page, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql.Read("Ledger/quarantine.sql") + select);
        Add(command, filter.Id, NpgsqlDbType.Bigint);
        Add(command, (int?)filter.Status, NpgsqlDbType.Integer);
        foreach (var text in (ReadOnlySpan<string?>)[filter.Source, filter.Code, filter.Shape, filter.Producer, filter.Model])
            Add(command, text, NpgsqlDbType.Text);
        Add(command, filter.Start, NpgsqlDbType.TimestampTz);
        Add(command, filter.End, NpgsqlDbType.TimestampTz);
        foreach (var number in page)
            Add(command, number, NpgsqlDbType.Bigint);
        return await ReadAsync(command, read, cancellationToken);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
            rows.Add(read(row));
        return rows;
    }

    private static HeldEvent RowOf(NpgsqlDataReader row) => new(row.GetInt64(15), row.GetFieldValue<byte[]>(16), new QuarantinedEvent
    {
        Id = row.GetInt64(0),
        Source = row.GetString(1),
        EventId = row.GetString(2),
        Status = (QuarantineStatus)row.GetInt32(3),
        Code = row.GetString(4),
        Detail = row.GetString(5),
        Shape = row.GetString(6),
        Producer = row.IsDBNull(7) ? null : row.GetString(7),
        Model = row.IsDBNull(8) ? null : row.GetString(8),
        OccurredAt = row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
        RecordedAt = row.GetFieldValue<DateTimeOffset>(10),
        IdTaken = row.GetBoolean(11),
        Payload = JsonElement.Parse(row.GetString(12)),
        DiscardedAt = row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13),
        DiscardedReason = row.IsDBNull(14) ? null : row.GetString(14),
    });

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
