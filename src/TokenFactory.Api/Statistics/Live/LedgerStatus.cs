using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>What is going on in the whole ledger at an instant: totals alone.</summary>
public sealed record LedgerStatus
{
    /// <summary>The instant, by the ledger's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Today, of UTC: the members that end in <c>_today</c> are of it.</summary>
    /// <example>2026-11-26</example>
    public required DateOnly Day { get; init; }

    /// <summary>Events recorded per second through all instances, over the last <c>rate_seconds</c>; those that came again are not counted.</summary>
    /// <example>123.4</example>
    public required double EventsPerSecond { get; init; }

    /// <summary>Tokens recorded per second, over the same time, whenever they were produced. Below 0 where more was reversed than recorded.</summary>
    /// <example>45678.9</example>
    public required double TokensPerSecond { get; init; }

    /// <summary>Over how long the rates were measured, in seconds: 1 to 5, and longer after a time in which the database did not answer.</summary>
    /// <example>5.001</example>
    public required double RateSeconds { get; init; }

    /// <summary>Token GDP of today, exact, in <c>currency</c>: what <c>GET /v1/gdp?frequency=day</c> answers for the day in UTC, of the same moment.</summary>
    /// <example>1234.567890123456</example>
    public required string GdpToday { get; init; }

    /// <summary>Tokens produced today, priced or not.</summary>
    /// <example>987654321</example>
    public required string TokensToday { get; init; }

    /// <summary>Tokens of unknown value per token of today, rounded half away from zero to 6 decimals; null where there are none.</summary>
    /// <example>0.010000</example>
    public required string? UnpricedShareToday { get; init; }

    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <summary>Events that are held back and wait for somebody. Of many it is not counted each time.</summary>
    /// <example>0</example>
    public required long Quarantined { get; init; }

    /// <summary>Age of the oldest batch that is not folded into cells, in seconds; 0: there is none. Figures include it all the same.</summary>
    /// <example>0.2</example>
    public required double LagSeconds { get; init; }

    /// <summary>Age of the oldest batch that no checkpoint covers, in seconds; 0: there is none.</summary>
    /// <example>4.1</example>
    public required double SealingLagSeconds { get; init; }

    /// <summary>When the last event inside was recorded; null while the ledger is empty.</summary>
    public required DateTimeOffset? CompleteThrough { get; init; }
}

/// <summary>The event <c>unavailable</c> of the stream: the database does not answer, and what goes on is not known.</summary>
public sealed record StatusUnavailable
{
    /// <summary>By this instance's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Of when the last status is; left out where this instance has seen none since it was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LastAt { get; init; }
}
