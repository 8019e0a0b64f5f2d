using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.RollUp;

/// <summary>
/// Small cells of public figures are withheld where one of the two rules is set. Bound from the configuration section <c>TokenFactory:Suppression</c>. What a rule
/// is set to counts for months that are released afterwards; every instance needs the same.
/// </summary>
internal sealed class SuppressionOptions
{
    public const string Section = "TokenFactory:Suppression";

    /// <summary>A cell with fewer accounts is withheld; 0: no such rule.</summary>
    [Range(0, 1_000_000)]
    public int MinAccounts { get; set; }

    /// <summary>A cell in which one account has more than so many percent of the value or of the tokens is withheld; 0: no such rule.</summary>
    [Range(0, 99)]
    public int DominancePercent { get; set; }

    /// <summary>A month is released once it has been over for this many days, as it is known then, and never anew.</summary>
    [Range(1, 3_650)]
    public int ReleaseDays { get; set; } = 7;

    /// <summary>Between two looks for months to release, in seconds.</summary>
    [Range(1, 86_400)]
    public int ReleaseIntervalSeconds { get; set; } = 60;

    /// <summary>Keys with <c>read</c> get figures as the public does; <c>admin</c> gets all of them.</summary>
    public bool AppliesToReadKeys { get; set; }

    public bool IsOn => MinAccounts > 0 || DominancePercent > 0;
}
