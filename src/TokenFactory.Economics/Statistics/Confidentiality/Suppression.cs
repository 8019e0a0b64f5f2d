namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Which cells of a table are withheld, so that none that tells too much can be worked out from what is published: neither a cell from the sums that it is in
/// and the other cells of these, by any linear combination, nor what is left of a line when its published cells are taken from its total, as far as that itself
/// tells too much. Primary suppression are the cells that fail the rule; secondary suppression are further ones, and totals where nothing else helps.
///
/// A table with its margins is a graph: lines are its vertices, cells are its edges from a row to a column, and totals the edges to one more row and one more
/// column. What fits the published figures besides the true table differs from it along cycles of withheld cells, so that a cell is safe exactly where such a
/// cycle leads through it along which figures can change without one falling below 0: a path in the residual network. The cheapest path is withheld: the fewest
/// cells, of the least value; totals at the price of a thousand cells. Sources: M. Fischetti and J. J. Salazar-González, "Solving the Cell Suppression
/// Problem on Tabular Data with Linear Constraints", Management Science (2001); L. H. Cox, "Network Models for Complementary Cell Suppression", Journal of the American
/// Statistical Association (1995); Handbook on Statistical Disclosure Control, chapter 4, for the audit.
/// </summary>
public static class Suppression
{
    /// <summary>The cells that fail the rule by themselves.</summary>
    public static IReadOnlySet<CellPlace> Primary(IReadOnlyList<TableCell> cells, DisclosureRule rule) =>
        cells.Where(c => !Passes(rule, c)).Select(c => c.Place).ToHashSet();

    /// <summary>Primary and secondary suppression. The same cells in any order give the same pattern.</summary>
    /// <param name="cells">Every cell that has contributors, and every total: of each row and column, and of all.</param>
    /// <param name="rule">When a cell tells too much.</param>
    /// <exception cref="ArgumentException">A cell is there twice, or a total is missing.</exception>
    public static IReadOnlySet<CellPlace> Of(IReadOnlyList<TableCell> cells, DisclosureRule rule)
    {
        var network = new SuppressionNetwork(cells);
        var withheld = network.Cells.Where(c => !Passes(rule, c)).Select(c => c.Place).ToHashSet();
        // Each round withholds more or ends it. What is on a cycle of withheld cells stays on it.
        var safe = new HashSet<CellPlace>();
        int before;
        do
        {
            before = withheld.Count;
            foreach (var line in network.Lines)
                WithholdRemainder(line, rule, withheld);
            foreach (var place in withheld.Except(safe).Order().ToList())
            {
                withheld.UnionWith(network.CycleThrough(place, withheld));
                safe.Add(place);
            }
        }
        while (withheld.Count > before);
        return withheld;
    }

    // Total less published cells: a cell of its own. Who is behind two of its parts is counted for one part at most, and is the largest of both.
    private static void WithholdRemainder(TableLine line, DisclosureRule rule, HashSet<CellPlace> withheld)
    {
        var parts = line.Cells.Where(c => withheld.Contains(c.Place)).ToList();
        if (parts.Count == 0)
            return;
        var left = parts.Aggregate(Together);
        while (!Passes(rule, left) && !withheld.Contains(line.Total.Place))
        {
            var next = line.Cells.Where(c => !withheld.Contains(c.Place)).MinBy(c => (!Passes(rule, Together(left, c)), c.Value.Gross, c.Place));
            withheld.Add((next ?? line.Total).Place);
            left = next is null ? left : Together(left, next);
        }
    }

    private static TableCell Together(TableCell some, TableCell more) => some with { Value = some.Value + more.Value, Quantity = some.Quantity + more.Quantity };

    private static bool Passes(DisclosureRule rule, TableCell cell) => rule.Allows(cell.Value, cell.Quantity);
}
