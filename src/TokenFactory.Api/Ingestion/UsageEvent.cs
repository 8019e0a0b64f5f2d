using TokenFactory.Api.Catalog;
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

    /// <summary>The sector that a resource attribute or a tag of the sender names: its account's own beats it.</summary>
    public Sector? SectorTag;

    /// <summary>The plan that the customer is on, as the sender names it: a fact for sector rules.</summary>
    public string? Plan;
    public ServiceTier ServiceTier = ServiceTier.Standard;

    /// <summary>Where the tokens were made, as the sender names it; null: the model's name may say it.</summary>
    public string? Region;

    /// <summary>In the order of the token classes' stored numbers; never empty.</summary>
    public UsageLine[] Usage = [];
    public decimal? ReportedAmount;
    public string? ReportedCurrency;

    /// <summary>How the sender's usage object was read, as <c>id/version</c>, with what it tells of the requests in it; null: the event came in the ledger's own classes.</summary>
    public string? UsageProfile;

    /// <summary>The fingerprint under which it was held back; null: it comes in now.</summary>
    public byte[]? HeldFingerprint;

    /// <summary>The OpenTelemetry signal that it came by; null: by none.</summary>
    public SourceSignal? Signal;

    /// <summary>The counter that it is a reading of: the event is what it grew by since the last one. Null: <see cref="Usage"/> is the event's own.</summary>
    public CounterReading? Counter;

    /// <summary>What was sent, where that is not the ledger's own shape; null: it is.</summary>
    public ReportedUsage? Reported;
}
