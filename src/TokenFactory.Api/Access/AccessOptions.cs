namespace TokenFactory.Api.Access;

/// <summary>Who may do what. Bound from the configuration section <c>TokenFactory</c>.</summary>
internal sealed class AccessOptions
{
    /// <summary>Figures (GDP, indices) are readable without a key; entries, receipts and everything else never are.</summary>
    public bool PublicFigures { get; set; } = true;

    /// <summary>Sets the first admin key: any text of 32 characters or more. Without it one is made at first start and shown once.</summary>
    public string? BootstrapAdminKey { get; set; }
}
