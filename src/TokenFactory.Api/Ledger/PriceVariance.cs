using System.Globalization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>What senders say that their events cost beside what the ledger says.</summary>
public sealed record PriceVarianceAnswer
{
    public required IReadOnlyList<PriceVarianceRow> Rows { get; init; }

    /// <summary>The events occurred at or after.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>And before.</summary>
    public required DateTimeOffset End { get; init; }
}

/// <summary>
/// The events of one source, producer and model that report a cost in one currency. Sums are exact, over the events that can be compared; those
/// that can't stand beside them.
/// </summary>
public sealed record PriceVarianceRow
{
    /// <example>gateway-1</example>
    public required string Source { get; init; }

    /// <example>moonshot</example>
    public required string Producer { get; init; }

    /// <example>kimi-k2</example>
    public required string Model { get; init; }

    /// <summary>The currency of the reported costs, ISO 4217.</summary>
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <summary>Events that report a cost, without those that were reversed.</summary>
    /// <example>120</example>
    public required long Events { get; init; }

    /// <summary>Of these: whose value, or a part of it, is not known in this currency. A value is never converted for a comparison.</summary>
    /// <example>2</example>
    public required long NotComparable { get; init; }

    /// <summary>What the compared events say that they cost.</summary>
    /// <example>1.25</example>
    public required string Reported { get; init; }

    /// <summary>What the ledger says: the entries in force, those of the last repricing where there was one.</summary>
    /// <example>1.2</example>
    public required string Valued { get; init; }

    /// <summary><c>reported - valued</c>: above 0 where more was charged than our prices say.</summary>
    /// <example>0.05</example>
    public required string Difference { get; init; }

    /// <summary><c>difference / valued</c>, rounded half away from zero to 12 decimals; null where that is 0.</summary>
    /// <example>0.041666666667</example>
    public required string? RelativeDifference { get; init; }

    /// <summary>What the events say that are not compared.</summary>
    /// <example>0.3</example>
    public required string ReportedNotComparable { get; init; }

    internal IReadOnlyList<CsvCell> Cells =>
    [
        Source, Producer, Model, Currency, CsvCell.Number(Events.ToString(CultureInfo.InvariantCulture)), CsvCell.Number(NotComparable.ToString(CultureInfo.InvariantCulture)), CsvCell.Number(Reported), CsvCell.Number(Valued),
        CsvCell.Number(Difference), CsvCell.Number(RelativeDifference), CsvCell.Number(ReportedNotComparable),
    ];
}
