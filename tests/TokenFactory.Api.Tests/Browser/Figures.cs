using System.Globalization;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>An answer of the API as the tests of pages compare it.</summary>
internal static class Figures
{
    /// <summary>The periods that rows are of, each once, in order.</summary>
    public static IReadOnlyList<string> Periods(this JsonElement answer) =>
        [.. answer.GetProperty("rows").EnumerateArray().OrderBy(r => r.Text("start"), StringComparer.Ordinal).Select(r => r.Text("period")).Distinct()];

    public static IReadOnlyList<JsonElement> Whole(this JsonElement answer) =>
        [.. answer.GetProperty("rows").EnumerateArray().Where(r => !r.GetProperty("partial").GetBoolean())];

    /// <summary>A column of one group's rows, over periods; empty where there is none.</summary>
    public static IReadOnlyList<string> Column(this JsonElement answer, IReadOnlyList<string> periods, string column, string? dimension = null, string? group = null)
    {
        var rows = answer.GetProperty("rows").EnumerateArray().Where(r => dimension is null || r.Text(dimension) == group).ToDictionary(r => r.Text("period"), r => r.Text(column));
        return [.. periods.Select(p => rows.GetValueOrDefault(p, ""))];
    }

    public static IReadOnlyList<string> Groups(this JsonElement answer, string dimension) =>
        [.. answer.GetProperty("rows").EnumerateArray().Select(r => r.Text(dimension)).Distinct()];

    /// <summary>A member as its text; empty for null.</summary>
    public static string Text(this JsonElement row, string name) => row.GetProperty(name) is { ValueKind: JsonValueKind.Null } ? "" : row.GetProperty(name).ToString();

    /// <summary>Where texts are on a chart.</summary>
    public static IReadOnlyList<double?> Places(this IEnumerable<string> texts) =>
        [.. texts.Select(t => t.Length == 0 ? (double?)null : double.Parse(t, CultureInfo.InvariantCulture))];
}
