using TokenFactory.Api.Catalog;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Makes an event of a reported usage, today as in a release from quarantine: the profile reads its tokens, and names are checked. What stands in the
/// way is noted as the reason to hold it back; only what can't be filed under a source and an id is refused.
/// </summary>
internal sealed class ReportedUsageReader(EventParser parser, CatalogCache catalog, IngestionOptions options)
{
    /// <param name="index">The place in the body, from 0.</param>
    /// <param name="reported">What was sent.</param>
    /// <returns>An event to be recorded, held back or refused; or one of no tokens (<see cref="IngestItem.IsEmpty"/>).</returns>
    public IngestItem Read(int index, ReportedUsage reported) => Read(index, reported, ReportedUsageReading.AsSent);

    /// <summary>As somebody has decided to read it: what was sent stays what it is.</summary>
    /// <param name="index">The place in the body, from 0.</param>
    /// <param name="reported">What was sent.</param>
    /// <param name="reading">What was decided.</param>
    public IngestItem Read(int index, ReportedUsage reported, ReportedUsageReading reading)
    {
        var violations = new EventViolations();
        var sent = new UsageEvent
        {
            Source = parser.CheckName(reported.Source, "/source", violations) ?? "",
            Id = CheckId(reported.Id, violations),
            Reported = reported,
            Signal = SenderShapes.SignalOf(reported.Shape),
            Counter = reported.Shape == SenderShapes.OtlpMetric ? TokenUsagePoint.CounterOf(reported.Response) : null,
            Plan = reported.Plan,
            ReportedAmount = reported.ReportedAmount,
            ReportedCurrency = reported.ReportedCurrency,
        };
        var item = new IngestItem(index, sent, violations);
        if (violations.Any)
            return item;
        var reasons = new EventViolations();
        var response = ReadTokens(sent, reported, reading, reasons);
        ReadNames(sent, reported, reading, response, reasons);
        ReadTime(sent, reading.OccurredAt ?? reported.OccurredAt ?? response?.CreatedAt, reasons);
        ReadSector(sent, reported, reasons);
        item.IsEmpty = sent.Usage.Length == 0 && !reasons.Any;
        item.Quarantine = item.Unreadable = reasons.Any ? reasons.First : null;
        return item;
    }

    private string CheckId(string id, EventViolations violations)
    {
        EventParser.CheckNotReserved(id, "/id", violations);
        return parser.CheckName(id, "/id", violations) ?? "";
    }

    private RawResponse? ReadTokens(UsageEvent sent, ReportedUsage reported, ReportedUsageReading reading, EventViolations reasons)
    {
        if (ProfileOf(reported, reading, reasons) is not { } profile)
            return null;
        var response = RawResponse.Read(profile, reported.Response);
        sent.UsageProfile = profile.NameOf(response.Usage);
        if (response.Usage.Violation is { } violation)
        {
            reasons.Add("/response", violation.Code, violation.Detail);
            return response;
        }

        sent.Usage = [.. response.Usage.Leaves.Select(leaf => new UsageLine(leaf.TokenClass, leaf.Quantity, null))];
        if (response.Usage.Leaves.Any(leaf => leaf.Quantity > options.MaxQuantity))
            reasons.Add("/response", UsageViolation.OutOfRange, $"More than {options.MaxQuantity} tokens of one class.");
        return response;
    }

    private UsageProfile? ProfileOf(ReportedUsage reported, ReportedUsageReading reading, EventViolations reasons)
    {
        if ((reading.Profile ?? reported.Profile) is { } named)
        {
            if (UsageProfiles.TryFind(named, out var profile))
                return profile;
            reasons.Add("/flavor", UsageViolation.UnknownProfile, $"Must be one of {string.Join(", ", UsageProfiles.All.Select(p => p.Id))}.");
            return null;
        }

        var provider = reading.Producer ?? reported.Provider ?? "";
        if ((UsageProfiles.For(provider, reported.Response)
            ?? (catalog.Current.FindProducer(provider) is { } producer ? UsageProfiles.For(producer.Slug, reported.Response) : null)) is { } known)
        {
            return known;
        }

        reasons.Add("/flavor", UsageViolation.UnknownProfile, "Nothing is known of this provider's responses: say which shape they have.");
        return null;
    }

    private void ReadNames(UsageEvent sent, ReportedUsage reported, ReportedUsageReading reading, RawResponse? response, EventViolations reasons)
    {
        sent.Producer = Name(reading.Producer ?? reported.Provider, "/provider", "The sender does not say who made the tokens.", reasons);
        sent.Model = Name(reported.Model ?? response?.Model ?? reading.Model, "/model", reported.Shape is SenderShapes.OpenAiUsage or SenderShapes.AnthropicUsage
            ? "The result does not say which model made it: ask for the report grouped by model."
            : "Neither the sender nor the response says which model made it.", reasons);
        if (reported.Account is { } account)
            sent.Account = parser.CheckName(account, "/account", reasons);
        if (reported.Region is { } region)
            sent.Region = parser.CheckName(region, "/region", reasons);
        if (reported.ReportedAmount is < 0 or > 1e15m || reported.ReportedAmount?.Scale > UnitValue.Decimals)
            reasons.Add("/reported_cost/amount", "out_of_range", "A reported cost is in 0..10^15 with at most 12 decimals.");
        if (reading.ServiceTier is { } decided)
        {
            sent.ServiceTier = decided;
        }
        else if (reported.ServiceTier is { } tier)
        {
            if (ProviderTiers.Find(tier) is { } known)
                sent.ServiceTier = known;
            else
                reasons.Add("/service_tier", "unknown_value", $"The service tier is none of {string.Join(", ", WireNames.AllServiceTiers)}.");
        }
        else if (response?.ServiceTier is { } served)
        {
            sent.ServiceTier = served;
        }
        else if (response?.ServiceTierAsSent is not null)
        {
            reasons.Add("/service_tier", "unknown_value", "The response names a service tier that has no counterpart here.");
        }
    }

    private string Name(string? name, string pointer, string missing, EventViolations reasons)
    {
        if (!string.IsNullOrEmpty(name))
            return parser.CheckName(name, pointer, reasons) ?? "";
        reasons.Add(pointer, "required", missing);
        return "";
    }

    private void ReadTime(UsageEvent sent, DateTimeOffset? made, EventViolations reasons)
    {
        if (made is { } at)
            sent.OccurredAt = parser.CheckInstant(at, "/occurred_at", reasons);
        else
            reasons.Add("/occurred_at", "required", "Neither the sender nor the response says when it was made.");
    }

    private static void ReadSector(UsageEvent sent, ReportedUsage reported, EventViolations reasons)
    {
        sent.Sector = Sector(reported.Sector, "/sector");
        sent.SectorTag = Sector(reported.SectorTag, "/sector");

        Sector? Sector(string? name, string pointer)
        {
            if (name is null)
                return null;
            if (WireNames.TryParseSector(name, out var sector))
                return sector;
            reasons.Add(pointer, "unknown_value", $"The sector is none of {string.Join(", ", WireNames.AllSectors)}.");
            return null;
        }
    }
}
