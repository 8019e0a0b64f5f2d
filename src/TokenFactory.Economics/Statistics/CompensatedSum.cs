namespace TokenFactory.Economics.Statistics;

/// <summary>
/// A sum of doubles that carries the error of each addition along, so that it hardly depends on the order of its terms. Source: Neumaier,
/// Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen (1974).
/// </summary>
public struct CompensatedSum
{
    private double _sum;
    private double _lost;

    /// <summary>The sum of everything added so far; 0 at first.</summary>
    public readonly double Value => _sum + _lost;

    /// <summary>The sum of some terms.</summary>
    public static double Of(IEnumerable<double> terms)
    {
        CompensatedSum sum = default;
        foreach (var term in terms)
            sum.Add(term);
        return sum.Value;
    }

    /// <summary>Adds a term.</summary>
    public void Add(double term)
    {
        var total = _sum + term;
        _lost += Math.Abs(_sum) >= Math.Abs(term) ? _sum - total + term : term - total + _sum;
        _sum = total;
    }
}
