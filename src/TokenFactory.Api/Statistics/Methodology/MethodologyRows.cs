using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>A method of index numbers.</summary>
public sealed record MethodRow
{
    /// <summary>As <c>method</c> of <c>GET /v1/indices</c> takes it.</summary>
    /// <example>fisher</example>
    public required string Name { get; init; }

    /// <example>Fisher</example>
    public required string Title { get; init; }

    /// <summary><c>bilateral</c>: two periods compared; <c>multilateral</c>: all periods of a window at once.</summary>
    /// <example>bilateral</example>
    public required string Kind { get; init; }

    /// <summary>
    /// The price index. 0 and 1 are the two periods, p money per token, q tokens, v = p q, s a share in the value of a period, S a sum over the compared
    /// items. The quantity index exchanges p and q; of a multilateral method it is what the price index leaves of the value.
    /// </summary>
    /// <example>sqrt(P_L P_P)</example>
    public required string Formula { get; init; }

    /// <summary>Manual or paper.</summary>
    public required string Source { get; init; }

    /// <summary>When it has no value, beside an empty period and one without an item to compare.</summary>
    public required string NullWhen { get; init; }
}

/// <summary>A name of the API, and what is meant by it.</summary>
/// <param name="Name">As it is written on the wire.</param>
/// <param name="Meaning">In words or as a formula.</param>
public sealed record TermRow(string Name, string Meaning);

/// <summary>How the headline Token Index of a frequency is made.</summary>
public sealed record HeadlineRow
{
    /// <example>month</example>
    public required string Frequency { get; init; }

    /// <example>geks_fisher</example>
    public required string Method { get; init; }

    /// <summary>Null for a multilateral method.</summary>
    public required string? Linking { get; init; }

    /// <summary>Null for a multilateral method.</summary>
    public required string? Items { get; init; }

    /// <summary>Periods of the rolling window; null: none.</summary>
    /// <example>13</example>
    public required int? Window { get; init; }

    /// <summary>Null without a window.</summary>
    /// <example>mean_pub</example>
    public required string? Splice { get; init; }
}

/// <summary>A published series, and how far this service lies off it.</summary>
public sealed record ConformanceSeriesRow
{
    /// <example>fisher chained price</example>
    public required string Series { get; init; }

    /// <summary>Where its figures were published, or how they were derived.</summary>
    public required string Source { get; init; }

    /// <summary>Figures that were compared.</summary>
    public required int Points { get; init; }

    public required bool Passed { get; init; }

    /// <summary>How far a figure may lie off: of its size where <c>relative</c>, else in its own unit.</summary>
    public required double Tolerance { get; init; }

    public required bool Relative { get; init; }

    /// <summary>How far the worst one lies off, measured likewise; null where a figure is missing, or should be.</summary>
    public required double? LargestDeviation { get; init; }
}

/// <summary>A published worked example.</summary>
public sealed record ConformanceCaseRow
{
    /// <example>02</example>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>Whether every series of it came out within its tolerance.</summary>
    public required bool Passed { get; init; }

    /// <summary>The largest deviation of a series in parts of its tolerance: at most 1 where it passed; null where a figure is missing.</summary>
    public required double? WorstInTolerances { get; init; }

    public required IReadOnlyList<ConformanceSeriesRow> Series { get; init; }

    /// <summary>Series of the case that this service does not make.</summary>
    public required IReadOnlyList<string> NotCovered { get; init; }
}

/// <summary>The published worked examples that ship with the code, computed by the code that makes the figures of this process.</summary>
public sealed record ConformanceAnswer
{
    /// <summary>Whether every series of every case came out within its tolerance.</summary>
    public required bool Conformant { get; init; }

    /// <summary>Series that were compared.</summary>
    public required int Series { get; init; }

    /// <summary>Those of them that came out.</summary>
    public required int Passed { get; init; }

    /// <summary>Series that this service does not make.</summary>
    public required int NotCovered { get; init; }

    /// <summary>Figures that were compared.</summary>
    public required int Points { get; init; }

    public required IReadOnlyList<ConformanceCaseRow> Cases { get; init; }
}

/// <summary>How figures are made.</summary>
public sealed record MethodologyAnswer
{
    /// <summary>Of the methodology: the date since which it is as it is. A change of a figure's method changes it.</summary>
    /// <example>2026-11-25</example>
    public required string Version { get; init; }

    /// <summary>Of the service.</summary>
    /// <example>0.1.0</example>
    public required string ServiceVersion { get; init; }

    /// <summary>In whose calendar figures are made unless a query asks for another.</summary>
    /// <example>UTC</example>
    public required string TimeZone { get; init; }

    /// <summary>A period is <c>provisional</c> until it has been over for so many days.</summary>
    /// <example>7</example>
    public required int ProvisionalDays { get; init; }

    /// <summary>And <c>estimated</c> until then, <c>final</c> after.</summary>
    /// <example>90</example>
    public required int FinalDays { get; init; }

    /// <summary>The headline Token Index, by frequency.</summary>
    public required IReadOnlyList<HeadlineRow> Headline { get; init; }

    /// <summary>What is measured.</summary>
    public required IReadOnlyList<TermRow> Concepts { get; init; }

    /// <summary>Every method of index numbers.</summary>
    public required IReadOnlyList<MethodRow> Methods { get; init; }

    /// <summary>How periods are tied together: <c>linking</c>.</summary>
    public required IReadOnlyList<TermRow> Linkings { get; init; }

    /// <summary>Which items two periods compare: <c>items</c>.</summary>
    public required IReadOnlyList<TermRow> ItemSelections { get; init; }

    /// <summary>How rolling windows are spliced: <c>splice</c>.</summary>
    public required IReadOnlyList<TermRow> Splices { get; init; }

    /// <summary>What is published of a series: <c>units</c>.</summary>
    public required IReadOnlyList<TermRow> Transformations { get; init; }

    /// <summary>What happens at the edges.</summary>
    public required IReadOnlyList<TermRow> EdgeRules { get; init; }

    /// <summary>Every <c>null_reason</c>.</summary>
    public required IReadOnlyList<TermRow> NullReasons { get; init; }

    [JsonPropertyOrder(1)]
    public required ConformanceAnswer Conformance { get; init; }
}
