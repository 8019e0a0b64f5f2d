using System.Numerics;
using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics.Confidentiality;

/// <summary>A table with everything behind it: who contributes what to which cell.</summary>
internal sealed record SmallTable(IReadOnlyList<SmallTable.Contribution> Contributions)
{
    public sealed record Contribution(int Row, int Column, int Account, long Value, long Quantity);

    /// <summary>Everything that is published of a cell.</summary>
    public static readonly IReadOnlyList<Func<Contribution, long>> Measures = [c => c.Value, c => c.Quantity];

    public static readonly Gen<SmallTable> Any =
        from rows in Gen.Int[1, 4]
        from columns in Gen.Int[1, 5]
        from accounts in Gen.Int[1, 9]
        from contributions in Gen.Select(
            Gen.Int[1, rows], Gen.Int[1, columns], Gen.Int[1, accounts], Gen.Frequency((3, Gen.Long[1, 40]), (1, Gen.Const(0L))), Gen.Long[1, 1_000],
            (row, column, account, value, quantity) => new Contribution(row, column, account, value, quantity)).Array[1, 40]
        select new SmallTable(contributions);

    public static readonly Gen<DisclosureRule> Rule = Gen.Select(Gen.Int[0, 4], Gen.OneOf(0, 0, 60, 85), (n, k) => new DisclosureRule(n, k));

    /// <summary>Every cell with contributors, and every total.</summary>
    public IReadOnlyList<TableCell> Cells => [.. Contributions.SelectMany(PlacesOf).Distinct().Select(CellAt)];

    public IReadOnlyList<CellPlace> Inner => [.. Cells.Select(c => c.Place).Where(p => !p.IsTotal).Order()];

    /// <summary>The table as it is published with this pattern.</summary>
    public PublishedTable Published(IReadOnlySet<CellPlace> withheld) => new(Cells.ToDictionary(c => c.Place, c => !withheld.Contains(c.Place)));

    /// <summary>Whether some cells together, by who is behind them, may be published.</summary>
    public bool Allows(DisclosureRule rule, IReadOnlyCollection<CellPlace> together) => Allows(rule, Contributions.Where(c => together.Contains(new(c.Row, c.Column))));

    /// <summary>Every question that can be asked of it: some rows or all, some columns or all, and all that are there by name.</summary>
    public IEnumerable<(int[]? Rows, int[]? Columns)> Questions()
    {
        int[] rows = [.. Inner.Select(p => p.Row!.Value).Distinct()], columns = [.. Inner.Select(p => p.Column!.Value).Distinct()];
        foreach (var some in Subsets(rows).Prepend(null))
        foreach (var across in Subsets(columns).Prepend(null))
            yield return (some, across);
    }

    /// <summary>Of which of these cells and totals whoever asks everything can tell some measure exactly.</summary>
    public List<CellPlace> Told(IReadOnlyCollection<CellPlace> places, Func<int[]?, int[]?, bool> isAnswered)
    {
        var inner = Inner;
        var answered = Questions().Where(q => isAnswered(q.Rows, q.Columns)).Select(q => Enumerable.Range(0, inner.Count)
            .Where(i => q.Rows?.Contains(inner[i].Row!.Value) != false && q.Columns?.Contains(inner[i].Column!.Value) != false).ToList()).ToList();
        return [.. Measures.SelectMany(ToldOf).Distinct()];

        IEnumerable<CellPlace> ToldOf(Func<Contribution, long> measure)
        {
            var attack = new LinearAttack(inner.Count);
            BigInteger[] figures = [.. inner.Select(p => (BigInteger)Contributions.Where(c => (c.Row, c.Column) == (p.Row, p.Column)).Sum(measure))];
            foreach (var sum in answered)
                attack.Learn(sum, sum.Aggregate(BigInteger.Zero, (all, i) => all + figures[i]));
            attack.LearnZeros();
            return places.Where(p => attack.Tells(Enumerable.Range(0, inner.Count).Where(i => (p.Row ?? inner[i].Row) == inner[i].Row && (p.Column ?? inner[i].Column) == inner[i].Column)));
        }
    }

    /// <summary>
    /// Whether another table, with no figure below 0, has all the published figures and more in this cell: along some cycle of withheld cells and totals. What is found is
    /// added up: it is a proof whatever it was found by.
    /// </summary>
    public bool CouldBeLarger(CellPlace place, IReadOnlySet<CellPlace> withheld)
    {
        var positive = Cells.Where(c => c is { Value.Net.Sign: > 0, Quantity.Net.Sign: > 0 }).Select(c => c.Place).ToHashSet();
        var isTotal = IsSumOfALine(place);
        (bool IsRow, int? Line) from = isTotal ? (false, place.Column) : (true, place.Row), to = isTotal ? (true, place.Row) : (false, place.Column);
        return Walk(from, [from], new() { [place] = 1 });

        bool Walk((bool IsRow, int? Line) at, List<(bool, int?)> visited, Dictionary<CellPlace, int> change)
        {
            if (at == to)
                return Fits(change, positive, withheld);
            foreach (var over in withheld.Where(p => (at.IsRow ? p.Row : p.Column) == at.Line && !change.ContainsKey(p)))
            {
                (bool, int?) next = at.IsRow ? (false, over.Column) : (true, over.Row);
                if (!visited.Contains(next) && Walk(next, [.. visited, next], new(change) { [over] = at.IsRow == IsSumOfALine(over) ? 1 : -1 }))
                    return true;
            }

            return false;
        }
    }

    private bool Fits(Dictionary<CellPlace, int> change, HashSet<CellPlace> positive, IReadOnlySet<CellPlace> withheld) =>
        change.All(c => withheld.Contains(c.Key) && (c.Value > 0 || positive.Contains(c.Key)))
        && Cells.Select(c => c.Place).Where(p => p.IsTotal).All(total => change.GetValueOrDefault(total)
            == change.Where(c => !c.Key.IsTotal && (total.Row ?? c.Key.Row) == c.Key.Row && (total.Column ?? c.Key.Column) == c.Key.Column).Sum(c => c.Value));

    private static bool IsSumOfALine(CellPlace place) => place.Row is null != place.Column is null;

    private static IEnumerable<int[]?> Subsets(int[] all) =>
        Enumerable.Range(1, (1 << all.Length) - 1).Select(bits => all.Where((_, i) => (bits & (1 << i)) != 0).ToArray());

    private static IEnumerable<CellPlace> PlacesOf(Contribution c) => [new(c.Row, c.Column), new(c.Row, null), new(null, c.Column), default];

    private TableCell CellAt(CellPlace place)
    {
        var behind = Contributions.Where(c => PlacesOf(c).Contains(place)).ToList();
        return new TableCell(place, Sum(behind, c => c.Value), Sum(behind, c => c.Quantity));
    }

    private static bool Allows(DisclosureRule rule, IEnumerable<Contribution> contributions)
    {
        // Counted from the contributions: of each measure who contributes to it, and to some measure somebody.
        var measures = Measures.Select(measure => contributions.GroupBy(c => c.Account, (_, of) => of.Sum(measure)).Where(sum => sum != 0).ToList()).ToList();
        return measures.Max(m => m.Count) >= rule.MinContributors && measures.All(m => m.Count == 0
            || (m.Count >= rule.MinContributors && (rule.DominancePercent == 0 || m.Max() * 100 <= m.Sum() * rule.DominancePercent)));
    }

    private static Contributed Sum(List<Contribution> contributions, Func<Contribution, long> measure)
    {
        BigInteger[] accounts = [.. contributions.GroupBy(c => c.Account, (_, of) => new BigInteger(of.Sum(measure)))];
        var sum = accounts.Aggregate(BigInteger.Zero, (a, b) => a + b);
        return new Contributed(accounts.Count(a => !a.IsZero), sum, sum, accounts.Max());
    }
}
