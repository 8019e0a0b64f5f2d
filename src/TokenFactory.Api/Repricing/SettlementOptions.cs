using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Repricing;

/// <summary>How month tiers are settled. Bound from the configuration section <c>TokenFactory:Settlement</c>.</summary>
internal sealed class SettlementOptions
{
    public const string Section = "TokenFactory:Settlement";

    /// <summary>Off: this instance settles nothing. If none does, months with tiers stay at the first tier's price.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Between two settlements, in seconds.</summary>
    [Range(1, 86_400)]
    public int IntervalSeconds { get; set; } = 900;
}
