using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>What a counter that only ever grows shows at an instant.</summary>
/// <param name="StartedAt">Since when it has counted.</param>
/// <param name="ReadAt">When it was read, to the microsecond.</param>
/// <param name="Total">What it has counted since it started.</param>
internal readonly record struct MeterReading(DateTimeOffset StartedAt, DateTimeOffset ReadAt, decimal Total);

/// <summary>A counter moves from one reading to the next; the event that it belongs to is what it grew by.</summary>
/// <param name="Meter">SHA-256 of what tells the counter from others.</param>
/// <param name="Before">The last reading that the growth was reckoned from; null: there was none.</param>
/// <param name="After">The next.</param>
internal sealed record MeterMove(byte[] Meter, MeterReading? Before, MeterReading After);

/// <summary>A counter has moved since an event's growth was reckoned; nothing of the posting was recorded. Read it anew.</summary>
internal sealed class StaleReadingException() : Exception("A counter has moved since its growth was reckoned.");

/// <summary>What is recorded of some counters.</summary>
/// <param name="Readings">The last reading of each, by its key in hexadecimal.</param>
/// <param name="RecordedIds">Which of the events that were asked for are recorded.</param>
internal sealed record MeterHistory(IReadOnlyDictionary<string, MeterReading> Readings, IReadOnlySet<string> RecordedIds);

/// <summary>The last readings of counters.</summary>
internal sealed class MeterReadings(NpgsqlDataSource dataSource)
{
    private const string Last = "select meter, started_at, read_at, total from meter_reading where source_id = $1 and meter = any ($2)";
    private const string Recorded = "select event_id from event_identity where source_id = $1 and event_id = any ($2)";

    /// <param name="sourceId">The counters' source.</param>
    /// <param name="meters">Their keys.</param>
    /// <param name="eventIds">Events that may be recorded already.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<MeterHistory> FindAsync(long sourceId, byte[][] meters, string[] eventIds, CancellationToken cancellationToken)
    {
        // First the readings: an event that is recorded between the two look-ups is known here, and its reading is found to be stale later.
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var readings = new Dictionary<string, MeterReading>(StringComparer.Ordinal);
        await using (var command = Command(connection, Last, sourceId, [meters]))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                readings[Convert.ToHexString(row.GetFieldValue<byte[]>(0))] =
                    new MeterReading(row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<DateTimeOffset>(2), row.GetDecimal(3));
            }
        }

        var recorded = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = Command(connection, Recorded, sourceId, [eventIds]))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                recorded.Add(row.GetString(0));
        }

        return new MeterHistory(readings, recorded);
    }

    /// <summary>Moves counters, inside the transaction that records what they grew by.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="sourceId">The counters' source.</param>
    /// <param name="moves">One or more per counter.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StaleReadingException">A counter is not where a move begins.</exception>
    internal static async Task MoveAsync(NpgsqlConnection connection, long sourceId, IEnumerable<MeterMove> moves, CancellationToken cancellationToken)
    {
        var joined = Join(moves);
        var first = joined.Where(m => m.Before is null).ToList();
        var later = joined.Where(m => m.Before is not null).ToList();
        await MoveAsync(
            """
            with written as (
                insert into meter_reading (source_id, meter, started_at, read_at, total)
                select $1, u.* from unnest($2, $3, $4, $5) as u
                on conflict do nothing returning 1)
            select count(*) from written
            """, first, []);
        await MoveAsync(
            """
            with written as (
                update meter_reading m set started_at = u.started_at, read_at = u.read_at, total = u.total
                from unnest($2, $3, $4, $5, $6, $7) as u (meter, started_at, read_at, total, before_at, before_total)
                where m.source_id = $1 and m.meter = u.meter and m.read_at = u.before_at and m.total = u.before_total returning 1)
            select count(*) from written
            """, later, [later.Select(m => m.Before!.Value.ReadAt).ToArray(), later.Select(m => m.Before!.Value.Total).ToArray()]);

        async Task MoveAsync(string sql, List<MeterMove> wanted, Array[] before)
        {
            if (wanted.Count == 0)
                return;
            await using var command = Command(connection, sql, sourceId,
            [
                wanted.Select(m => m.Meter).ToArray(), wanted.Select(m => m.After.StartedAt).ToArray(), wanted.Select(m => m.After.ReadAt).ToArray(),
                wanted.Select(m => m.After.Total).ToArray(), .. before,
            ]);
            if (await command.ExecuteScalarAsync(cancellationToken) is not long written || written != wanted.Count)
                throw new StaleReadingException();
        }
    }

    // Several moves of one counter are one, as long as each begins where the one before it ends. In one order everywhere, for the locks.
    private static List<MeterMove> Join(IEnumerable<MeterMove> moves)
    {
        var joined = new List<MeterMove>();
        foreach (var meter in moves.GroupBy(m => Convert.ToHexString(m.Meter)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            MeterMove? whole = null;
            foreach (var move in meter.OrderBy(m => m.After.ReadAt))
            {
                if (whole is not null && move.Before != whole.After)
                    throw new StaleReadingException();
                whole = whole is null ? move : whole with { After = move.After };
            }

            joined.Add(whole!);
        }

        return joined;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, long sourceId, Array[] arrays)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        foreach (var array in arrays)
            command.Parameters.Add(new NpgsqlParameter { Value = array });
        return command;
    }
}
