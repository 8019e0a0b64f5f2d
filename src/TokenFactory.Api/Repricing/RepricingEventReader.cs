using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>A journal batch that is looked through.</summary>
internal readonly record struct RepricingBatch(long Seq, DateTimeOffset RecordedAt, long BatchId, int EntryCount);

/// <summary>Reads what a repricing looks at: the next batches of a lane, and the events of these batches.</summary>
internal static class RepricingEventReader
{
    // Bounds of one step: a statement is over in time however little, or much, there is to find. A batch is read whole.
    private const int MaxNumbers = 1_000;
    private const int MaxEntries = 10_000;
    private const int ItemColumn = 15;
    private const int ProfileColumn = 29;

    // An event may occur up to a day after its recording (a sender's clock that is fast); a day more for clocks that differ.
    private static readonly TimeSpan RecordedBefore = TimeSpan.FromDays(2);
    private static readonly DateTimeOffset FirstStart = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The next batches of a lane.</summary>
    /// <returns>The batches, and the number that the lane is looked through up to with them.</returns>
    public static async Task<(List<RepricingBatch> Batches, long Reached)> ReadBatchesAsync(
        NpgsqlConnection connection, RepricingSelection selection, RepricingLane lane, CancellationToken cancellationToken)
    {
        var last = Math.Min(lane.Mark, lane.Position + MaxNumbers);
        await using var command = new NpgsqlCommand(Sql.Read("Repricing/repricing_batches.sql"), connection);
        Add(command, lane.SourceId, NpgsqlDbType.Bigint);
        Add(command, lane.Lane, NpgsqlDbType.Smallint);
        Add(command, lane.Position, NpgsqlDbType.Bigint);
        Add(command, last, NpgsqlDbType.Bigint);
        Add(command, (selection.Start > FirstStart ? selection.Start : FirstStart) - RecordedBefore, NpgsqlDbType.TimestampTz);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var batches = new List<RepricingBatch>();
        var entries = 0;
        while (await row.ReadAsync(cancellationToken))
        {
            var batch = new RepricingBatch(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2), row.GetInt32(3));
            if (batches.Count > 0 && entries + batch.EntryCount > MaxEntries)
                return (batches, batches[^1].Seq);
            entries += batch.EntryCount;
            batches.Add(batch);
        }

        return (batches, last);
    }

    /// <summary>The events of some batches that are selected, as they stand now.</summary>
    public static async Task<List<RepricingEvent>> ReadEventsAsync(
        NpgsqlConnection connection, RepricingTask task, RepricingLane lane, List<RepricingBatch> batches, CancellationToken cancellationToken)
    {
        var events = new List<RepricingEvent>();
        if (batches.Count == 0)
            return events;
        var selection = task.Selection;
        await using var command = new NpgsqlCommand(Sql.Read("Repricing/repricing_events.sql"), connection);
        Add(command, lane.SourceId, NpgsqlDbType.Bigint);
        Add(command, batches.ConvertAll(b => b.RecordedAt), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);
        Add(command, batches.ConvertAll(b => b.BatchId), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(command, selection.Start, NpgsqlDbType.TimestampTz);
        Add(command, selection.End, NpgsqlDbType.TimestampTz);
        Add(command, selection.Producers, NpgsqlDbType.Array | NpgsqlDbType.Integer);
        Add(command, selection.Models, NpgsqlDbType.Array | NpgsqlDbType.Integer);
        Add(command, selection.ServiceTiers, NpgsqlDbType.Array | NpgsqlDbType.Smallint);
        Add(command, selection.Accounts, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        Add(command, task.Id, NpgsqlDbType.Bigint);
        Add(command, task.Reverts, NpgsqlDbType.Bigint);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            if (events.Count == 0 || events[^1].Event.EventId != row.GetString(0))
                events.Add(EventOf(row));
            AddLine(events[^1], row);
        }

        // The sector in force, which a reclassification may have moved since the recording. What a revert takes back it does in any sector.
        if (task.Reverts is null && selection.Sectors is { } sectors)
            events.RemoveAll(e => !sectors.Contains((short)e.SectorBefore));
        return events;
    }

    private static void AddLine(RepricingEvent of, NpgsqlDataReader row)
    {
        var line = RecordedLines.LineOf(row, ItemColumn);
        switch (row.GetInt32(8))
        {
            case 0:
                of.InForce.Add((line, new EntryPosition(row.GetFieldValue<DateTimeOffset>(9), row.GetInt64(10), row.GetInt32(11)), (TokenClass)row.GetInt16(12)));
                break;
            case 1:
                (of.Own ??= new RecordedRepricing()).Add(line, row.GetBoolean(14));
                break;
            default:
                (of.Reverted ??= new RecordedRepricing()).Add(line, row.GetBoolean(14));
                break;
        }
    }

    private static RepricingEvent EventOf(NpgsqlDataReader row) => new()
    {
        Event = new LedgerEvent
        {
            EventId = row.GetString(0),
            Fingerprint = [],
            OccurredAt = row.GetFieldValue<DateTimeOffset>(13),
            AccountId = row.IsDBNull(16) ? null : row.GetInt64(16),
            BuyerId = row.GetInt32(17),
            Region = row.IsDBNull(5) ? null : row.GetString(5),
            Lines = [],
        },
        ProducerId = row.GetInt32(1),
        ModelId = row.GetInt32(2),
        Model = row.GetString(3),
        ServiceTier = (ServiceTier)row.GetInt16(4),
        IsReversed = row.GetBoolean(6),
        Corrections = row.GetInt32(7),
        UsageProfile = row.IsDBNull(ProfileColumn) ? null : row.GetString(ProfileColumn),
    };

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}

/// <summary>A journal lane that is looked through, from after <see cref="Position"/> up to <see cref="Mark"/>.</summary>
internal readonly record struct RepricingLane(long SourceId, short Lane, long Position, long Mark);
