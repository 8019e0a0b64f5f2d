using System.Text.Json.Serialization;

namespace TokenFactory.Api.Repricing;

/// <summary>A repricing, and how far it is.</summary>
public sealed record RepricingResource
{
    public required long Id { get; init; }
    public required RepricingState State { get; init; }
    public required bool DryRun { get; init; }

    /// <summary>The dry run that it commits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Confirms { get; init; }

    /// <summary>The repricing that it takes back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Reverts { get; init; }

    /// <summary>Of a dry run: the repricing that commits it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ConfirmedBy { get; init; }

    /// <summary>Of a dry run: a repricing or reclassification of the same window that was recorded after it. It can't be confirmed any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SupersededBy { get; init; }

    /// <summary>The last repricing that takes it back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RevertedBy { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Prices and exchange rates that were recorded until then are known to it; of a dry run's commit, to both.</summary>
    public required DateTimeOffset KnownAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What was asked for; of a commit and a revert, what the other was asked for.</summary>
    public required RepricingScope Request { get; init; }
    public required RepricingProgress Progress { get; init; }

    /// <summary>What changes, of the events looked at so far. Left out in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RepricingDifference? Difference { get; init; }

    /// <summary>Of a failed one: what happened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Failure { get; init; }
}

/// <summary>How far a repricing is.</summary>
public sealed record RepricingProgress
{
    /// <summary>Journal numbers that are looked through.</summary>
    public required long BatchesDone { get; init; }

    /// <summary>Those that there were when it was created: what was recorded later is not looked at.</summary>
    public required long Batches { get; init; }

    /// <summary>Events looked at.</summary>
    public required long Examined { get; init; }

    /// <summary>Events whose price differs: recorded anew, or in a dry run to be.</summary>
    public required long Changed { get; init; }

    /// <summary>Of a revert: events whose price another repricing has changed since. They are left.</summary>
    public required long Skipped { get; init; }
}

/// <summary>What a repricing changes. Amounts in the reporting currency, exact; reversed events are not in it.</summary>
public sealed record RepricingDifference
{
    /// <example>USD</example>
    public required string Currency { get; init; }
    public required RepricingRow Total { get; init; }
    public required IReadOnlyList<RepricingRow> BySector { get; init; }
    public required IReadOnlyList<RepricingRow> ByProducer { get; init; }

    /// <summary>The items with the largest difference first, at most 1,000.</summary>
    public required IReadOnlyList<RepricingRow> ByItem { get; init; }

    /// <summary>Items that are not listed.</summary>
    public required long MoreItems { get; init; }
}

/// <summary>Events of one group.</summary>
public sealed record RepricingRow
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sector { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Producer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenClass { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }

    /// <summary>What they are worth without the repricing; what is unpriced is not in it.</summary>
    /// <example>1234.5</example>
    public required string Before { get; init; }

    /// <summary>What they are worth with it.</summary>
    /// <example>1300</example>
    public required string After { get; init; }

    /// <summary>After less before.</summary>
    /// <example>65.5</example>
    public required string Difference { get; init; }

    /// <summary>Their tokens.</summary>
    /// <example>987654321</example>
    public required string Quantity { get; init; }

    /// <summary>Tokens among them whose value is not known without the repricing.</summary>
    /// <example>0</example>
    public required string UnpricedBefore { get; init; }

    /// <summary>Tokens whose value is still not known with it.</summary>
    /// <example>0</example>
    public required string UnpricedAfter { get; init; }
}
