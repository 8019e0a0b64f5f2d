using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Access;

/// <summary>Who may do what. Bound from the configuration section <c>TokenFactory</c>.</summary>
internal sealed class AccessOptions
{
    /// <summary>Figures (GDP, indices) are readable without a key; entries, receipts and everything else never are.</summary>
    public bool PublicFigures { get; set; } = true;

    /// <summary>Sets the first admin key: any text of 32 characters or more. Without it one is made at first start and shown once.</summary>
    public string? BootstrapAdminKey { get; set; }

    /// <summary>Between two writings of what is noted beside requests: the last use of keys, and attempts that were refused.</summary>
    [Range(1, 3600)]
    public int AccessNotesSeconds { get; set; } = 60;
}
