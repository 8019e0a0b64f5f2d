using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>What a repricing looks at, with the numbers of what is named: as it is kept, so that a name that moves later changes nothing.</summary>
internal sealed record RepricingSelection
{
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }
    public required RepricingEvents Only { get; init; }
    public required PriceBasis PriceBasis { get; init; }
    public DateTimeOffset? AsOf { get; init; }

    // Null: all.
    public long[]? Sources { get; init; }
    public int[]? Producers { get; init; }
    public int[]? Models { get; init; }
    public short[]? ServiceTiers { get; init; }
    public long[]? Accounts { get; init; }
    public short[]? Sectors { get; init; }

    /// <summary>Of a reclassification: the sector that the events move to, at the prices that they have. Null: a repricing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Sector? ToSector { get; init; }
}

/// <summary>A repricing that is to be done, as its row says.</summary>
internal sealed record RepricingTask
{
    public required long Id { get; init; }
    public required bool IsDryRun { get; init; }
    public required long? Reverts { get; init; }
    public required string? Reason { get; init; }
    public required DateTimeOffset KnownAt { get; init; }
    public required RepricingSelection Selection { get; init; }

    /// <summary>The last number of each lane, by <c>source/lane</c>; of a reclassification that was not begun yet, none.</summary>
    public required IReadOnlyDictionary<string, long> Marks { get; init; }

    /// <summary>The number that each lane is done up to.</summary>
    public required Dictionary<string, long> Position { get; init; }
}
