using System.Globalization;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Takes the growth of the Fisher apart: what each group added to it.</summary>
internal sealed class ContributionFigures(IOptions<StatisticsOptions> options)
{
    /// <summary>Of contributions and of growth, both parts of 1.</summary>
    public const int Decimals = 8;

    private static readonly Dimension[] OfItems = [Dimension.Producer, Dimension.Model, Dimension.TokenClass, Dimension.ServiceTier];

    /// <summary>The answer to a request; its groups are what contributes.</summary>
    /// <exception cref="TooManyRowsException">It would be larger than an answer may be, or needs more item-periods.</exception>
    public async Task<ContributionAnswer> AnswerAsync(RollUpSnapshot snapshot, FigureRequest request, IndexKind kind, CancellationToken cancellationToken)
    {
        // What is bought by two sectors is two products as soon as sectors contribute.
        var ofSectors = request with { By = request.By.Contains(Dimension.Sector) ? [Dimension.Sector] : [] };
        var panel = await ItemPanel.ReadAsync(snapshot, ofSectors, options.Value, cancellationToken);
        var names = await ItemNames.ReadAsync(snapshot.Connection, panel.Groups.SelectMany(g => g.Items).SelectMany(i => i, (_, item) => item.Key), cancellationToken);
        var products = new Products(panel, names, request.By);
        var rows = new List<ContributionRow>();
        for (int t = 0, before = -1; t < panel.Periods.Count; t++)
        {
            var current = products.BasketAt(t);
            rows.AddRange(RowsOf(panel, products, request, kind, before, t, current));
            if (rows.Count > options.Value.MaxRows)
                throw new TooManyRowsException(options.Value.MaxRows);
            before = current.IsEmpty ? before : t;
        }

        return new ContributionAnswer
        {
            Rows = rows,
            Index = WireJson.NameOf(kind),
            Currency = panel.Context.Currency,
            Unit = "percentage points",
            Frequency = WireJson.NameOf(request.Frequency),
            TimeZone = request.Calendar.Zone.Id,
            By = [.. request.By.Select(d => d.Name())],
            AsOf = panel.Context.AsOf,
            CompleteThrough = panel.Context.CompleteThrough,
        };
    }

    private IEnumerable<ContributionRow> RowsOf(
        ItemPanel panel, Products products, FigureRequest request, IndexKind kind, int before, int t, Basket current)
    {
        var @base = before < 0 ? null : products.BasketAt(before);
        var pairs = @base is null || current.IsEmpty ? null : BilateralBasket.Of(@base, current, ItemSelection.Union);
        var growth = pairs is null ? null : kind == IndexKind.Quantity ? Contributions.FisherQuantity(pairs) : Contributions.Fisher(pairs);
        var rounded = growth?.Round(Decimals);
        var why = rounded is not null ? null
            : current.IsEmpty ? NullReasons.EmptyPeriod
            : @base is null ? GrowthReasons.NoEarlierPeriod
            : growth!.Index.NullReason ?? NullReasons.OutOfRange;
        var parts = rounded is { } of ? Contributions.Roll(of.Items, products.GroupOf).ToDictionary(p => p.Key, p => p.Value) : [];
        var (start, end, isPartial) = FigureTable.Cover(panel.Periods[t], request, panel.Context);
        foreach (var group in products.GroupsOf(@base, current))
        {
            yield return FigureTable.WithGroup(new ContributionRow
            {
                Period = panel.Periods[t].Label,
                Start = start,
                End = end,
                Contribution = rounded is null ? null : Percent(parts.GetValueOrDefault(group.Number)),
                Growth = rounded is { } whole ? Percent(whole.Growth) : null,
                ComparedWith = pairs is null ? null : panel.Periods[before].Label,
                MatchedShare = FigureTable.SixDecimals(pairs?.MatchedShare),
                NewItems = pairs is null ? 0 : group.NewItems,
                VanishedItems = pairs is null ? 0 : group.VanishedItems,
                NullReason = why,
                Partial = isPartial,
                Status = FigureTable.StatusOf(panel.Periods[t], panel.Context.AsOf, options.Value),
            }, request.By, products.NamesOf(group.Number));
        }
    }

    public static string Percent(decimal part) => (part * 100).ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>One group of one comparison.</summary>
    private readonly record struct GroupItems(int Number, int NewItems, int VanishedItems);

    /// <summary>What contributes: items, or items of a sector, and the groups that they belong to.</summary>
    private sealed class Products
    {
        private readonly List<Basket> _baskets = [];
        private readonly List<IReadOnlyList<string>> _groups = [];
        private readonly List<int> _groupOf = [];
        private readonly GroupOrder _order;

        public Products(ItemPanel panel, ItemNames names, IReadOnlyList<Dimension> by)
        {
            _order = new GroupOrder(by);
            var ids = new Dictionary<(int Sector, int Item), int>();
            var groups = new Dictionary<IReadOnlyList<string>, int>(GroupComparer.Instance);
            for (var t = 0; t < panel.Periods.Count; t++)
                _baskets.Add(new Basket(panel.Groups.SelectMany((sector, s) => sector.Items[t].Select(i => KeyValuePair.Create(IdOf(s, i.Key), i.Value)))));

            int IdOf(int sector, int item)
            {
                if (ids.TryGetValue((sector, item), out var known))
                    return known;
                string[] group = [.. by.Select(d => d == Dimension.Sector ? panel.Groups[sector].Names[0] : names.Of(item, d))];
                if (!groups.TryGetValue(group, out var number))
                {
                    groups.Add(group, number = _groups.Count);
                    _groups.Add(group);
                }

                _groupOf.Add(number);
                ids.Add((sector, item), _groupOf.Count - 1);
                return _groupOf.Count - 1;
            }
        }

        public Basket BasketAt(int t) => _baskets[t];

        public int GroupOf(int product) => _groupOf[product];

        public IReadOnlyList<string> NamesOf(int group) => _groups[group];

        /// <summary>The groups of two baskets, in the order of answers, with what came and went.</summary>
        public IEnumerable<GroupItems> GroupsOf(Basket? @base, Basket current)
        {
            var (old, now) = (new HashSet<int>(@base?.Ids.ToArray() ?? []), new HashSet<int>(current.Ids.ToArray()));
            return old.Union(now).GroupBy(GroupOf)
                .Select(g => new GroupItems(g.Key, g.Count(i => !old.Contains(i)), g.Count(i => !now.Contains(i))))
                .OrderBy(g => _groups[g.Number], _order);
        }
    }

    /// <summary>The groups of a request that names none: each item.</summary>
    public static FigureRequest ByItem(FigureRequest request) => request.By.Count > 0 ? request : request with { By = OfItems };
}
