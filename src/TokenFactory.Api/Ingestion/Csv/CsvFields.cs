using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>The fields of an event that a column can hold.</summary>
internal static class CsvFields
{
    public const string Source = "source";
    public const string Id = "id";
    public const string OccurredAt = "occurred_at";
    public const string Producer = "producer";
    public const string Model = "model";
    public const string Account = "account";
    public const string Sector = "sector";
    public const string ServiceTier = "service_tier";
    public const string Region = "region";
    public const string ReportedCost = "reported_cost";
    public const string Currency = "currency";

    /// <summary>Every field; those between are the token classes, in stored order.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Source, Id, OccurredAt, Producer, Model, Account, Sector, ServiceTier, Region, .. WireNames.AllTokenClasses, ReportedCost, Currency];
}
