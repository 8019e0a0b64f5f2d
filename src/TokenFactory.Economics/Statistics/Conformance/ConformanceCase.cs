using System.Globalization;
using System.Text.Json;

namespace TokenFactory.Economics.Statistics;

/// <summary>A published figure and the one that was computed; null: there is none, and must be none.</summary>
internal readonly record struct ConformanceFigure(double? Published, double? Computed);

/// <summary>One published series of a case.</summary>
/// <param name="Raw">The series as it stands in the file.</param>
internal sealed record ConformanceSeries(JsonElement Raw)
{
    /// <summary>How far the last printed decimal may be off: half a unit, and the width of a double's own rounding.</summary>
    private const double HalfUnit = 0.5000001;

    public string Method { get; } = Raw.GetProperty("method").GetString()!;

    /// <summary>Which formula, as the case calls it.</summary>
    public string? Index => Text("index");

    /// <summary><c>chained</c>, <c>fixedbase</c> or <c>pop</c>: period on period.</summary>
    public string Output => Text("output") ?? "chained";

    public bool IsQuantity => Text("type") == "quantity";

    /// <summary>The items that the series is about; null: all.</summary>
    public string[]? Items { get; } = Raw.TryGetProperty("items", out var items) ? Strings(items) : null;

    public JsonElement Values => Raw.GetProperty("values");

    /// <summary>Where a series of its own origin comes from.</summary>
    public string? Provenance => Text("provenance");

    /// <summary>In words: <c>fisher chained price</c>, <c>geks tornqvist</c>, <c>rolling geks fisher, window 11, splice movement</c>.</summary>
    public string Name => Method == "bilateral"
        ? $"{Index} {Output} {Text("type") ?? "price"}{Of}"
        : string.Join(' ', new[] { Method, Text("multilateral"), Index, Text("type"), Text("input") }.Where(t => t is not null))
            + (Text("window") is { } window ? $", window {window}" : "") + (Text("splice") is { } splice ? $", splice {splice}" : "") + Of;

    public bool IsRelative => Raw.TryGetProperty("rel_tol", out _);

    /// <summary>The tolerance that the series is published with; 0: to the last digit.</summary>
    public double Tolerance => Raw.TryGetProperty("rel_tol", out var relative) ? relative.GetDouble()
        : Raw.TryGetProperty("abs_tol", out var absolute) ? absolute.GetDouble()
        : Raw.TryGetProperty("decimals", out var decimals) ? HalfUnit * Math.Pow(10, -decimals.GetInt32())
        : 0;

    /// <summary>The same in words.</summary>
    public string ToleranceText => Raw.TryGetProperty("rel_tol", out var relative) ? $"{relative} of each figure"
        : Raw.TryGetProperty("abs_tol", out var absolute) ? $"{absolute} in the unit of the figures"
        : Raw.TryGetProperty("decimals", out var decimals) ? $"half a unit of decimal {decimals}"
        : "exact";

    private string Of => Items is null ? "" : $" of {string.Join(", ", Items)}";

    /// <summary>A flag of the series, as text; null where it has none.</summary>
    public string? Text(string name) => Raw.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>The published values, lists within lists in their order, beside those that were computed.</summary>
    public IReadOnlyList<ConformanceFigure> With(IEnumerable<double?> computed)
    {
        var all = computed.ToList();
        var published = Flat(Values).ToList();
        return [.. Enumerable.Range(0, Math.Max(all.Count, published.Count))
            .Select(k => new ConformanceFigure(published.ElementAtOrDefault(k), k < all.Count ? all[k] : double.NaN))];
    }

    public static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(i => i.ToString())];

    private static IEnumerable<double?> Flat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Flat),
        JsonValueKind.Number => [value.GetDouble()],
        _ => [null],
    };
}

/// <summary>A worked example: prices and quantities by item and period, and the series that must come out. Items are numbered in their order.</summary>
/// <param name="Raw">The case as it stands in the file.</param>
internal sealed record ConformanceCase(JsonElement Raw)
{
    private IReadOnlyList<Basket>? _baskets;

    public string Id { get; } = Raw.GetProperty("id").GetString()!;

    public string Title { get; } = Raw.GetProperty("title").GetString()!;

    public string Source { get; } = SourceOf(Raw.GetProperty("source"));

    /// <summary>None in the cases of regressions, chains and events.</summary>
    public string[] ItemNames { get; } = Raw.TryGetProperty("items", out var items) ? ConformanceSeries.Strings(items) : [];

    public string[] Periods { get; } = Raw.TryGetProperty("periods", out var periods) ? ConformanceSeries.Strings(periods) : [];

    public IReadOnlyList<Basket> Baskets => _baskets ??= BasketsOf(ItemNames);

    /// <summary>Whether missing prices were carried forward: a price beside a quantity of 0 is one of them (case 05).</summary>
    public bool HasCarriedPrices => ItemNames.Any(n => Periods.Where((_, t) =>
        Cell("prices", n, t).ValueKind != JsonValueKind.Null && Exact(Cell("quantities", n, t)) == 0).Any());

    public IReadOnlyList<ConformanceSeries> Series => [.. Raw.GetProperty("expected").EnumerateArray().Select(e => new ConformanceSeries(e))];

    public static ConformanceCase Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new ConformanceCase(document.RootElement.Clone());
    }

    /// <summary>The baskets of some items, one per period. A price of quantity 0 is left out: it was imputed, not paid.</summary>
    public IReadOnlyList<Basket> BasketsOf(IReadOnlyCollection<string> names) => [.. Periods.Select((_, t) =>
        new Basket(names.Where(n => Cell("prices", n, t).ValueKind != JsonValueKind.Null).Select(n =>
        {
            var quantity = Exact(Cell("quantities", n, t));
            return KeyValuePair.Create(Array.IndexOf(ItemNames, n), new ItemValue(Exact(Cell("prices", n, t)) * quantity, quantity));
        })))];

    /// <summary>A list of numbers that stands in the case itself.</summary>
    public double[] Numbers(string name) => [.. Raw.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];

    public static decimal Exact(JsonElement number) => decimal.Parse(number.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private JsonElement Cell(string table, string item, int period) => Raw.GetProperty(table).GetProperty(item)[period];

    private static string SourceOf(JsonElement source)
    {
        string? Text(string name) => source.TryGetProperty(name, out var value)
            ? value.ValueKind == JsonValueKind.Array ? string.Join(", ", ConformanceSeries.Strings(value)) : value.ToString()
            : null;
        return Text("kind") switch
        {
            "github" => $"{Text("repo")} ({Text("licence")}), commit {Text("commit")}: {Text("path")}",
            "web" => $"{Text("title")}, {Text("url")}",
            "own" => Text("note") is { } note ? $"derived: {note}" : "derived",
            _ => Text("note") ?? Text("kind") ?? "",
        };
    }
}
