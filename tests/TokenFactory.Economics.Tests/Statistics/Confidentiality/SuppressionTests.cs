using System.Numerics;
using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics.Confidentiality;

public sealed class SuppressionTests
{
    private const int Samples = 2_000;

    [Theory]
    [InlineData(3, 0, 3, 100, 100, true)]
    [InlineData(3, 0, 2, 100, 1, false)]
    [InlineData(0, 75, 2, 100, 75, true)]
    [InlineData(0, 75, 2, 100, 76, false)]
    [InlineData(0, 75, 0, 0, 0, true)]
    [InlineData(3, 75, 0, 0, 0, true)]
    [InlineData(3, 75, 1, 1, 1, false)]
    [InlineData(0, 0, 1, 100, 100, true)]
    [InlineData(3, 75, 3, 100, 75, true)]
    [InlineData(3, 75, 3, 100, 76, false)]
    public void A_cell_tells_too_much_below_the_threshold_or_above_the_dominance(int n, int k, int contributors, long gross, long largest, bool isAllowed)
    {
        var rule = new DisclosureRule(n, k);
        var (asked, even) = (new Contributed(contributors, gross, gross, largest), new Contributed(100, 100, 100, 1));

        rule.Allows(asked, even).Should().Be(isAllowed);
        rule.Allows(even, asked).Should().Be(isAllowed);
    }

    [Fact]
    public void A_cell_of_nobody_tells_of_few()
    {
        new DisclosureRule(1, 0).Allows(default, default).Should().BeFalse();
        new DisclosureRule(0, 75).Allows(default, default).Should().BeTrue();
    }

    // Three accounts are behind it, but the money is that of one.
    [Fact]
    public void Who_contributes_nothing_to_a_figure_hides_nobody_in_it()
    {
        static SmallTable.Contribution Of(int row, int column, int account, long value) => new(row, column, account, value, 100);
        var table = new SmallTable([
            Of(1, 1, 1, 7), Of(1, 1, 2, 0), Of(1, 1, 3, 0), .. Enumerable.Range(1, 4).SelectMany(a => new[] { Of(1, 2, a, 5), Of(2, 1, a, 5), Of(2, 2, a, 5) })]);

        Suppression.Primary(table.Cells, new DisclosureRule(3, 0)).Should().Equal([new CellPlace(1, 1)]);
    }

    [Fact]
    public void Every_measure_that_is_published_is_of_enough_or_of_nobody()
    {
        Gen.Select(SmallTable.Any, SmallTable.Rule).Sample((table, rule) =>
        {
            var withheld = Suppression.Of(table.Cells, rule);

            foreach (var place in table.Cells.Select(c => c.Place).Where(p => !withheld.Contains(p)))
                table.Allows(rule, [.. table.Inner.Where(p => (place.Row ?? p.Row) == p.Row && (place.Column ?? p.Column) == p.Column)]).Should().BeTrue($"{place} is published");
        }, iter: Samples);
    }

    [Fact]
    public void Whoever_asks_everything_can_tell_no_withheld_cell()
    {
        Gen.Select(SmallTable.Any, SmallTable.Rule).Sample((table, rule) =>
        {
            var withheld = Suppression.Of(table.Cells, rule);
            var published = table.Published(withheld);

            Suppression.Primary(table.Cells, rule).Should().BeSubsetOf(withheld);
            table.Told(withheld, (rows, columns) => published.PartsOf(rows, columns) is { Count: > 0 }).Should().BeEmpty();
        }, iter: Samples);
    }

    [Fact]
    public void Nor_can_who_knows_that_no_figure_is_below_0()
    {
        Gen.Select(SmallTable.Any, SmallTable.Rule).Sample((table, rule) =>
        {
            var withheld = Suppression.Of(table.Cells, rule);

            withheld.Where(place => !table.CouldBeLarger(place, withheld)).Should().BeEmpty();
        }, iter: Samples / 2);
    }

    // Without these the attack above could be one that never succeeds.
    [Fact]
    public void Without_secondary_suppression_withheld_cells_are_told()
    {
        var told = 0;
        Gen.Select(SmallTable.Any, SmallTable.Rule).Sample((table, rule) =>
        {
            var withheld = Suppression.Primary(table.Cells, rule);
            var published = table.Published(withheld);
            if (table.Told(withheld, (rows, columns) => published.PartsOf(rows, columns) is { Count: > 0 }).Count > 0)
                Interlocked.Increment(ref told);
        }, iter: Samples);

        told.Should().BeGreaterThan(Samples / 20);
    }

    [Fact]
    public void One_sum_too_many_tells_withheld_cells()
    {
        var told = 0;
        Gen.Select(SmallTable.Any, SmallTable.Rule).Sample((table, rule) =>
        {
            var withheld = Suppression.Of(table.Cells, rule);
            var published = table.Published(withheld);
            var leaked = withheld.Where(p => !p.IsTotal).Order().FirstOrDefault();
            // A filter that forgets what is withheld, for one cell and for the rest of its row.
            bool IsLeaked(int[]? rows, int[]? columns) => leaked != default && rows is [var row] && row == leaked.Row && columns is not null && !columns.Contains(leaked.Column!.Value);
            if (table.Told(withheld, (rows, columns) => published.PartsOf(rows, columns) is { Count: > 0 } || IsLeaked(rows, columns)).Count > 0)
                Interlocked.Increment(ref told);
        }, iter: Samples);

        told.Should().BeGreaterThan(Samples / 20);
    }

    [Fact]
    public void What_is_left_of_a_published_total_is_nobodys_alone()
    {
        Gen.Select(SmallTable.Any, SmallTable.Rule).Sample((table, rule) =>
        {
            var withheld = Suppression.Of(table.Cells, rule);

            foreach (var total in table.Cells.Select(c => c.Place).Where(p => p.IsTotal && !withheld.Contains(p)))
            {
                CellPlace[] left = [.. table.Inner.Where(p => withheld.Contains(p) && (total.Row ?? p.Row) == p.Row && (total.Column ?? p.Column) == p.Column)];
                // The line of totals has the totals of rows for its parts, and what is left is told of those.
                if (total != default && left.Length > 0)
                    table.Allows(rule, left).Should().BeTrue($"{total} is published");
            }
        }, iter: Samples);
    }

    [Fact]
    public void The_pattern_does_not_depend_on_the_order_of_the_cells()
    {
        Gen.Select(SmallTable.Any, SmallTable.Rule, Gen.Int).Sample((table, rule, seed) =>
        {
            var cells = table.Cells.ToArray();
            new Random(seed).Shuffle(cells);

            Suppression.Of(cells, rule).Should().BeEquivalentTo(Suppression.Of(table.Cells, rule));
        }, iter: 300);
    }

    [Fact]
    public void Nothing_is_withheld_where_no_cell_tells_too_much()
    {
        SmallTable.Any.Sample(table => Suppression.Of(table.Cells, new DisclosureRule(0, 0)).Should().BeEmpty(), iter: 300);
    }

    // Three rows and three columns of four accounts each, but for one cell that has a single one: three more make a cycle, those of the least value, and every
    // total stays.
    [Fact]
    public void One_cell_that_tells_too_much_takes_three_others_with_it_and_no_total()
    {
        var table = new SmallTable([.. from row in Enumerable.Range(1, 3) from column in Enumerable.Range(1, 3)
            from account in Enumerable.Range(1, row == 1 && column == 1 ? 1 : 4) select new SmallTable.Contribution(row, column, account, 10 * row * column, 100)]);

        Suppression.Of(table.Cells, new DisclosureRule(3, 0)).Order().Should().Equal([new(1, 1), new(1, 2), new(2, 1), new(2, 2)]);
    }

    [Fact]
    public void A_cell_that_is_alone_in_its_row_takes_the_total_of_the_row_with_it()
    {
        var table = new SmallTable([.. from row in Enumerable.Range(1, 3) from column in Enumerable.Range(1, row == 3 ? 1 : 3)
            from account in Enumerable.Range(1, row == 3 ? 1 : 5) select new SmallTable.Contribution(row, column, account, 10, 100)]);

        var withheld = Suppression.Of(table.Cells, new DisclosureRule(3, 0));

        withheld.Should().Contain([new(3, 1), new(3, null)]).And.NotContain(default(CellPlace));
        table.Published(withheld).PartsOf([3], null).Should().BeNull("it is the cell");
    }

    // Everybody knows that no figure is below 0: where what is left of a row is 0, all of its withheld cells are.
    [Fact]
    public void A_cell_of_nothing_is_no_cover_for_another_one_of_nothing()
    {
        static SmallTable.Contribution Of(int row, int column, int account, long value) => new(row, column, account, value, 100);
        var table = new SmallTable([
            Of(1, 1, 1, 0), .. Enumerable.Range(1, 4).Select(a => Of(1, 2, a, 0)), .. Enumerable.Range(1, 4).Select(a => Of(1, 3, a, 7)),
            .. Enumerable.Range(1, 4).SelectMany(a => new[] { Of(2, 1, a, 5), Of(2, 2, a, 5), Of(2, 3, a, 50) })]);

        var withheld = Suppression.Of(table.Cells, new DisclosureRule(3, 0));

        withheld.Should().Contain(new CellPlace(1, 1)).And.Contain(new CellPlace(1, 3), "something of the row that is left must have a value");
    }

    [Fact]
    public void A_table_without_its_totals_or_with_a_cell_twice_is_none()
    {
        var cell = new TableCell(new(1, 1), new Contributed(1, BigInteger.One, 1, 1), new Contributed(1, 1, 1, 1));

        FluentActions.Invoking(() => Suppression.Of([cell], new DisclosureRule(3, 0))).Should().Throw<ArgumentException>().WithMessage("*missing*");
        FluentActions.Invoking(() => Suppression.Of([cell, cell], new DisclosureRule(3, 0))).Should().Throw<ArgumentException>().WithMessage("*twice*");
    }
}
