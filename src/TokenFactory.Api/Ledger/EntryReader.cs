using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ledger;

/// <summary>Which entries are asked for; null: any.</summary>
internal sealed record EntryFilter
{
    public string? Source { get; init; }

    /// <summary>Only these, where names have been looked up already.</summary>
    public long[]? Sources { get; init; }
    public string? EventId { get; init; }
    public Sector? Sector { get; init; }
    public string? Account { get; init; }
    public string? Producer { get; init; }
    public string? Model { get; init; }
    public TokenClass? TokenClass { get; init; }
    public ServiceTier? ServiceTier { get; init; }
    public DateTimeOffset? RecordedFrom { get; init; }
    public DateTimeOffset? RecordedTo { get; init; }
    public DateTimeOffset? OccurredFrom { get; init; }
    public DateTimeOffset? OccurredTo { get; init; }

    /// <summary>Only these, where several are asked for.</summary>
    public short[]? Sectors { get; init; }

    /// <summary>Only these, where names have been looked up already.</summary>
    public int[]? Items { get; init; }

    /// <summary>Producers that bought; 0: none of them did.</summary>
    public int[]? Buyers { get; init; }
    public ValueBasis? Basis { get; init; }
    public long? RateId { get; init; }

    /// <summary>Per million tokens.</summary>
    public decimal? UnitValue { get; init; }
    public string? Currency { get; init; }
}

/// <summary>Reads ledger rows page by page.</summary>
internal sealed class EntryReader(NpgsqlDataSource dataSource)
{
    private static readonly DateTimeOffset EndOfTime = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The entries after the cursor, at most <paramref name="limit"/>, each with its own cursor.</summary>
    public async Task<List<(LedgerEntry Entry, EntryCursor Cursor)>> ReadAsync(
        EntryFilter filter, EntryCursor after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, filter, after, limit, cancellationToken);
    }

    /// <summary>The same in a moment that is open already.</summary>
    public static async Task<List<(LedgerEntry Entry, EntryCursor Cursor)>> ReadAsync(
        NpgsqlConnection connection, EntryFilter filter, EntryCursor after, int limit, CancellationToken cancellationToken)
    {
        var entries = new List<(LedgerEntry, EntryCursor)>();
        var items = await FindItemsAsync(connection, filter, cancellationToken);
        var account = await FindAccountAsync(connection, filter, cancellationToken);
        if (items is { Length: 0 } || account is 0)
            return entries;

        // A position before the window is moved to its beginning.
        var begin = filter.RecordedFrom > after.RecordedAt ? EntryCursor.First with { RecordedAt = filter.RecordedFrom.Value } : after;
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/ledger_entries.sql"), connection);
        foreach (var (value, type) in (ReadOnlySpan<(object?, NpgsqlDbType)>)
        [
            (begin.RecordedAt, NpgsqlDbType.TimestampTz), (begin.SourceId, NpgsqlDbType.Bigint), (begin.BatchId, NpgsqlDbType.Bigint),
            (begin.EntryNo, NpgsqlDbType.Integer), (filter.RecordedTo ?? EndOfTime, NpgsqlDbType.TimestampTz),
            (filter.OccurredFrom ?? DateTimeOffset.UnixEpoch, NpgsqlDbType.TimestampTz), (filter.OccurredTo ?? EndOfTime, NpgsqlDbType.TimestampTz),
            (filter.EventId, NpgsqlDbType.Text),
            (filter.Sectors ?? (filter.Sector is { } sector ? [(short)sector] : null), NpgsqlDbType.Array | NpgsqlDbType.Smallint), (account, NpgsqlDbType.Bigint),
            (items, NpgsqlDbType.Array | NpgsqlDbType.Integer), (limit, NpgsqlDbType.Integer), (filter.Source, NpgsqlDbType.Text),
            ((short?)filter.Basis, NpgsqlDbType.Smallint), (filter.RateId, NpgsqlDbType.Bigint), (filter.UnitValue, NpgsqlDbType.Numeric),
            (filter.Currency, NpgsqlDbType.Text), (filter.Buyers, NpgsqlDbType.Array | NpgsqlDbType.Integer),
        ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        }

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            entries.Add((EntryOf(row), new EntryCursor(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(21), row.GetInt64(2), row.GetInt32(3))));
        return entries;
    }

    /// <summary>The parameters of a filter that name what nothing is registered under.</summary>
    public async Task<List<string>> FindUnknownAsync(EntryFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select 'source' where $1::text is not null and not exists (select from sources where slug = $1)
            union all
            select 'producer' where $2::text is not null and not exists (select from producers where slug = lower($2))
                and not exists (select from producer_aliases where alias = lower($2))
            union all
            select 'model' where $3::text is not null and not exists (select from models where slug = $3)
                and not exists (select from model_aliases where alias = $3)
            union all
            select 'account' where $4::text is not null and not exists (select from accounts where slug = $4)
            """);
        foreach (var name in (ReadOnlySpan<string?>)[filter.Source, filter.Producer, filter.Model, filter.Account])
            Add(command, name, NpgsqlDbType.Text);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var unknown = new List<string>();
        while (await row.ReadAsync(cancellationToken))
            unknown.Add(row.GetString(0));
        return unknown;
    }

    /// <summary>The items of a filter's producer, model, token class and tier; null: all.</summary>
    public static async Task<int[]?> FindItemsAsync(NpgsqlConnection connection, EntryFilter filter, CancellationToken cancellationToken)
    {
        if (filter is { Producer: null, Model: null, TokenClass: null, ServiceTier: null })
            return filter.Items;
        await using var command = new NpgsqlCommand(
            """
            select coalesce(array_agg(i.id), '{}')
            from items i join models m on m.id = i.model_id join producers p on p.id = i.producer_id
            where ($1::text is null or p.slug = lower($1) or exists (select from producer_aliases a where a.producer_id = p.id and a.alias = lower($1)))
              and ($2::text is null or m.slug = $2 or exists (select from model_aliases a where a.model_id = m.id and a.alias = $2))
              and ($3::smallint is null or i.token_class = $3) and ($4::smallint is null or i.service_tier = $4)
            """, connection);
        Add(command, filter.Producer, NpgsqlDbType.Text);
        Add(command, filter.Model, NpgsqlDbType.Text);
        Add(command, (short?)filter.TokenClass, NpgsqlDbType.Smallint);
        Add(command, (short?)filter.ServiceTier, NpgsqlDbType.Smallint);
        return (int[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    // 0: asked for, and not there.
    private static async Task<long?> FindAccountAsync(NpgsqlConnection connection, EntryFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Account is null)
            return null;
        await using var command = new NpgsqlCommand("select id from accounts where slug = $1", connection);
        Add(command, filter.Account, NpgsqlDbType.Text);
        return (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
    }

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });

    private static LedgerEntry EntryOf(NpgsqlDataReader row) => new()
    {
        RecordedAt = row.GetFieldValue<DateTimeOffset>(0),
        Source = row.GetString(1),
        BatchId = row.GetInt64(2),
        EntryNo = row.GetInt32(3),
        EventId = row.GetString(4),
        OccurredAt = row.GetFieldValue<DateTimeOffset>(5),
        Producer = row.GetString(6),
        Model = row.GetString(7),
        TokenClass = ((TokenClass)row.GetInt16(8)).Name(),
        ServiceTier = ((ServiceTier)row.GetInt16(9)).Name(),
        Account = row.IsDBNull(10) ? null : row.GetString(10),
        Sector = ((Sector)row.GetInt16(11)).Name(),
        Quantity = ReceiptText.Quantity(row.GetInt64(12)),
        Basis = ReceiptText.Basis((ValueBasis)row.GetInt16(13)),
        UnitValue = row.IsDBNull(14) ? null : row.GetDecimal(14),
        Currency = row.IsDBNull(15) ? null : row.GetString(15),
        Amount = row.IsDBNull(16) ? null : row.GetDecimal(16),
        RateId = row.IsDBNull(17) ? null : row.GetInt64(17),
        ReportingAmount = row.IsDBNull(18) ? null : row.GetDecimal(18),
        FxRateId = row.IsDBNull(22) ? null : row.GetInt64(22),
        ReversesBatchId = row.IsDBNull(19) ? null : row.GetInt64(19),
        ReversesEntryNo = row.IsDBNull(20) ? null : row.GetInt32(20),
        SectorBasis = ReceiptText.SectorBasis(row.IsDBNull(23) ? SectorBasis.Unrecorded : (SectorBasis)row.GetInt16(23)),
        SectorRuleId = row.IsDBNull(24) ? null : row.GetInt32(24),
    };
}
