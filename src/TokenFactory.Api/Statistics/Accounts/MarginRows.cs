using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>Output of one period and group beside what it cost, where a cost is known.</summary>
public sealed record MarginRow : FigureRow
{
    /// <summary>Value of the costed part: sum of quantity x unit value over items and days that have a cost, exact, in the answer's currency.</summary>
    /// <example>1234.567890123456</example>
    public required string Gdp { get; init; }

    /// <summary>Value of the rest: with <c>gdp</c> it is the Token GDP.</summary>
    /// <example>0</example>
    public required string UncostedGdp { get; init; }

    /// <summary>Sum of quantity x unit cost over all tokens of the costed part, priced or not, exact.</summary>
    /// <example>1000.5</example>
    public required string Cost { get; init; }

    /// <summary>What of the cost is that of unpriced tokens: nobody knows a margin of them.</summary>
    /// <example>0</example>
    public required string UnpricedCost { get; init; }

    /// <summary><c>gdp - (cost - unpriced_cost)</c>: of the tokens whose value and cost are both known, exact.</summary>
    /// <example>234.067890123456</example>
    public required string Margin { get; init; }

    /// <summary>Margin per <c>gdp</c>, rounded half away from zero to 12 decimals; null where that is 0.</summary>
    /// <example>0.189595001154</example>
    public required string? MarginShare { get; init; }

    /// <summary>Tokens whose cost is known, priced or not.</summary>
    /// <example>987654321</example>
    public required string CostedQuantity { get; init; }

    /// <summary>Tokens whose cost is not known: they are in no cost and in no margin.</summary>
    /// <example>0</example>
    public required string UncostedQuantity { get; init; }

    /// <summary>Cost per million costed tokens, rounded half away from zero to 12 decimals; null when there are none.</summary>
    /// <example>1.013006241</example>
    public required string? UnitCost { get; init; }
}

/// <summary>Output beside its cost, by period and group.</summary>
public sealed record MarginAnswer : FigureAnswer
{
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<MarginRow> Rows { get; init; }
}
