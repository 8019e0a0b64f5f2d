using System.Globalization;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Takes the growth of a Fisher apart by item: the same as <c>GET /v1/contributions</c>, with what it is made of.</summary>
internal static class ExplainContributions
{
    private static readonly Dimension[] Names = [Dimension.Producer, Dimension.Model, Dimension.TokenClass, Dimension.ServiceTier];

    /// <summary>Growth, and the rows after the request's position, the largest contribution first.</summary>
    /// <exception cref="TooManyRowsException">There are more than <see cref="StatisticsOptions.MaxItemPeriods"/> item-periods.</exception>
    public static async Task<(ExplainGrowth Growth, List<(ExplainContribution Row, ExplainPosition Position)> Rows)> ReadAsync(
        RollUpSnapshot snapshot, ExplainRequest request, StatisticsOptions options, CancellationToken cancellationToken)
    {
        var current = await BasketAsync(snapshot, request.Figure, request.Period, options, cancellationToken);
        var (compared, @base) = await BaseAsync(snapshot, request, options, cancellationToken);
        var pairs = current.IsEmpty || @base.IsEmpty ? null : BilateralBasket.Of(@base, current, ItemSelection.Union);
        var growth = pairs is null ? null
            : request.Explained == ExplainedFigure.QuantityIndex ? Contributions.FisherQuantity(pairs) : Contributions.Fisher(pairs);
        var rounded = growth?.Round(ContributionFigures.Decimals);
        var names = await ItemNames.ReadAsync(snapshot.Connection, [.. @base.Ids, .. current.Ids], cancellationToken);
        var parts = rounded?.Items.ToDictionary(i => i.ItemId, i => i.Value);
        var rows = new Comparison(@base, current, pairs, parts, names).Rows();
        return (new ExplainGrowth
        {
            ComparedWith = pairs is null ? request.ComparedWith?.Label : compared?.Label,
            Growth = rounded is { } whole ? ContributionFigures.Percent(whole.Growth) : null,
            PageContribution = null,
            MatchedShare = FigureTable.SixDecimals(pairs?.MatchedShare),
            NewItems = pairs?.NewItems ?? 0,
            VanishedItems = pairs?.VanishedItems ?? 0,
            NullReason = rounded is not null ? null
                : current.IsEmpty ? NullReasons.EmptyPeriod
                : compared is null ? GrowthReasons.NoEarlierPeriod
                : pairs is null ? NullReasons.EmptyPeriod
                : growth!.Index.NullReason ?? NullReasons.OutOfRange,
        }, [.. rows.Where(row => request.After is not { } after || IsAfter(row.Position, after))]);
    }

    private static bool IsAfter(ExplainPosition row, ExplainPosition after)
    {
        var order = Number(after.Gdp).CompareTo(Number(row.Gdp));
        return order > 0 || (order == 0 && int.Parse(row.Key[0], CultureInfo.InvariantCulture) > int.Parse(after.Key[0], CultureInfo.InvariantCulture));
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    // The period before is nearly always the one: only where it is empty is the time before it read.
    private static async Task<(Period? Compared, Basket Basket)> BaseAsync(
        RollUpSnapshot snapshot, ExplainRequest request, StatisticsOptions options, CancellationToken cancellationToken)
    {
        if (request.ComparedWith is { } asked)
            return (asked, await BasketAsync(snapshot, request.Figure, asked, options, cancellationToken));
        var before = request.Figure.Calendar.Previous(request.Period);
        var basket = await BasketAsync(snapshot, request.Figure, before, options, cancellationToken);
        if (!basket.IsEmpty)
            return (before, basket);
        var history = request.Figure with { Start = null, End = before.Start, By = [] };
        var panel = await ItemPanel.ReadAsync(snapshot, history, options, cancellationToken);
        for (var t = panel.Periods.Count - 1; t >= 0; t--)
        {
            if (!panel.Groups[0].Baskets[t].IsEmpty)
                return (panel.Periods[t], panel.Groups[0].Baskets[t]);
        }

        return (null, basket);
    }

    private static async Task<Basket> BasketAsync(
        RollUpSnapshot snapshot, FigureRequest request, Period period, StatisticsOptions options, CancellationToken cancellationToken)
    {
        var window = request with { Start = period.Start, End = period.End, By = [] };
        var panel = await ItemPanel.ReadAsync(snapshot, window, options, cancellationToken);
        return panel.Groups.Count == 0 ? new Basket([]) : panel.Groups[0].Baskets[0];
    }

    /// <summary>Two periods item by item.</summary>
    private sealed class Comparison(
        Basket @base, Basket current, BilateralBasket? pairs, Dictionary<int, decimal>? parts, ItemNames names)
    {
        private readonly Dictionary<int, ItemValue> _base = @base.Items.ToDictionary(i => i.Key, i => i.Value);
        private readonly Dictionary<int, ItemValue> _current = current.Items.ToDictionary(i => i.Key, i => i.Value);
        private readonly Dictionary<int, BilateralBasket.Pair> _pairs = pairs is null ? [] : pairs.Pairs.ToArray().ToDictionary(p => p.ItemId);

        public IEnumerable<(ExplainContribution Row, ExplainPosition Position)> Rows() => _base.Keys.Union(_current.Keys)
            .Select(id => (Id: id, Part: parts?.GetValueOrDefault(id) * 100)).OrderByDescending(i => Math.Abs(i.Part ?? 0)).ThenBy(i => i.Id)
            .Select(i => (RowOf(i.Id, i.Part), new ExplainPosition(ExplainLevel.Items, Math.Abs(i.Part ?? 0).ToString("F6", CultureInfo.InvariantCulture),
                [i.Id.ToString(CultureInfo.InvariantCulture), "0", bool.FalseString])));

        private ExplainContribution RowOf(int id, decimal? contribution)
        {
            var (before, now) = (Of(_base, id), Of(_current, id));
            // Where nothing could be imputed, there is no pair of an item that came or went.
            var pair = _pairs.TryGetValue(id, out var compared) ? compared : (BilateralBasket.Pair?)null;
            var (basePrice, price) = (before?.Price ?? pair?.P0, now?.Price ?? pair?.P1);
            return new ExplainContribution
            {
                Producer = names.Of(id, Names[0]),
                Model = names.Of(id, Names[1]),
                TokenClass = names.Of(id, Names[2]),
                ServiceTier = names.Of(id, Names[3]),
                Contribution = contribution?.ToString("F6", CultureInfo.InvariantCulture),
                BasePrice = PerMillion(basePrice),
                BasePriceImputed = before is null && pair is not null,
                BaseQuantity = Text(before?.Quantity ?? 0),
                Price = PerMillion(price),
                PriceImputed = now is null && pair is not null,
                Quantity = Text(now?.Quantity ?? 0),
                PriceRelative = basePrice is > 0 && price is not null ? FigureTable.SixDecimals(price / basePrice) : null,
                BaseShare = Share(before, @base.Value),
                Share = Share(now, current.Value),
            };
        }

        private static ItemValue? Of(Dictionary<int, ItemValue> items, int id) => items.TryGetValue(id, out var item) ? item : null;

        private static string? Share(ItemValue? item, decimal total) =>
            total == 0 ? null : FigureTable.SixDecimals((double)((item?.Value ?? 0) / total));

        private static string Text(decimal quantity) => ExactDecimal.Normalize(quantity).ToString(CultureInfo.InvariantCulture);

        // A price is a quotient: 15 digits of it are certain, and 12 decimals are what unit values have.
        private static string? PerMillion(double? price) => price is not { } some ? null
            : some * 1e6 < 1e15 ? Text(decimal.Round((decimal)(some * 1e6), UnitValue.Decimals, MidpointRounding.AwayFromZero))
            : (some * 1e6).ToString("F0", CultureInfo.InvariantCulture);
    }
}
