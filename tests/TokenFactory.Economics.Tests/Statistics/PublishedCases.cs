using System.Globalization;
using System.Text.Json;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>A worked example with its published figures: prices and quantities by item and period, and the series that must come out.</summary>
public sealed record PublishedCase(string Id, string Title, string[] Periods, Basket[] Baskets, PublishedSeries[] Expected)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Statistics", "Cases");

    public static IReadOnlyList<PublishedCase> All { get; } = [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];

    private static PublishedCase Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        // Some cases are of regressions and chains: they have no items.
        var hasItems = root.TryGetProperty("items", out var names) && root.TryGetProperty("prices", out _);
        string[] periods = hasItems ? [.. root.GetProperty("periods").EnumerateArray().Select(p => p.ToString())] : [];
        string[] items = hasItems ? [.. names.EnumerateArray().Select(i => i.ToString())] : [];
        return new PublishedCase(
            root.GetProperty("id").GetString()!,
            root.GetProperty("title").GetString()!,
            periods,
            [.. periods.Select((_, t) => BasketOf(root, items, items, t))],
            [.. root.GetProperty("expected").EnumerateArray().Select(e => PublishedSeries.Read(e, subset => [.. periods.Select((_, t) => BasketOf(root, items, subset, t))]))]);
    }

    private static Basket BasketOf(JsonElement root, string[] items, string[] subset, int period)
    {
        var present = new Dictionary<int, ItemValue>();
        foreach (var item in subset)
        {
            var price = root.GetProperty("prices").GetProperty(item)[period];
            var quantity = root.GetProperty("quantities").GetProperty(item)[period];
            if (price.ValueKind == JsonValueKind.Null)
                continue;
            present[Array.IndexOf(items, item)] = new ItemValue(Exact(price) * Exact(quantity), Exact(quantity));
        }

        return new Basket(present);
    }

    private static decimal Exact(JsonElement number) => decimal.Parse(number.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
}

/// <summary>One published series of a case, with the tolerance that it is published with.</summary>
public sealed record PublishedSeries(string Method, string? Index, string Output, string Type, Basket[]? Subset, double?[] Values, JsonElement Raw)
{
    public static PublishedSeries Read(JsonElement element, Func<string[], Basket[]> subset) => new(
        element.GetProperty("method").GetString()!,
        Text(element, "index"),
        Text(element, "output") ?? "chained",
        Text(element, "type") ?? "price",
        element.TryGetProperty("items", out var items) ? subset([.. items.EnumerateArray().Select(i => i.ToString())]) : null,
        [.. Elements(element.GetProperty("values")).Select(v => v.ValueKind == JsonValueKind.Number ? v.GetDouble() : (double?)null)],
        element.Clone());

    public BilateralFormula Formula => Enum.Parse<BilateralFormula>(Index!, ignoreCase: true);

    public void ShouldMatch(double? actual, double? expected, string because)
    {
        if (expected is null)
        {
            actual.Should().BeNull(because);
            return;
        }

        actual.Should().NotBeNull(because);
        actual!.Value.Should().BeApproximately(expected.Value, Tolerance(expected.Value), because);
    }

    private double Tolerance(double expected) =>
        Raw.TryGetProperty("rel_tol", out var relative) ? relative.GetDouble() * Math.Abs(expected)
        : Raw.TryGetProperty("abs_tol", out var absolute) ? absolute.GetDouble()
        : 0.5000001 * Math.Pow(10, -Raw.GetProperty("decimals").GetInt32());

    private static JsonElement.ArrayEnumerator Elements(JsonElement values) => values.ValueKind == JsonValueKind.Array ? values.EnumerateArray() : default;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
