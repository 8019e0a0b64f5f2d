namespace TokenFactory.Economics.Statistics;

/// <summary>How long a reference period is.</summary>
public enum Frequency
{
    Hour,
    Day,

    /// <summary>ISO 8601 week: Monday to Sunday; it belongs to the year that holds its Thursday.</summary>
    Week,
    Month,
    Quarter,
    Year,
}
