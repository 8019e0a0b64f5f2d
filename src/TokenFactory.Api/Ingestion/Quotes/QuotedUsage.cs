using System.Text.Json;

namespace TokenFactory.Api.Ingestion;

/// <summary>What is to be priced without being recorded.</summary>
/// <param name="Event">As an event; where the usage is raw, without what its response says.</param>
/// <param name="Raw">What a provider answered, still to be read; null: the usage is an event.</param>
internal sealed record QuotedUsage(UsageEvent Event, RawUsage? Raw);

/// <summary>A provider's response.</summary>
/// <param name="Flavor">The id of the usage profile to read it with; null: that of the provider.</param>
/// <param name="Response">The whole response.</param>
/// <param name="SaysWhen">Whether the sender says when it was made; else the response does, or it is now.</param>
/// <param name="SaysTier">Whether the sender says in which tier; else the response does, or it is the standard one.</param>
internal sealed record RawUsage(string? Flavor, JsonElement Response, bool SaysWhen, bool SaysTier);
