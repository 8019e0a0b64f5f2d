using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>What a provider's whole response says of itself, and its usage. What the response does not say is null.</summary>
public sealed record RawResponse
{
    internal static readonly string[] IdNames = ["id", "responseId", "request_id", "requestId", "gen_ai.response.id"];
    internal static readonly string[] ModelNames = ["model", "modelVersion", "gen_ai.response.model"];
    internal static readonly string[] CreatedNames = ["created", "created_at", "createTime"];

    /// <summary>The id that the provider gave the response.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answered, as the provider names it.</summary>
    public string? Model { get; init; }

    /// <summary>The tier that served the request; null where the response names none, or one that has no counterpart here.</summary>
    public ServiceTier? ServiceTier { get; init; }

    /// <summary>The name of the tier as sent: tells an unknown tier from none.</summary>
    public string? ServiceTierAsSent { get; init; }

    /// <summary>When the provider made the response: UTC, truncated to microseconds. Null where it is absent or no instant.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>DashScope's cache_type, such as <c>ephemeral</c>: it changes the price of cached tokens.</summary>
    public string? CacheType { get; init; }

    public required UsageReading Usage { get; init; }

    /// <summary>Reads a response with the profile of an id. Never throws for what the response holds.</summary>
    public static RawResponse Read(string profileId, JsonElement response) => UsageProfiles.TryFind(profileId, out var profile)
        ? Read(profile, response)
        : new RawResponse { Usage = UsageReading.Refused(UsageViolation.UnknownProfile, "No usage profile has this id.") };

    /// <summary>Reads a response. Never throws for what the response holds.</summary>
    public static RawResponse Read(UsageProfile profile, JsonElement response)
    {
        if (response.ValueKind != JsonValueKind.Object)
            return new RawResponse { Usage = UsageReading.Refused(UsageViolation.WrongType, "The response must be a JSON object.") };
        try
        {
            var usage = profile.UsageOf(response);
            var tier = Text(response, "service_tier") ?? Text(usage, "service_tier") ?? Text(UsageFields.Member(response, "serviceTier"), "type");
            return new RawResponse
            {
                Id = First(response, IdNames),
                Model = First(response, ModelNames),
                ServiceTier = tier is null ? null : ProviderTiers.Find(tier),
                ServiceTierAsSent = tier,
                CreatedAt = CreatedNames.Select(name => InstantOf(UsageFields.Member(response, name))).FirstOrDefault(instant => instant is not null),
                CacheType = Text(UsageFields.Member(usage, "prompt_tokens_details"), "cache_type"),
                Usage = profile.Read(usage),
            };
        }
        catch (InvalidOperationException)
        {
            return new RawResponse { Usage = UsageReading.Refused(UsageViolation.InvalidText, "A text holds bytes or escapes that are not valid Unicode.") };
        }
    }

    /// <summary>The id that a provider gave a response; null where it has none.</summary>
    /// <exception cref="InvalidOperationException">A text or name is not valid Unicode.</exception>
    public static string? IdOf(JsonElement response) => First(response, IdNames);

    private static string? First(JsonElement response, string[] names) =>
        names.Select(name => Text(response, name)).FirstOrDefault(text => text is not null);

    private static string? Text(JsonElement owner, string name) =>
        UsageFields.Member(owner, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>Unix seconds, which some send with a fraction, or an RFC 3339 instant with an offset.</summary>
    private static DateTimeOffset? InstantOf(JsonElement value)
    {
        DateTimeOffset? instant = null;
        if (value.ValueKind == JsonValueKind.Number)
        {
            var latest = (decimal)DateTimeOffset.MaxValue.ToUnixTimeSeconds();
            if (value.TryGetDecimal(out var seconds) && seconds >= 0 && seconds <= latest)
                instant = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }
        else if (value.ValueKind == JsonValueKind.String && HasOffset(value.GetString()!) && value.TryGetDateTimeOffset(out var written))
        {
            instant = written.ToUniversalTime();
        }

        return instant?.AddTicks(-(instant.Value.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    // Without an offset it would be read as local time of this machine: that would be a guess.
    private static bool HasOffset(string text) => text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _];
}
