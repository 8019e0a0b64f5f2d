namespace TokenFactory.Economics.Statistics;

/// <summary>A row or a column of a table, or one of its two lines of totals.</summary>
/// <param name="Total">What the cells sum to.</param>
/// <param name="Cells">In the order of places.</param>
internal sealed record TableLine(TableCell Total, IReadOnlyList<TableCell> Cells);

/// <summary>
/// A table as a network: figures may change along a way from line to line without any sum of a line changing, where what one cell of the line gains another loses.
/// A way leads from a row to a column over a cell that gets smaller or a total that gets larger, and from a column to a row the other way round.
/// </summary>
internal sealed class SuppressionNetwork
{
    private const double TotalPrice = 1e3;
    private const double GrandTotalPrice = 1e6;

    private readonly Dictionary<CellPlace, TableCell> _cells = [];
    private readonly Dictionary<Vertex, List<TableCell>> _at = [];
    private readonly Dictionary<CellPlace, double> _prices;

    /// <exception cref="ArgumentException">A cell is there twice, or a total is missing.</exception>
    public SuppressionNetwork(IReadOnlyList<TableCell> cells)
    {
        foreach (var cell in cells.OrderBy(c => c.Place))
        {
            if (!_cells.TryAdd(cell.Place, cell))
                throw new ArgumentException($"{cell.Place} is there twice.", nameof(cells));
            AtOf(RowOf(cell)).Add(cell);
            AtOf(ColumnOf(cell)).Add(cell);
        }

        foreach (var place in _cells.Keys)
        {
            if (!_cells.ContainsKey(new(place.Row, null)) || !_cells.ContainsKey(new(null, place.Column)))
                throw new ArgumentException($"A total of {place} is missing.", nameof(cells));
        }

        _prices = _cells.ToDictionary(c => c.Key, c => PriceOf(c.Value));
    }

    public IReadOnlyCollection<TableCell> Cells => _cells.Values;

    /// <summary>Every line, each with its total.</summary>
    public IEnumerable<TableLine> Lines => _at.Select(line => new TableLine(
        line.Value.Single(c => IsTotalOf(line.Key, c)), [.. line.Value.Where(c => !IsTotalOf(line.Key, c))]));

    /// <summary>
    /// The cells of the cheapest cycle along which a cell can get larger while all others that are not withheld stay as they are; what is withheld already costs nothing. There
    /// always is one, at worst through its totals and that of all.
    /// </summary>
    public IEnumerable<CellPlace> CycleThrough(CellPlace place, IReadOnlySet<CellPlace> withheld)
    {
        var cell = _cells[place];
        var (from, to) = IsMarginal(place) ? (ColumnOf(cell), RowOf(cell)) : (RowOf(cell), ColumnOf(cell));
        var reached = new Dictionary<Vertex, (double Price, TableCell? Over, Vertex Before)> { [from] = (0, null, from) };
        var queue = new PriorityQueue<Vertex, (double, int)>();
        var order = 0;
        queue.Enqueue(from, (0, order++));
        var settled = new HashSet<Vertex>();
        while (queue.TryDequeue(out var at, out _))
        {
            if (!settled.Add(at))
                continue;
            if (at == to)
                break;
            foreach (var over in _at[at])
            {
                if (over.Place == place || !Leads(over, at))
                    continue;
                var (next, price) = (at.IsRow ? ColumnOf(over) : RowOf(over), reached[at].Price + (withheld.Contains(over.Place) ? 0 : _prices[over.Place]));
                if (reached.TryGetValue(next, out var known) && known.Price <= price)
                    continue;
                reached[next] = (price, over, at);
                queue.Enqueue(next, (price, order++));
            }
        }

        for (var at = to; at != from; at = reached[at].Before)
            yield return reached[at].Over!.Place;
    }

    // A total of a row or of a column: what its line sums to, of the other sign than what is summed. That of all is both.
    private static bool IsMarginal(CellPlace place) => place.Row is null != place.Column is null;

    // From a row a cell gets smaller, from a column larger; totals the other way round.
    private static bool Leads(TableCell over, Vertex at) => at.IsRow == IsMarginal(over.Place) || over.CanBeSmaller;

    private static bool IsTotalOf(Vertex line, TableCell cell) => line.IsRow ? cell.Place.Column is null : cell.Place.Row is null;

    // The fewest first, and of as many those of the least value.
    private double PriceOf(TableCell cell)
    {
        var all = _cells[default].Value.Gross;
        var share = all.IsZero ? 0 : (double)cell.Value.Gross / (double)all;
        return cell.Place == default ? GrandTotalPrice : cell.Place.IsTotal ? TotalPrice + share : 1 + share;
    }

    private List<TableCell> AtOf(Vertex vertex) => _at.TryGetValue(vertex, out var cells) ? cells : _at[vertex] = [];

    private static Vertex RowOf(TableCell cell) => new(true, cell.Place.Row);

    private static Vertex ColumnOf(TableCell cell) => new(false, cell.Place.Column);

    private readonly record struct Vertex(bool IsRow, int? Line);
}
