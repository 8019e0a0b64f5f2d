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

    /// <summary>Where the tokens were made, as the sender names it.</summary>
    public string? Region;

    /// <summary>In the order of the token classes' stored numbers; never empty.</summary>
    public UsageLine[] Usage = [];
    public decimal? ReportedAmount;
    public string? ReportedCurrency;
}
