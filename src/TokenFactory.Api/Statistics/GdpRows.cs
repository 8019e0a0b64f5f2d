using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>Token GDP of one period and group: current prices, gross.</summary>
public sealed record GdpRow : FigureRow
{
    /// <summary>Sum of quantity x unit value over the priced entries, exact, in the answer's currency.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Tokens, priced or not.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>Tokens whose value is not known: they are in the quantity and not in the GDP.</summary>
    /// <example>0</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>Tokens that were priced at zero.</summary>
    /// <example>0</example>
    public required string FreeQuantity { get; init; }

    /// <summary>Money per million priced tokens, rounded half away from zero to 12 decimals; null when none is priced. Not a price index.</summary>
    /// <example>1.25</example>
    public required string? UnitValue { get; init; }
}

/// <summary>Token GDP by period and group.</summary>
public sealed record GdpAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<GdpRow> Rows { get; init; }

    /// <example>current</example>
    public string Prices { get; init; } = "current";

    /// <example>gross</example>
    public string Concept { get; init; } = "gross";
}
