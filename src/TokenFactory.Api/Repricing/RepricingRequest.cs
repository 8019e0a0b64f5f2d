using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>Which events of the window are priced anew.</summary>
public enum RepricingEvents
{
    /// <summary>Every event.</summary>
    All,

    /// <summary>Events with an entry whose value in the reporting currency is not known.</summary>
    Unpriced,
}

/// <summary>Which prices apply.</summary>
public enum PriceBasis
{
    /// <summary>Those that held when the event occurred, as they are known now.</summary>
    EventTime,

    /// <summary>Those that hold now, for every event. Hours of the day are still those of the event.</summary>
    Current,

    /// <summary>Those that held when the event occurred, as they were known at another instant.</summary>
    AsOf,
}

/// <summary>How far a repricing is. The numeric values are stored; never renumber them.</summary>
public enum RepricingState : short
{
    Running = 1,
    Completed = 2,

    /// <summary>It could not go on. What it has recorded stays, and can be reverted; its counts are those of its last step.</summary>
    Failed = 3,
}

/// <summary>Which events are looked at; what is left out is not asked for.</summary>
public sealed record RepricingFilter
{
    /// <summary>Sources.</summary>
    /// <example>["gateway-1"]</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Source { get; init; }

    /// <summary>Producers, by id or alias.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Producer { get; init; }

    /// <summary>Models, by any name of them, read as in an event; of the producers named, else of all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ServiceTier>? ServiceTier { get; init; }

    /// <summary>Accounts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Account { get; init; }

    /// <summary>Sectors, as the entries in force have them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Sector>? Sector { get; init; }
}

/// <summary>
/// What is to be priced anew: a window of events; or <c>confirms</c>, what a dry run has shown; or <c>reverts</c>, what another repricing has
/// done.
/// </summary>
public sealed record NewRepricing
{
    /// <summary>Occurred at or after.</summary>
    /// <example>2026-11-01T00:00:00Z</example>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Occurred before.</summary>
    /// <example>2026-12-01T00:00:00Z</example>
    public DateTimeOffset? End { get; init; }

    /// <summary>Left out: every event of the window.</summary>
    /// <example>{"producer":["moonshot"]}</example>
    public RepricingFilter? Filter { get; init; }

    /// <summary>Left out: <c>all</c>.</summary>
    public RepricingEvents? Only { get; init; }

    /// <summary>Left out: <c>event_time</c>.</summary>
    public PriceBasis? PriceBasis { get; init; }

    /// <summary>With <c>as_of</c> alone: the instant whose knowledge of prices and exchange rates counts.</summary>
    /// <example>null</example>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Records nothing, and shows what would change.</summary>
    /// <example>true</example>
    public bool? DryRun { get; init; }

    /// <summary>The number of a dry run that is to be committed: the same events, at the same prices.</summary>
    /// <example>null</example>
    public long? Confirms { get; init; }

    /// <summary>The number of a repricing that is to be taken back.</summary>
    /// <example>null</example>
    public long? Reverts { get; init; }

    /// <summary>Why: at most 1,000 characters, kept with every entry. Required but for a dry run.</summary>
    /// <example>prices of November arrived late</example>
    public string? Reason { get; init; }
}

/// <summary>What a repricing looks at, with the names under which things are registered.</summary>
public sealed record RepricingScope
{
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }
    public required RepricingFilter Filter { get; init; }
    public required RepricingEvents Only { get; init; }
    public required PriceBasis PriceBasis { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? AsOf { get; init; }
}
