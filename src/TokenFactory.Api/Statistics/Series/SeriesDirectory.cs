using Npgsql;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Of whom there are series; null: all of that dimension.</summary>
internal readonly record struct SeriesSubject(Sector? Sector, string? Producer, TokenClass? TokenClass);

/// <summary>Which series are asked for; null: any.</summary>
internal sealed record SeriesFilter
{
    public IReadOnlySet<string>? Frequencies { get; init; }
    public IReadOnlySet<string>? Sectors { get; init; }
    public IReadOnlySet<string>? Producers { get; init; }
    public IReadOnlySet<string>? TokenClasses { get; init; }
    public IReadOnlySet<string>? Measures { get; init; }

    public bool Takes(SeriesKey key)
    {
        var codes = key.Codes;
        return (Frequencies?.Contains(codes[0]) ?? true) && (Sectors?.Contains(codes[1]) ?? true) && (Producers?.Contains(codes[2]) ?? true)
            && (TokenClasses?.Contains(codes[3]) ?? true) && (Measures?.Contains(codes[4]) ?? true);
    }
}

/// <summary>Knows which series there are: every measure of every frequency, of whatever has cells.</summary>
internal sealed class SeriesDirectory(NpgsqlDataSource dataSource)
{
    private static readonly Frequency[] Frequencies = Enum.GetValues<Frequency>();

    /// <summary>The series after a key, in the order of their dimensions, as far as a filter takes them; at most so many.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="calendar">Whose periods the first and the last are.</param>
    /// <param name="after">Null: from the first.</param>
    /// <param name="limit">The most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<List<SeriesEntry>> ListAsync(
        SeriesFilter filter, ReportingCalendar calendar, SeriesKey? after, int limit, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, asOf: null, cancellationToken);
        var spans = await SeriesSpans.ReadAsync(snapshot, cancellationToken);
        var names = (await ProducersAsync(snapshot.Connection, cancellationToken)).ToDictionary(p => p.Slug, p => p.Name);
        var position = after is null ? default : PositionOf(after);
        return [.. KeysOf(spans).Where(key => filter.Takes(key) && (after is null || PositionOf(key).CompareTo(position) > 0)).Take(limit).Select(key =>
        {
            var (first, last) = spans.Of(key.Measure, new SeriesSubject(key.Sector, key.Producer, key.TokenClass))!.Value;
            return new SeriesEntry
            {
                Key = key.ToString(),
                Title = SeriesFigures.TitleOf(key, key.Producer is null ? null : names[key.Producer]),
                Unit = key.Measure.Unit.TextIn(snapshot.Context.Currency),
                UnitMultiplier = 0,
                First = calendar.Containing(key.Frequency, first).Label,
                Last = calendar.Containing(key.Frequency, last).Label,
            };
        })];
    }

    /// <summary>Every producer, in the order of ids.</summary>
    public async Task<List<(string Slug, string Name)>> ProducersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ProducersAsync(connection, cancellationToken);
    }

    private static async Task<List<(string Slug, string Name)>> ProducersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""select slug, name from producers order by slug collate "C" """, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var producers = new List<(string, string)>();
        while (await row.ReadAsync(cancellationToken))
            producers.Add((row.GetString(0), row.GetString(1)));
        return producers;
    }

    private static IEnumerable<SeriesKey> KeysOf(SeriesSpans spans)
    {
        SeriesSubject[] ordered = [.. spans.Subjects.OrderBy(s => s.Sector ?? (Sector)(-1)).ThenBy(s => s.Producer ?? "", StringComparer.Ordinal).ThenBy(s => s.TokenClass ?? 0)];
        return
            from frequency in Frequencies
            from subject in ordered
            from measure in SeriesMeasures.All
            where measure.IsOf(frequency) && spans.Of(measure, subject) is not null
            select new SeriesKey(frequency, subject.Sector, subject.Producer, subject.TokenClass, measure);
    }

    // The total before its parts.
    private static (Frequency, int, string, int, int) PositionOf(SeriesKey key) =>
        (key.Frequency, key.Sector is { } sector ? (int)sector : -1, key.Producer ?? "", (int)(key.TokenClass ?? 0), PlaceOf(key.Measure));

    private static int PlaceOf(SeriesMeasure measure) => SeriesMeasures.All.ToList().IndexOf(measure);
}
