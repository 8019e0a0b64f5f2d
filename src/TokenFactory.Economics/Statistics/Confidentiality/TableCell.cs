namespace TokenFactory.Economics.Statistics;

/// <summary>Where a cell is in a table of two dimensions with its margins.</summary>
/// <param name="Row">Null: the total of all rows.</param>
/// <param name="Column">Null: the total of all columns.</param>
public readonly record struct CellPlace(int? Row, int? Column) : IComparable<CellPlace>
{
    public bool IsTotal => Row is null || Column is null;

    /// <summary>The cells of a row before the row's total, the rows before the line of totals.</summary>
    public int CompareTo(CellPlace other) =>
        (Row is null, Row ?? 0, Column is null, Column ?? 0).CompareTo((other.Row is null, other.Row ?? 0, other.Column is null, other.Column ?? 0));

    public static bool operator <(CellPlace left, CellPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(CellPlace left, CellPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(CellPlace left, CellPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CellPlace left, CellPlace right) => left.CompareTo(right) >= 0;
}

/// <summary>A cell of a table, or a total, with what the rules have to know of it: every measure that is published.</summary>
/// <param name="Place">Where.</param>
/// <param name="Value">Money. Those behind a total are not the sum of those behind its cells.</param>
/// <param name="Quantity">Tokens.</param>
public sealed record TableCell(CellPlace Place, Contributed Value, Contributed Quantity)
{
    /// <summary>Whether it could be smaller without any measure falling below 0, which everybody knows that it does not.</summary>
    public bool CanBeSmaller => Value.Net.Sign > 0 && Quantity.Net.Sign > 0;

    /// <summary>Whether all that was recorded is taken back.</summary>
    public bool IsOfNobody => Value.Contributors == 0 && Quantity.Contributors == 0;
}
