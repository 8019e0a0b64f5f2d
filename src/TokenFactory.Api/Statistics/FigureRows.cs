using System.Collections;
using System.Text.Json.Serialization;

namespace TokenFactory.Api.Statistics;

/// <summary>The group that a row is of. Its columns appear only where they were asked for.</summary>
public abstract record GroupRow
{
    [JsonPropertyOrder(-7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sector { get; init; }

    [JsonPropertyOrder(-6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Producer { get; init; }

    [JsonPropertyOrder(-5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonPropertyOrder(-4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenClass { get; init; }

    [JsonPropertyOrder(-3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceTier { get; init; }
}

/// <summary>What every row of a figure says about its period and group.</summary>
public abstract record FigureRow : GroupRow
{
    /// <summary>The reference period.</summary>
    /// <example>2026-11</example>
    [JsonPropertyOrder(-10)]
    public required string Period { get; init; }

    /// <summary>The first instant that the row covers: of the period, or of the window where that begins later.</summary>
    [JsonPropertyOrder(-9)]
    public required DateTimeOffset Start { get; init; }

    /// <summary>The first instant that it does not cover any more.</summary>
    [JsonPropertyOrder(-8)]
    public required DateTimeOffset End { get; init; }

    /// <summary>
    /// Whether the row covers less than its period: the window cuts it, or the period was not over when the last event was recorded. Nothing is
    /// grossed up: don't compare it with a whole period.
    /// </summary>
    [JsonPropertyOrder(9)]
    public required bool Partial { get; init; }

    /// <summary><c>provisional</c>, <c>estimated</c> or <c>final</c>: how likely late events still are.</summary>
    /// <example>provisional</example>
    [JsonPropertyOrder(10)]
    public required string Status { get; init; }
}

/// <summary>A table of figures with what must be known to read it.</summary>
public abstract record FigureAnswer
{
    /// <summary>The money of the figures, ISO 4217.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <summary>What the main figure of each row is measured in: a currency, <c>percent</c>, <c>index</c>.</summary>
    /// <example>USD</example>
    public required string Unit { get; init; }

    /// <summary>The power of ten that figures of the unit are to be multiplied by: 0, they are given in full.</summary>
    /// <example>0</example>
    public int UnitMultiplier { get; init; }

    /// <example>month</example>
    public required string Frequency { get; init; }

    /// <summary>Whose periods they are, by its IANA name.</summary>
    /// <example>UTC</example>
    public required string TimeZone { get; init; }

    /// <summary>The columns that the figures are grouped by.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>The figures are those known at the end of this UTC date, or now where it is today's.</summary>
    public required DateOnly AsOf { get; init; }

    /// <summary>
    /// When the last event inside was recorded, or the end of <c>as_of</c> where that came first; what is being committed at this moment may
    /// still come in with an instant of up to five minutes before. Of what is released to the public: when the last month was. Null while the ledger is empty.
    /// </summary>
    [JsonPropertyOrder(int.MaxValue)]
    public required DateTimeOffset? CompleteThrough { get; init; }
}

/// <summary>The rows of an answer, each made as it is read: of an answer of many thousands only the one that is being written is in memory.</summary>
internal sealed class RowsOfAnswer<TRow>(int count, Func<int, TRow> make) : IReadOnlyList<TRow>
{
    public int Count => count;

    public TRow this[int index] => make(index);

    public IEnumerator<TRow> GetEnumerator() => Enumerable.Range(0, count).Select(make).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
