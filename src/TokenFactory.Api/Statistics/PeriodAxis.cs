using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// How the periods of a request are told from each other in SQL, and read from its rows. UTC's are cut by the database's own calendar; those of
/// another zone by bounds that <see cref="ReportingCalendar"/> makes, so that one clock decides about daylight saving.
/// </summary>
internal sealed class PeriodAxis
{
    private readonly FigureRequest _request;
    private readonly List<Period>? _periods;
    private Period _last;

    private PeriodAxis(FigureRequest request, string sql, List<Period>? periods) => (_request, Sql, _periods) = (request, sql, periods);

    /// <summary>An expression over a cell <c>d</c> that is the same within a period and grows with it.</summary>
    public string Sql { get; }

    /// <exception cref="TooManyRowsException">The window has more than <paramref name="limit"/> periods of a zone.</exception>
    public static async Task<PeriodAxis> OfAsync(
        FigureRequest request, CellQuery cells, RollUpSnapshot snapshot, int limit, CancellationToken cancellationToken)
    {
        if (request.Frequency == Frequency.Hour)
            return new PeriodAxis(request, cells.Time, null);
        if (request.Calendar.IsUtc)
        {
            return new PeriodAxis(
                request, request.Frequency == cells.Grain ? cells.Time : $"date_trunc('{WireJson.NameOf(request.Frequency)}', {cells.Time}::timestamp)::date", null);
        }

        var periods = new List<Period>();
        if (await WindowAsync(request, snapshot, cancellationToken) is var (start, end))
            periods = [.. request.Calendar.Range(request.Frequency, start, end).Where(p => !request.IsPassedOver(p)).Take(limit + 1)];
        if (periods.Count > limit)
            throw new TooManyRowsException(limit);
        DateTimeOffset[] bounds = [.. periods.Select(p => p.Start.ToUniversalTime())];
        // An empty ledger has no period, and width_bucket wants one bound.
        var parameter = cells.Add(new NpgsqlParameter { Value = bounds.Length > 0 ? bounds : [DateTimeOffset.UnixEpoch], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        return new PeriodAxis(request, $"width_bucket({cells.Time}, {parameter})", periods);
    }

    /// <summary>The period of a row.</summary>
    public Period Read(NpgsqlDataReader row, int column)
    {
        if (_periods is not null)
            return _periods[row.GetInt32(column) - 1];
        var start = _request.Frequency == Frequency.Hour
            ? row.GetFieldValue<DateTimeOffset>(column)
            : new DateTimeOffset(row.GetFieldValue<DateOnly>(column), TimeOnly.MinValue, TimeSpan.Zero);
        // Rows come in the order of periods: most are of the same as the one before.
        return start == _last.Start ? _last : _last = _request.Calendar.Containing(_request.Frequency, start);
    }

    // As far as the cells go, where the request leaves a side open.
    private static async Task<(DateTimeOffset Start, DateTimeOffset End)?> WindowAsync(FigureRequest request, RollUpSnapshot snapshot, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Database.Sql.Read("Statistics/hour_bounds.sql"), snapshot.Connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        if (row.IsDBNull(0))
            return null;
        var (first, last) = (row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<DateTimeOffset>(1).AddHours(1));
        return (request.ReadFrom > first ? request.ReadFrom.Value : first, request.End < last ? request.End.Value : last);
    }
}
