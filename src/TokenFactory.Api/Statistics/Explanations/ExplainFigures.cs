using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Statistics;

/// <summary>Looks through a figure: to its items, the rates behind them, and the ledger entries, all of one moment.</summary>
internal sealed class ExplainFigures(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options)
{
    // An event is recorded when it has occurred, or as much before as clocks may differ: a day at most. A second one is for good measure.
    private static readonly TimeSpan MaxLead = TimeSpan.FromDays(2);

    private static readonly DateTimeOffset EndOfTime = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A page of the answer to a request; or the months that it would need the entries of, and that are archived.</summary>
    /// <exception cref="TooManyRowsException">An index has more items in its two periods than may be behind one.</exception>
    public async Task<(ExplainAnswer? Answer, IReadOnlyList<string> Archived)> AnswerAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, request.Figure.AsOf, cancellationToken);
        if (request.Explained != ExplainedFigure.Gdp)
            return (await ContributionsAsync(snapshot, request, cancellationToken), []);
        if (request.Level == ExplainLevel.Items)
        {
            var (total, items) = await ExplainItems.ReadAsync(snapshot, request, cancellationToken);
            return (WithSums(request, snapshot.Context, total, total, [.. items.Take(request.Limit)], ExplainItems.SumsOf) with
            {
                Items = [.. items.Take(request.Limit).Select(i => i.Row)],
                NextCursor = items.Count > request.Limit ? items[request.Limit - 1].Position.Text : null,
            }, []);
        }

        var published = await ExplainItems.ReadSumsAsync(snapshot, request, cancellationToken);
        var filter = await FilterAsync(snapshot, request, cancellationToken);
        var answer = request.Level == ExplainLevel.Rates
            ? await RatesAsync(snapshot, request, filter, published, cancellationToken)
            : await EntriesAsync(snapshot, request, filter, published, cancellationToken);
        // Behind it, and not of the same moment: what is dropped while it is read is seen.
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var months = await Archives.FindMonthsAsync(connection, filter, cancellationToken);
        return (months.Count > 0 ? null : answer, months);
    }

    private async Task<ExplainAnswer> ContributionsAsync(RollUpSnapshot snapshot, ExplainRequest request, CancellationToken cancellationToken)
    {
        var (growth, rows) = await ExplainContributions.ReadAsync(snapshot, request, options.Value, cancellationToken);
        var page = rows.Take(request.Limit).ToList();
        return AnswerOf(request, snapshot.Context) with
        {
            Concept = null,
            Growth = growth with { PageContribution = growth.Growth is null ? null : page.Sum(r => decimal.Parse(r.Row.Contribution!, CultureInfo.InvariantCulture)).ToString("F6", CultureInfo.InvariantCulture) },
            Contributions = [.. page.Select(r => r.Row)],
            NextCursor = rows.Count > request.Limit ? page[^1].Position.Text : null,
        };
    }

    private async Task<ExplainAnswer> RatesAsync(
        RollUpSnapshot snapshot, ExplainRequest request, EntryFilter filter, ExplainSums published, CancellationToken cancellationToken)
    {
        var (total, rates) = await ExplainRates.ReadAsync(snapshot, filter, request.After, request.Limit + 1, cancellationToken);
        return WithSums(request, snapshot.Context, published, total, [.. rates.Take(request.Limit)], ExplainRates.SumsOf) with
        {
            Rates = [.. rates.Take(request.Limit).Select(r => r.Row)],
            NextCursor = rates.Count > request.Limit ? rates[request.Limit - 1].Position.Text : null,
        };
    }

    private async Task<ExplainAnswer> EntriesAsync(
        RollUpSnapshot snapshot, ExplainRequest request, EntryFilter filter, ExplainSums published, CancellationToken cancellationToken)
    {
        var isFirst = request.AfterEntry == EntryCursor.First;
        var total = isFirst ? (await ExplainRates.ReadAsync(snapshot, filter, null, 0, cancellationToken)).Total : null;
        var entries = await EntryReader.ReadAsync(snapshot.Connection, filter, request.AfterEntry, request.Limit + 1, cancellationToken);
        return WithSums(request, snapshot.Context, published, total, [.. entries.Take(request.Limit).Select(e => e.Entry)], SumsOf) with
        {
            Entries = [.. entries.Take(request.Limit).Select(e => e.Entry)],
            NextCursor = entries.Count > request.Limit ? entries[request.Limit - 1].Cursor.Text : null,
        };
    }

    // What the cells of the figure were made from: occurred in the period, recorded by the end of the vintage.
    private static async Task<EntryFilter> FilterAsync(RollUpSnapshot snapshot, ExplainRequest request, CancellationToken cancellationToken) => new()
    {
        OccurredFrom = request.Period.Start.ToUniversalTime(),
        OccurredTo = request.Period.End.ToUniversalTime(),
        RecordedFrom = request.Period.Start.ToUniversalTime() - MaxLead,
        RecordedTo = request.Figure.AsOf is { } asOf && asOf < DateOnly.FromDateTime(EndOfTime.UtcDateTime)
            ? new DateTimeOffset(asOf.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero)
            : EndOfTime,
        Sectors = request.Figure.Filters.TryGetValue(Dimension.Sector, out var sectors) ? [.. sectors.Cast<short>()] : null,
        Items = request.Flow == ExplainFlow.IntermediateConsumption ? null : await ExplainItems.FindAsync(snapshot, request.Figure, cancellationToken),
        Buyers = request.Side is GdpSide.FinalUse or GdpSide.Both ? [0]
            : request.Flow == ExplainFlow.IntermediateConsumption ? await ExplainItems.FindProducersAsync(snapshot, request.Figure, cancellationToken) : null,
        Basis = request.Basis,
        RateId = request.RateId,
        UnitValue = request.UnitValue,
        Currency = request.Currency,
    };

    private ExplainAnswer WithSums<T>(
        ExplainRequest request, FigureContext context, ExplainSums published, ExplainSums? total, IReadOnlyList<T> page, Func<T, ExplainSums> sumsOf) =>
        AnswerOf(request, context) with { Published = published, Total = total, Page = Sum(page.Select(sumsOf)) };

    private ExplainAnswer AnswerOf(ExplainRequest request, FigureContext context)
    {
        var (start, end, isPartial) = FigureTable.Cover(request.Period, request.Figure, context);
        return new ExplainAnswer
        {
            Figure = WireJson.NameOf(request.Explained),
            Concept = WireJson.NameOf(request.Side is null ? GdpConcept.Gross : GdpConcept.Net),
            Side = request.Side is { } side ? WireJson.NameOf(side) : null,
            Flow = request.Flow,
            Period = request.Period.Label,
            Start = start,
            End = end,
            Partial = isPartial,
            Status = FigureTable.StatusOf(request.Period, context.AsOf, options.Value),
            Level = WireJson.NameOf(request.Level),
            Total = null,
            NextCursor = null,
            Currency = context.Currency,
            Unit = request.Explained == ExplainedFigure.Gdp ? context.Currency : "percentage points",
            Frequency = WireJson.NameOf(request.Figure.Frequency),
            TimeZone = request.Figure.Calendar.Zone.Id,
            By = [.. request.Figure.By.Select(d => d.Name())],
            AsOf = context.AsOf,
            CompleteThrough = context.CompleteThrough,
        };
    }

    private static ExplainSums Sum(IEnumerable<ExplainSums> rows)
    {
        var (gdp, quantity, unpriced, free, entries) = (ExactSum.Zero, ExactSum.Zero, ExactSum.Zero, ExactSum.Zero, 0L);
        foreach (var row in rows)
        {
            gdp += ExactSum.Parse(row.Gdp);
            quantity += ExactSum.Parse(row.Quantity);
            unpriced += ExactSum.Parse(row.UnpricedQuantity);
            free += ExactSum.Parse(row.FreeQuantity);
            entries += row.Entries;
        }

        return new ExplainSums
        {
            Gdp = gdp.ToString(),
            Quantity = quantity.ToString(),
            UnpricedQuantity = unpriced.ToString(),
            FreeQuantity = free.ToString(),
            Entries = entries,
        };
    }

    private static ExplainSums SumsOf(LedgerEntry entry) => new()
    {
        Gdp = entry.ReportingAmount?.ToString(CultureInfo.InvariantCulture) ?? "0",
        Quantity = entry.Quantity,
        UnpricedQuantity = entry.ReportingAmount is null ? entry.Quantity : "0",
        FreeQuantity = entry.ReportingAmount is not null && entry.UnitValue == 0 ? entry.Quantity : "0",
        Entries = 1,
    };
}
