using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>A usage event as sent: typed and checked, with no name resolved yet.</summary>
internal sealed class UsageEvent
{
    public string Source = "";
    public string Id = "";
    public DateTimeOffset OccurredAt;
    public string Producer = "";
    public string Model = "";
    public string? Account;
    public Sector? Sector;
    public ServiceTier ServiceTier = ServiceTier.Standard;

    /// <summary>In the order of the token classes' stored numbers; never empty.</summary>
    public UsageLine[] Usage = [];
    public decimal? ReportedAmount;
    public string? ReportedCurrency;
}

/// <summary>One token class of a usage event.</summary>
internal readonly record struct UsageLine(TokenClass TokenClass, long Quantity, DeclaredValue? Declared);
