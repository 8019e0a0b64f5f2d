using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What a group brought in one period, beside its items.</summary>
/// <param name="Value">Money of the priced part.</param>
/// <param name="Quantity">Tokens, priced or not.</param>
/// <param name="PricedQuantity">Tokens whose value is known.</param>
/// <param name="FreeQuantity">Those of them that were priced at 0.</param>
internal readonly record struct PanelTotals(decimal Value, decimal Quantity, decimal PricedQuantity, decimal FreeQuantity)
{
    /// <summary>The four sums over cells, as SQL that writes them as texts.</summary>
    public const string Sums =
        "trim_scale(sum(d.reporting_amount))::text, sum(d.quantity)::text, sum(d.priced_quantity)::text, sum(d.free_quantity)::text";

    /// <summary>The same of one cell: null for a quantity that is all priced, and where nothing is free.</summary>
    public const string Cell =
        "trim_scale(d.reporting_amount)::text, nullif(d.quantity, d.priced_quantity)::text, d.priced_quantity::text, nullif(d.free_quantity, 0)::text";

    /// <summary>Reads them from four columns, <paramref name="first"/> the first.</summary>
    public static PanelTotals Read(NpgsqlDataReader row, int first)
    {
        var priced = Number(row, first + 2);
        return new(Number(row, first), row.IsDBNull(first + 1) ? priced : Number(row, first + 1), priced, row.IsDBNull(first + 3) ? 0 : Number(row, first + 3));
    }

    /// <summary>Free tokens per priced token; null where none is priced.</summary>
    public double? FreeShare => PricedQuantity > 0 ? (double)(FreeQuantity / PricedQuantity) : null;

    /// <summary>Unpriced tokens per token; null where there are none.</summary>
    public double? UnpricedShare => Quantity > 0 ? (double)((Quantity - PricedQuantity) / Quantity) : null;

    public PanelTotals Plus(PanelTotals other) =>
        new(Value + other.Value, Quantity + other.Quantity, PricedQuantity + other.PricedQuantity, FreeQuantity + other.FreeQuantity);

    private static decimal Number(NpgsqlDataReader row, int column) => ItemPanel.Number(row.GetString(column));
}

/// <summary>The items of one group over the panel's periods.</summary>
/// <param name="Names">One name per dimension of the request, in its order.</param>
/// <param name="Baskets">One per period, in order; empty ones included.</param>
/// <param name="Totals">Likewise.</param>
/// <param name="Items">What the baskets are made of, by id: items too whose corrections outweigh what they correct.</param>
internal sealed record PanelGroup(
    IReadOnlyList<string> Names, IReadOnlyList<Basket> Baskets, IReadOnlyList<PanelTotals> Totals,
    IReadOnlyList<IReadOnlyList<KeyValuePair<int, ItemValue>>> Items);

/// <summary>Items by period and group: what every index number is made from.</summary>
/// <param name="Context">The moment that it is of.</param>
/// <param name="Periods">Every period from the first with data to the last, in order.</param>
/// <param name="Groups">In the order of answers. Every group runs over the same periods, so that series can be laid side by side.</param>
internal sealed record ItemPanel(FigureContext Context, IReadOnlyList<Period> Periods, IReadOnlyList<PanelGroup> Groups)
{
    private const string Sums = $"d.item_id, {PanelTotals.Sums}";

    /// <summary>Reads the panel of a request in a moment of its own.</summary>
    /// <exception cref="TooManyRowsException">It has more than <see cref="StatisticsOptions.MaxItemPeriods"/> item-periods, or more than <see cref="StatisticsOptions.MaxRows"/> periods x groups.</exception>
    public static async Task<ItemPanel> ReadAsync(
        NpgsqlDataSource dataSource, FigureRequest request, StatisticsOptions options, CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, request, cancellationToken);
        return await ReadAsync(snapshot, request, options, cancellationToken);
    }

    /// <summary>Reads the panel of a request in a moment that is open already.</summary>
    /// <exception cref="TooManyRowsException">As above.</exception>
    public static Task<ItemPanel> ReadAsync(
        RollUpSnapshot snapshot, FigureRequest request, StatisticsOptions options, CancellationToken cancellationToken) =>
        ReadAsync(snapshot, new CellQuery(request, snapshot.Moment, CellColumns.Item), null, request, options, cancellationToken);

    /// <summary>The same of other sums.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="sums">As SQL: the item's id, and as texts its value, its quantity, and of that what is priced and what is free; null: those of its output.</param>
    /// <param name="request">Which periods and groups.</param>
    /// <param name="options">How much it may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TooManyRowsException">As above.</exception>
    public static async Task<ItemPanel> ReadAsync(
        RollUpSnapshot snapshot, CellQuery cells, string? sums, FigureRequest request, StatisticsOptions options, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<IReadOnlyList<string>, Dictionary<Period, PeriodItems>>(GroupComparer.Instance);
        var periods = new SortedSet<Period>();
        var (lastPeriod, lastGroup, last) = (default(Period), (IReadOnlyList<string>?)null, PeriodItems.None);
        var (isGrouped, count) = (sums is not null || !cells.IsGrouped, 0);
        void Add(PeriodItems items, NpgsqlDataReader row, int first)
        {
            if (items.Add(row.GetInt32(first), PanelTotals.Read(row, first + 1)) && ++count > options.MaxItemPeriods)
                throw new TooManyRowsException(options.MaxItemPeriods);
        }

        var columns = sums ?? (isGrouped ? Sums : $"d.item_id, {PanelTotals.Cell}");
        await FigureReader.ReadGroupsAsync(snapshot, request, cells, options.MaxItemPeriods, columns, ", d.item_id", (row, period, group, first) =>
        {
            if (ReferenceEquals(group, lastGroup) && period == lastPeriod)
            {
                Add(last, row, first);
                return;
            }

            periods.Add(period);
            if (!rows.TryGetValue(group, out var byPeriod))
                rows.Add(group, byPeriod = []);
            if (!byPeriod.TryGetValue(period, out var items))
                byPeriod.Add(period, items = new PeriodItems());
            Add(items, row, first);
            (lastPeriod, lastGroup, last) = (period, group, items);
        }, cancellationToken, isGrouped);
        if (periods.Count == 0)
            return new ItemPanel(snapshot.Context, [], []);
        Period[] all = [.. request.Calendar.Range(request.Frequency, periods.Min.Start, periods.Max.End).Take(options.MaxRows + 1)];
        if ((long)all.Length * rows.Count > options.MaxRows)
            throw new TooManyRowsException(options.MaxRows);
        return new ItemPanel(snapshot.Context, all, [.. rows.OrderBy(g => g.Key, new GroupOrder(request.By)).Select(g => GroupOf(g.Key, g.Value, all))]);
    }

    private static PanelGroup GroupOf(IReadOnlyList<string> names, Dictionary<Period, PeriodItems> rows, Period[] periods)
    {
        var totals = Array.ConvertAll(periods, p => (rows.GetValueOrDefault(p) ?? PeriodItems.None).Totals);
        var items = Array.ConvertAll(periods, p => (rows.GetValueOrDefault(p) ?? PeriodItems.None).Items);
        return new PanelGroup(names, Array.ConvertAll(items, i => new Basket(i)), totals, items);
    }

    /// <summary>A sum, from its text. The driver refuses one of more than 28 digits; parsing rounds it to as many, which no index number or share ever sees. GDP stays text.</summary>
    public static decimal Number(string sum) =>
        decimal.Parse(sum, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private sealed class PeriodItems
    {
        public static readonly PeriodItems None = new();

        private readonly Dictionary<int, ItemValue> _items = [];

        /// <summary>By their ids: cells come in whatever order the database has them, and no figure may depend on that.</summary>
        public KeyValuePair<int, ItemValue>[] Items
        {
            get
            {
                KeyValuePair<int, ItemValue>[] items = [.. _items];
                for (var i = 1; i < items.Length; i++)
                {
                    if (items[i].Key > items[i - 1].Key)
                        continue;
                    Array.Sort(items, static (left, right) => left.Key.CompareTo(right.Key));
                    break;
                }

                return items;
            }
        }

        public PanelTotals Totals { get; private set; }

        /// <summary>Adds a cell; true where it is the first of its item.</summary>
        public bool Add(int itemId, PanelTotals sums)
        {
            Totals = Totals.Plus(sums);
            ref var item = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, itemId, out var isKnown);
            // Divided by a 1 of many decimals a sum loses the zeros at its end, as one that the database made.
            item = isKnown
                ? new ItemValue((item.Value + sums.Value) / 1.0000000000000000000000000000m, item.Quantity + sums.PricedQuantity)
                : new ItemValue(sums.Value, sums.PricedQuantity);
            return !isKnown;
        }
    }
}
