using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Prices of one model and service tier from an instant on.</summary>
public sealed record NewRateCard
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <summary>
    /// Any name of it, read as in an event: its own, an alias, or one that a pattern fits; registered where no model has it. Or, with
    /// <c>*</c> for any run of characters, a pattern of names: a price for every model that it fits and that has none of its own.
    /// </summary>
    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <summary><c>price</c>: what tokens are worth; <c>cost</c>: what they cost their producer.</summary>
    public RateCardKind Kind { get; init; } = RateCardKind.Price;

    /// <example>standard</example>
    public ServiceTier ServiceTier { get; init; } = ServiceTier.Standard;

    /// <summary>For this account alone: a contract. It goes before every other card.</summary>
    public string? Account { get; init; }

    /// <summary>For this sector alone; not together with an account.</summary>
    public Sector? Sector { get; init; }

    /// <summary>For events of this region alone.</summary>
    public string? Region { get; init; }

    /// <summary>ISO 4217.</summary>
    /// <example>USD</example>
    public string Currency { get; init; } = "USD";

    /// <summary>The first instant at which the prices hold.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>The first instant at which they hold no more; left out: until the next card of the same model, tier and scope.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>Money per million tokens, by token class; 0 is free.</summary>
    /// <example>{"input":"0.60","output":"2.50"}</example>
    public IReadOnlyDictionary<string, decimal>? UnitValues { get; init; }

    /// <summary>Prices with conditions: tiers, windows, packages. A class is here or in `unit_values`.</summary>
    public IReadOnlyList<RateTerms>? Rates { get; init; }

    /// <summary>Token classes without a price here that take another's.</summary>
    /// <example>{"output_reasoning":"output"}</example>
    public IReadOnlyDictionary<string, string>? Fallbacks { get; init; }

    /// <summary>What a request costs at least, in the card's currency.</summary>
    public decimal? MinimumCharge { get; init; }

    /// <summary>Instead of prices: a percentage on the list prices of another model.</summary>
    public MarkupTerms? Markup { get; init; }

    public ProvenanceTerms? Provenance { get; init; }

    /// <summary>The number of a card that is withdrawn by this one, as if it had never held; send `If-Match` with its ETag.</summary>
    public long? Replaces { get; init; }
}

/// <summary>What a reseller adds to somebody else's prices.</summary>
public sealed record MarkupTerms
{
    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <summary>Per cent, above -100: 10 is a tenth more.</summary>
    /// <example>10</example>
    public required decimal Percent { get; init; }
}

/// <summary>The end of a rate card.</summary>
public sealed record RateCardPatch
{
    /// <summary>The first instant at which the prices hold no more.</summary>
    public required DateTimeOffset EffectiveTo { get; init; }

    /// <summary>At most 1,000 characters; kept with the change.</summary>
    public string? Reason { get; init; }
}

/// <summary>A rate card.</summary>
public sealed record RateCardResource
{
    public required long Id { get; init; }
    public required string Producer { get; init; }

    /// <summary>The model's name, or the pattern of names.</summary>
    public required string Model { get; init; }
    public required RateCardKind Kind { get; init; }
    public required ServiceTier ServiceTier { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Account { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Sector? Sector { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Region { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>As it was set, or where the next card begins; null: it is the last and open.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>Present once the card was withdrawn: since when it is known never to have held.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>When this service learnt of it.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Present once something was said of its end: each word, the last counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RateCardEndResource>? Ends { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Fallbacks { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? MinimumCharge { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MarkupTerms? Markup { get; init; }
    public ProvenanceTerms? Provenance { get; init; }
    public required IReadOnlyList<RateResource> Rates { get; init; }
}

/// <summary>What was said of a card's end, and when.</summary>
public sealed record RateCardEndResource
{
    /// <summary>Null: it never held, it was withdrawn.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public string? Reason { get; init; }
}

/// <summary>One price of a card: what an entry pins.</summary>
public sealed record RateResource
{
    /// <summary>The number that ledger entries carry as <c>rate_id</c>.</summary>
    public required long Id { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <summary>Money per million tokens; null on a marked-up card.</summary>
    public decimal? UnitValue { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ContextTierTerms>? ContextTiers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MonthTierTerms? MonthTiers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? PackageTokens { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WindowTerms>? Windows { get; init; }
}
