namespace TokenFactory.Economics.Measures;

/// <summary>
/// The institutional sector that the tokens were for. <see cref="Unclassified"/> is published beside the other three and inside the
/// total: nothing unknown is ever counted as one of them. The numeric values are stored; never renumber them.
/// </summary>
public enum Sector : short
{
    Unclassified = 0,
    Household = 1,
    Government = 2,
    Enterprise = 3,
}
