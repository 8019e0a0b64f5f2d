namespace TokenFactory.Api.Statistics;

/// <summary>Why a quantity has no value.</summary>
public enum UnpricedReason
{
    /// <summary>No event said a price, and no rate card had one.</summary>
    NoPrice,

    /// <summary>There was a price, in a currency that no exchange rate of its time led from.</summary>
    NoExchangeRate,
}

/// <summary>What has no value of one item, for one reason.</summary>
public sealed record UnpricedRow
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <example>standard</example>
    public required string ServiceTier { get; init; }

    /// <summary>The currency of the price, ISO 4217; null where there is no price at all.</summary>
    /// <example>CNY</example>
    public required string? Currency { get; init; }

    public required UnpricedReason Reason { get; init; }

    /// <summary>Tokens whose value is not known: net of what was reversed or valued since.</summary>
    /// <example>700000</example>
    public required string Quantity { get; init; }

    /// <summary>The first day of UTC that has some of them.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>The last day that has.</summary>
    public required DateOnly LastDay { get; init; }

    /// <summary>So many ledger entries hold them, at most: of the days that have some, those of the item in this currency, corrections too.</summary>
    /// <example>12</example>
    public required long Entries { get; init; }
}

/// <summary>What has no value, by item.</summary>
public sealed record UnpricedAnswer
{
    public required IReadOnlyList<UnpricedRow> Rows { get; init; }

    /// <summary>The sum of the rows.</summary>
    /// <example>700000</example>
    public required string UnpricedQuantity { get; init; }

    /// <summary>All tokens that the query asks about, priced or not.</summary>
    /// <example>9200000</example>
    public required string Quantity { get; init; }

    /// <summary>Unpriced tokens per token, rounded half away from zero to 12 decimals; null where there are no tokens.</summary>
    /// <example>0.076086956522</example>
    public required string? UnpricedShare { get; init; }

    /// <summary>The reporting currency: what is valued in it has a value.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <summary>As it was known at the end of this UTC date, or now where it is today's.</summary>
    public required DateOnly AsOf { get; init; }

    /// <summary>When the last event inside was recorded, or the end of <c>as_of</c> where that came first; null while the ledger is empty.</summary>
    public required DateTimeOffset? CompleteThrough { get; init; }
}
