using System.Text.Json.Serialization;

namespace TokenFactory.Api.Catalog;

/// <summary>Exchange rates that were published together.</summary>
public sealed record NewFxRates
{
    /// <summary>Who published them.</summary>
    /// <example>ECB</example>
    public required string Source { get; init; }

    /// <summary>ISO 4217: the rates are units of other currencies for one of this.</summary>
    /// <example>EUR</example>
    public required string Base { get; init; }

    /// <summary>The first instant at which they hold: until newer ones are published, at most 7 days.</summary>
    /// <example>2026-11-24T15:00:00Z</example>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>
    /// Units of each currency for one of the base, by ISO 4217 code: above 0, at most 10^12, with at most 12 decimals. At most 1,000 currencies; the
    /// base is not among them.
    /// </summary>
    /// <example>{"USD":"1.05","JPY":"162.3"}</example>
    public required IReadOnlyDictionary<string, decimal> Rates { get; init; }
}

/// <summary>Exchange rates that were published together: what an entry pins.</summary>
public sealed record FxRatesResource
{
    /// <summary>The number that ledger entries carry as <c>fx_rate_id</c>.</summary>
    public required long Id { get; init; }

    /// <example>ECB</example>
    public required string Source { get; init; }

    /// <example>EUR</example>
    public required string Base { get; init; }

    /// <summary>The first instant at which they hold.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When this service learnt of them.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Present once others of the same source, base and instant were recorded: the number of the next of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CorrectedBy { get; init; }

    /// <summary>Units of each currency for one of the base.</summary>
    /// <example>{"USD":"1.05","JPY":"162.3"}</example>
    public required IReadOnlyDictionary<string, decimal> Rates { get; init; }
}

/// <summary>What became of a table of exchange rates.</summary>
public sealed record FxImportReport
{
    /// <summary>Whether nothing was recorded: what would have become of it.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Rows that were understood: <c>added</c> + <c>corrected</c> + <c>unchanged</c>.</summary>
    public required int PublicationsRead { get; init; }

    /// <summary>Of instants that nothing was known of.</summary>
    public required int Added { get; init; }

    /// <summary>Of instants of which other rates were known: used for what is recorded from now on.</summary>
    public required int Corrected { get; init; }

    /// <summary>That say what was known already: nothing was recorded of them.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Rates in the rows that were understood.</summary>
    public required int Rates { get; init; }

    /// <summary>Rows and columns of which nothing was taken, in the order of their lines.</summary>
    public required IReadOnlyList<FxImportRefusal> Refused { get; init; }
}

/// <summary>A row that could not be understood, or on line 1 a column.</summary>
public sealed record FxImportRefusal
{
    /// <summary>In the body, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Stable, machine-readable.</summary>
    /// <example>invalid_rate</example>
    public required string Code { get; init; }

    /// <summary>What is wrong with it.</summary>
    public required string Detail { get; init; }
}
