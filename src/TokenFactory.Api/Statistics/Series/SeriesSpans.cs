using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Statistics;

/// <summary>From which hour to which there is anything of a subject: of every sector, producer and token class that has cells, and of their totals.</summary>
internal sealed class SeriesSpans
{
    private readonly Dictionary<SeriesSubject, (DateTimeOffset First, DateTimeOffset Last)> _made = [];

    // What producers bought belongs to their net output: of each alone, whatever it is and whom it is for.
    private readonly Dictionary<SeriesSubject, (DateTimeOffset First, DateTimeOffset Last)> _bought = [];

    private SeriesSpans()
    {
    }

    public IEnumerable<SeriesSubject> Subjects => _made.Keys.Union(_bought.Keys);

    /// <summary>The first and the last hour of a series; null: there is no such series.</summary>
    public (DateTimeOffset First, DateTimeOffset Last)? Of(SeriesMeasure measure, SeriesSubject subject)
    {
        (DateTimeOffset, DateTimeOffset)? made = _made.TryGetValue(subject, out var output) ? output : null;
        if (!measure.IsNet)
            return made;
        if (!measure.CanBe(subject))
            return null;
        return !_bought.TryGetValue(subject, out var purchases) ? made : made is null ? purchases : Union(output, purchases);
    }

    /// <summary>Reads the spans of a moment.</summary>
    public static async Task<SeriesSpans> ReadAsync(RollUpSnapshot snapshot, CancellationToken cancellationToken)
    {
        var spans = new SeriesSpans();
        await using var command = new NpgsqlCommand(Sql.Read("Statistics/series_spans.sql"), snapshot.Connection);
        await using var span = await command.ExecuteReaderAsync(cancellationToken);
        while (await span.ReadAsync(cancellationToken))
        {
            var (producer, isPurchase) = (span.GetString(1), span.GetBoolean(3));
            var found = (span.GetFieldValue<DateTimeOffset>(4), span.GetFieldValue<DateTimeOffset>(5));
            if (isPurchase)
                Add(spans._bought, new SeriesSubject(null, producer, null), found);
            else
                AddWithTotals(spans._made, new SeriesSubject((Sector)span.GetInt16(0), producer, (TokenClass)span.GetInt16(2)), found);
        }

        return spans;
    }

    private static void AddWithTotals(
        Dictionary<SeriesSubject, (DateTimeOffset, DateTimeOffset)> spans, SeriesSubject subject, (DateTimeOffset, DateTimeOffset) found)
    {
        foreach (var sector in (Sector?[])[subject.Sector, null])
        foreach (var producer in (string?[])[subject.Producer, null])
        foreach (var tokenClass in (TokenClass?[])[subject.TokenClass, null])
            Add(spans, new SeriesSubject(sector, producer, tokenClass), found);
    }

    private static void Add(Dictionary<SeriesSubject, (DateTimeOffset, DateTimeOffset)> spans, SeriesSubject subject, (DateTimeOffset, DateTimeOffset) found) =>
        spans[subject] = spans.TryGetValue(subject, out var known) ? Union(known, found) : found;

    private static (DateTimeOffset, DateTimeOffset) Union((DateTimeOffset First, DateTimeOffset Last) left, (DateTimeOffset First, DateTimeOffset Last) right) =>
        (left.First < right.First ? left.First : right.First, left.Last > right.Last ? left.Last : right.Last);
}
