namespace TokenFactory.Benchmarks.Reporting;

/// <summary>A line of the table.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Service">What the service took or made.</param>
/// <param name="Yardstick">What the same costs without it; "-" where there is none.</param>
/// <param name="Ratio">Service to yardstick, in the direction that the goal speaks of.</param>
/// <param name="Goal">What it must reach.</param>
/// <param name="IsMet">Whether it does; null: there is no goal, or it was not measured.</param>
internal sealed record ResultRow(string Work, string Service, string Yardstick, string Ratio, string Goal, bool? IsMet);
