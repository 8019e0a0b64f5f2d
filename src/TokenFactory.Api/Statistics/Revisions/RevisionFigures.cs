using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What a query for revisions asks for beside the window.</summary>
/// <param name="Measure">The figure.</param>
/// <param name="Schedule">Which vintages.</param>
/// <param name="Vintages">Exactly these instead, in order; empty: those of the schedule.</param>
/// <param name="Reference">Of an index: the period that is 100; null: the first with data at the first vintage that has any.</param>
internal sealed record RevisionSpecification(RevisionMeasure Measure, VintageSchedule Schedule, IReadOnlyList<DateOnly> Vintages, Period? Reference)
{
    public bool IsIndex => Measure is RevisionMeasure.PriceIndex or RevisionMeasure.QuantityIndex;
}

/// <summary>More vintages than a triangle may have, or more than may be computed for them.</summary>
internal sealed class TooManyVintagesException(string detail) : FigureLimitException("too_many_vintages", detail);

/// <summary>Makes the triangle of reference periods and vintages: one query over cells by period and vintage, added up vintage by vintage.</summary>
internal sealed class RevisionFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    /// <summary>The answer to a request, which has no groups.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more cells.</exception>
    /// <exception cref="TooManyVintagesException">It would have more vintages, or item-periods over all of them, than it may.</exception>
    public async Task<RevisionAnswer> AnswerAsync(FigureRequest request, RevisionSpecification asked, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, asOf: null, cancellationToken);
        var cells = await ReadAsync(snapshot, request, asked.IsIndex, cancellationToken);
        var now = snapshot.Context;
        FigureContext ContextOf(DateOnly vintage) => FigureContext.Of(now.Currency, now.AsOf, now.CompleteThrough, vintage);
        var last = ContextOf(request.AsOf ?? now.AsOf);
        var vintages = RevisionVintages.Of(cells, asked, last.AsOf, options.Value.MaxVintages);
        var triangle = new RevisionTriangle(request, asked, options.Value);
        cells.Sort((left, right) => left.Vintage.CompareTo(right.Vintage));
        var next = 0;
        foreach (var vintage in vintages)
        {
            var from = next;
            while (next < cells.Count && cells[next].Vintage <= vintage)
                triangle.Add(cells[next++]);
            triangle.Publish(ContextOf(vintage), hasChanged: next > from);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new RevisionAnswer
        {
            Rows = triangle.Rows,
            Summary = RevisionSummaries.Of(triangle.Rows, asked.IsIndex),
            Measure = WireJson.NameOf(asked.Measure),
            Method = asked.IsIndex ? "chained_fisher_union" : asked.Measure == RevisionMeasure.UnitValue ? "unit_value" : "sum",
            Reference = triangle.Reference?.Label,
            Vintages = vintages,
            Currency = last.Currency,
            Unit = asked.IsIndex ? "index" : asked.Measure == RevisionMeasure.Quantity ? "tokens" : last.Currency,
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [],
            AsOf = last.AsOf,
            CompleteThrough = last.CompleteThrough,
        };
    }

    private async Task<List<VintageCell>> ReadAsync(RollUpSnapshot snapshot, FigureRequest request, bool byItem, CancellationToken cancellationToken)
    {
        var cells = new List<VintageCell>();
        var item = byItem ? "d.item_id" : "0";
        await FigureReader.ReadGroupsAsync(snapshot, request, new CellQuery(request, snapshot.Moment, CellColumns.Vintage), options.Value.MaxItemPeriods, $"d.vintage, {item}, {PanelTotals.Sums}",
            byItem ? ", d.vintage, d.item_id" : ", d.vintage", (row, period, _, first) => cells.Add(new VintageCell(
                period, row.GetFieldValue<DateOnly>(first), row.GetInt32(first + 1), new VintageSums(
                    ExactSum.Parse(row.GetString(first + 2)), ExactSum.Parse(row.GetString(first + 3)),
                    ExactSum.Parse(row.GetString(first + 4)), ExactSum.Parse(row.GetString(first + 5))))), cancellationToken);
        return cells;
    }
}
