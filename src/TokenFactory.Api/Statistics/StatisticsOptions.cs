using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Statistics;

/// <summary>How figures are published. Bound from the configuration section <c>TokenFactory:Statistics</c>.</summary>
internal sealed class StatisticsOptions
{
    public const string Section = "TokenFactory:Statistics";

    /// <summary>The zone in whose calendar figures are made unless a query asks for another: an IANA name, its offsets whole hours.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>A period is <c>provisional</c> until it has been over for this many days: late events are common in the first week.</summary>
    [Range(0, 3_650)]
    public int ProvisionalDays { get; set; } = 7;

    /// <summary>Then it is <c>estimated</c> until it has been over for this many days, and <c>final</c> after that.</summary>
    [Range(0, 3_650)]
    public int FinalDays { get; set; } = 90;

    /// <summary>The most rows in one answer.</summary>
    [Range(1, 10_000_000)]
    public int MaxRows { get; set; } = 100_000;

    /// <summary>The most item-periods behind one index query.</summary>
    [Range(1, 100_000_000)]
    public int MaxItemPeriods { get; set; } = 2_000_000;

    /// <summary>The most memory for answers that are kept while they hold, in MB; 0: none is kept.</summary>
    [Range(0, 65_536)]
    public int AnswerMemoryMb { get; set; } = 64;

    /// <summary>The most vintages of one revision triangle.</summary>
    [Range(1, 10_000)]
    public int MaxVintages { get; set; } = 400;

    /// <summary>The most work of one multilateral index: items times pairs of periods that its windows compare.</summary>
    [Range(1_000_000, 1_000_000_000_000)]
    public long MaxComparisons { get; set; } = 250_000_000;
}
