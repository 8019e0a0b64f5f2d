namespace TokenFactory.Economics.Statistics;

/// <summary>A table as it is published: with its totals, and without what is withheld.</summary>
/// <param name="cells">Every cell and total, and whether it is published.</param>
public sealed class PublishedTable(IReadOnlyDictionary<CellPlace, bool> cells)
{
    private readonly int[] _rows = [.. cells.Keys.Select(p => p.Row).OfType<int>().Distinct().Order()];
    private readonly int[] _columns = [.. cells.Keys.Select(p => p.Column).OfType<int>().Distinct().Order()];

    /// <summary>
    /// The published cells and totals whose sum is that of some rows and columns, and nothing else: so that whatever is asked for can tell no more than they do.
    /// Null where there are none such: the sum is confidential. Empty: nobody is behind it.
    /// </summary>
    /// <param name="rows">Null: all of them.</param>
    /// <param name="columns">Null: all of them.</param>
    public IReadOnlyList<CellPlace>? PartsOf(IReadOnlyCollection<int>? rows, IReadOnlyCollection<int>? columns)
    {
        int[] asked = [.. _rows.Where(r => rows?.Contains(r) ?? true)], across = [.. _columns.Where(c => columns?.Contains(c) ?? true)];
        List<CellPlace> inner = [.. asked.SelectMany(r => across.Select(c => new CellPlace(r, c))).Where(cells.ContainsKey)];
        if (inner.Count == 0)
            return [];
        IEnumerable<IReadOnlyList<CellPlace>> ways = (rows, columns) switch
        {
            (null, null) => [[default], [.. asked.Select(r => new CellPlace(r, null))], [.. across.Select(c => new CellPlace(null, c))]],
            (_, null) => [[.. asked.Select(r => new CellPlace(r, null))]],
            (null, _) => [[.. across.Select(c => new CellPlace(null, c))]],
            _ => [],
        };
        return ways.Append(inner).FirstOrDefault(parts => parts.All(p => cells[p]));
    }
}
