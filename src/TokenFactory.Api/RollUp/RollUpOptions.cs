using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.RollUp;

/// <summary>How the aggregator works. Bound from the configuration section <c>TokenFactory:RollUp</c>.</summary>
internal sealed class RollUpOptions
{
    public const string Section = "TokenFactory:RollUp";

    /// <summary>Off: this instance folds nothing (figures stay right: they add what is unfolded).</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Between two looks for batches to fold, in milliseconds.</summary>
    [Range(10, 60_000)]
    public int FoldIntervalMs { get; set; } = 200;

    /// <summary>Between two audits of ledger entries against the roll-up, in milliseconds.</summary>
    [Range(100, 600_000)]
    public int AuditIntervalMs { get; set; } = 2_000;

    /// <summary>The most batches of one lane in one fold: bounds a transaction after a long standstill.</summary>
    [Range(1, 100_000)]
    public int MaxBatchesPerFold { get; set; } = 500;
}
