namespace TokenFactory.Economics.Statistics;

/// <summary>The price movements that a multilateral method finds in one window of periods. Periods are numbered as in the panel.</summary>
internal interface IMultilateralWindow
{
    /// <summary>ln of the price index of one period on another, both of the window; NaN where the window does not tie them; 0 for the same period.</summary>
    double LogMovement(int from, int to);

    /// <summary>Why there is no movement between two periods: one of <see cref="NullReasons"/>.</summary>
    string NullReason(int from, int to);
}

/// <summary>A window whose method gives each period a level: movements are differences between periods that are tied together.</summary>
/// <param name="start">The first period.</param>
/// <param name="logLevels">ln of the level of each period, on a scale of its component.</param>
/// <param name="components">Levels are comparable between periods of the same component only.</param>
/// <param name="whyApart">Why two periods are in different components.</param>
internal sealed class LevelsWindow(int start, double[] logLevels, int[] components, Func<int, int, string> whyApart) : IMultilateralWindow
{
    public double LogMovement(int from, int to)
    {
        if (from == to)
            return 0;
        var movement = AreTied(from, to) ? logLevels[to - start] - logLevels[from - start] : double.NaN;
        return double.IsFinite(movement) ? movement : double.NaN;
    }

    public string NullReason(int from, int to) => AreTied(from, to) ? NullReasons.OutOfRange : whyApart(from, to);

    private bool AreTied(int from, int to) => components[from - start] == components[to - start];
}
