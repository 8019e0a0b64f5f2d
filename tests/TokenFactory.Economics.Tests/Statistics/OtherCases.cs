using System.Text.Json;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>Worked examples that are no baskets of items and periods: each has a shape of its own.</summary>
internal static class OtherCases
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Statistics", "Cases");

    public static JsonElement Read(string id)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(Folder, $"{id}_*.json").Single()));
        return document.RootElement.Clone();
    }

    /// <summary>The expected series of a method; where a method has several, the one of an input.</summary>
    public static JsonElement Expected(this JsonElement published, string method, string? input = null) =>
        published.GetProperty("expected").EnumerateArray().Single(e => e.GetProperty("method").GetString() == method
            && (input is null || e.GetProperty("input").GetString() == input));

    public static double[] Numbers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>[row][column] of a property.</summary>
    public static double[][] Rows(this JsonElement element) =>
        [.. element.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];

    /// <summary>What failed, and where its figures are from.</summary>
    public static string Source(this JsonElement published)
    {
        var source = published.GetProperty("source");
        var name = source.GetProperty(source.TryGetProperty("title", out _) ? "title" : "note").GetString();
        return $"case {published.GetProperty("id").GetString()} ({published.GetProperty("title").GetString()}; {name})";
    }
}
