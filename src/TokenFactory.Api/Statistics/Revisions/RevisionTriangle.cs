using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>A triangle in the making: cells come in the order of their vintages, and whenever one is complete it is published.</summary>
internal sealed class RevisionTriangle(FigureRequest request, RevisionSpecification asked, StatisticsOptions options)
{
    private static readonly KnownPeriod Nothing = new();

    private readonly SortedDictionary<Period, KnownPeriod> _known = [];
    private readonly SortedDictionary<Period, List<RevisionRow>> _rows = [];
    private List<Period> _periods = [];
    private IReadOnlyList<IndexPoint> _index = [];
    private int _count;
    private long _computed;

    /// <summary>Of an index: the period that is 100; null while none has data.</summary>
    public Period? Reference { get; private set; } = asked.Reference;

    /// <summary>By period, then by vintage.</summary>
    public IReadOnlyList<RevisionRow> Rows => [.. _rows.Values.SelectMany(rows => rows)];

    public void Add(VintageCell cell)
    {
        if (!_known.TryGetValue(cell.Period, out var period))
            _known.Add(cell.Period, period = new KnownPeriod());
        period.Add(cell);
    }

    /// <summary>Adds what is known now as a vintage: a row for every period between the first and the last with data.</summary>
    /// <param name="context">Of the vintage.</param>
    /// <param name="hasChanged">Whether anything came since the vintage before.</param>
    /// <exception cref="TooManyRowsException">There would be more rows than an answer may have.</exception>
    /// <exception cref="TooManyVintagesException">More item-periods, over all vintages, than may be computed.</exception>
    public void Publish(FigureContext context, bool hasChanged)
    {
        if (hasChanged)
        {
            _periods = [.. request.Calendar.Range(request.Frequency, _known.Keys.First().Start, _known.Keys.Last().End).Take(options.MaxRows + 1)];
            if (asked.IsIndex)
                _index = Compile();
        }

        if ((_count += _periods.Count) > options.MaxRows)
            throw new TooManyRowsException(options.MaxRows);
        for (var t = 0; t < _periods.Count; t++)
        {
            if (!_rows.TryGetValue(_periods[t], out var rows))
                _rows.Add(_periods[t], rows = []);
            rows.Add(RowOf(t, rows.Count == 0 ? null : rows[^1], context));
        }
    }

    private IReadOnlyList<IndexPoint> Compile()
    {
        Basket[] baskets = [.. _periods.Select(p => _known.GetValueOrDefault(p, Nothing).Basket)];
        if ((_computed += baskets.Sum(b => (long)b.Count)) > options.MaxItemPeriods)
        {
            throw new TooManyVintagesException(
                $"It would need more than {options.MaxItemPeriods} items times periods times vintages. Ask for fewer vintages, narrow it by `start` and `end` or by a filter, or ask for a lower frequency.");
        }

        var (points, reference) = IndexCompiler.Compile(_periods, baskets, new IndexSpecification
        {
            Kind = asked.Measure == RevisionMeasure.PriceIndex ? IndexKind.Price : IndexKind.Quantity,
            Reference = Reference,
        });
        // What the first vintage with data stands on, all that follow stand on.
        if (reference >= 0)
            Reference ??= _periods[reference];
        return points;
    }

    private RevisionRow RowOf(int t, RevisionRow? before, FigureContext context)
    {
        var period = _periods[t];
        var total = _known.GetValueOrDefault(period, Nothing).Total;
        var (value, reason) = asked.Measure switch
        {
            RevisionMeasure.Gdp => (total.Value.ToString(), null),
            RevisionMeasure.Quantity => (total.Quantity.ToString(), null),
            RevisionMeasure.UnitValue => total.UnitValue is { } unit ? (unit.ToString(), null) : ((string?)null, NullReasons.EmptyPeriod),
            _ => (FigureTable.SixDecimals(_index[t].Level), _index[t].NullReason),
        };
        var isOver = period.End <= context.Reach;
        var (first, firstVintage) = before?.First is { } known ? (known, before.FirstVintage)
            : isOver && value is not null ? (value, context.AsOf)
            : ((string?)null, (DateOnly?)null);
        var (start, end, isPartial) = FigureTable.Cover(period, request, context);
        return new RevisionRow
        {
            Period = period.Label,
            Start = start,
            End = end,
            Vintage = context.AsOf,
            Value = value,
            PreviousValue = before?.Value,
            Revision = Revisions.Difference(value, before?.Value, asked.IsIndex),
            RevisionPercent = Revisions.Percent(value, before?.Value),
            First = first,
            FirstVintage = firstVintage,
            CumulativeRevision = Revisions.Difference(value, first, asked.IsIndex),
            CumulativeRevisionPercent = Revisions.Percent(value, first),
            MatchedShare = asked.IsIndex ? FigureTable.SixDecimals(_index[t].MatchedShare) : null,
            FreeShare = FigureTable.SixDecimals(total.FreeShare),
            UnpricedShare = FigureTable.SixDecimals(total.UnpricedShare),
            NullReason = reason,
            Partial = isPartial,
            Status = FigureTable.StatusOf(period, context.AsOf, options),
        };
    }
}

/// <summary>Differences of published values, exact.</summary>
internal static class Revisions
{
    /// <summary>now - then, with the decimals of an index number or as money; null where either is.</summary>
    public static string? Difference(string? now, string? then, bool isIndex) =>
        now is null || then is null ? null : Text(ExactSum.Parse(now) - ExactSum.Parse(then), isIndex);

    /// <summary>100 (now - then) / |then|, with 6 decimals; null where either is null, or then is 0.</summary>
    public static string? Percent(string? now, string? then) =>
        now is null || then is null ? null : Percent(ExactSum.Parse(now) - ExactSum.Parse(then), ExactSum.Parse(then)) is { } percent
            ? FigureTable.SixDecimals(percent.ToDouble())
            : null;

    /// <summary>The same, rounded half away from zero to 12 decimals.</summary>
    public static ExactSum? Percent(ExactSum revision, ExactSum then) => revision.Per(then.Abs(), 100);

    /// <summary>As the value that it is a difference of is written: an index number with 6 decimals, money and tokens without trailing zeros.</summary>
    public static string Text(ExactSum value, bool isIndex)
    {
        var text = value.ToString();
        if (!isIndex)
            return text;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? text + ".000000" : text.PadRight(point + 7, '0');
    }
}
