using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>A series that can be opened.</summary>
public sealed record SeriesEntry
{
    /// <summary>FREQ.SECTOR.PRODUCER.TOKEN_CLASS.MEASURE.PRICES.METHOD.ADJUSTMENT.</summary>
    /// <example>M.S14.OPENAI._T.TPI.D.CF.N</example>
    public required string Key { get; init; }

    public required string Title { get; init; }

    /// <example>index</example>
    public required string Unit { get; init; }

    /// <summary>The power of ten that values are to be multiplied by: 0, they are given in full.</summary>
    /// <example>0</example>
    public required int UnitMultiplier { get; init; }

    /// <summary>The first period with data.</summary>
    /// <example>2026-01</example>
    public required string First { get; init; }

    /// <summary>The last one.</summary>
    /// <example>2026-11</example>
    public required string Last { get; init; }
}

/// <summary>A page of series, in the order of their dimensions.</summary>
public sealed record SeriesPage
{
    public required IReadOnlyList<SeriesEntry> Items { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null: this is the last.</summary>
    public required string? NextCursor { get; init; }
}

/// <summary>One observation.</summary>
public sealed record SeriesRow : FigureRow
{
    /// <summary>As the figure's own operation publishes it; null with a reason, or where there is nothing to divide by.</summary>
    /// <example>98.765432</example>
    public required string? Value { get; init; }

    /// <summary>By CL_OBS_STATUS: <c>A</c> normal (final), <c>E</c> estimated, <c>P</c> provisional, <c>M</c> missing, data cannot exist, <c>Q</c> missing, suppressed.</summary>
    /// <example>P</example>
    public required string ObsStatus { get; init; }

    /// <summary>Why there is no value: see <c>GET /v1/methodology</c>.</summary>
    public required string? NullReason { get; init; }
}

/// <summary>A series.</summary>
public sealed record SeriesAnswer : FigureAnswer
{
    [JsonPropertyOrder(-2)]
    public required string Key { get; init; }

    [JsonPropertyOrder(-2)]
    public required string Title { get; init; }

    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<SeriesRow> Rows { get; init; }

    /// <summary>The unit by its code, as UNIT_MEASURE of SDMX-CSV has it.</summary>
    /// <example>IX</example>
    public required string UnitMeasure { get; init; }

    /// <summary>The period that is 100, or whose money it is; null where there is none.</summary>
    /// <example>2026-01</example>
    public required string? Reference { get; init; }
}

/// <summary>A code and what it means.</summary>
/// <param name="Code">As keys have it.</param>
/// <param name="Name">What it means.</param>
/// <param name="Value">As other operations of this API call it; null where they do not.</param>
public sealed record SeriesCode(string Code, string Name, string? Value);

/// <summary>The codes of one dimension or attribute.</summary>
/// <param name="Id">As SDMX-CSV heads its column.</param>
/// <param name="Position">From 1 in a key; null: an attribute, which is in no key.</param>
/// <param name="Codes">In the order of lists.</param>
public sealed record SeriesCodeList(string Id, int? Position, IReadOnlyList<SeriesCode> Codes);

/// <summary>Every code list.</summary>
public sealed record SeriesCodesAnswer
{
    /// <summary>What SDMX-CSV calls the structure of these series.</summary>
    /// <example>TOKEN_FACTORY:SERIES(1.0.0)</example>
    public required string Structure { get; init; }

    public required IReadOnlyList<SeriesCodeList> Lists { get; init; }
}
