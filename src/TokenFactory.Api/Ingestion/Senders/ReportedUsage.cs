using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// A usage as somebody else's program reports it, in one form for every shape: names as sent, and the provider's own usage object, before a
/// profile or an alias is applied. It is what an event's fingerprint covers, and what quarantine keeps: nothing in it is a prompt or an answer.
/// </summary>
internal sealed record ReportedUsage
{
    // What is longer than a name can be is no name, and may be anything: so much is kept that it is still too long.
    private const int MaxKeptLength = 700;

    private static readonly JsonSerializerOptions Form = new(WireJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    // A later version may have kept more.
    private static readonly JsonSerializerOptions AnyForm = new(Form) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>The shape that it came in, such as <c>raw</c>: a name of <see cref="SenderShapes"/>.</summary>
    public required string Shape { get; init; }

    /// <summary>The registered source that it is recorded under.</summary>
    public required string Source { get; init; }
    public required string Id { get; init; }

    /// <summary>Null: neither the sender nor the response says when.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The producer, by any name; null: the sender does not say.</summary>
    public string? Provider { get; init => field = Kept(value); }

    /// <summary>The id of the usage profile that reads it; null: it follows from provider and response.</summary>
    public string? Profile { get; init; }
    public string? Model { get; init => field = Kept(value); }
    public string? Account { get; init => field = Kept(value); }

    /// <summary>The sector that the event itself names.</summary>
    public string? Sector { get; init => field = Kept(value); }

    /// <summary>The sector that a resource attribute or a tag of the sender names.</summary>
    public string? SectorTag { get; init => field = Kept(value); }

    /// <summary>The plan that the customer is on: a fact for sector rules.</summary>
    public string? Plan { get; init => field = Kept(value); }

    /// <summary>As sent; null: the response says it, or it is the standard one.</summary>
    public string? ServiceTier { get; init => field = Kept(value); }
    public string? Region { get; init => field = Kept(value); }
    public decimal? ReportedAmount { get; init; }
    public string? ReportedCurrency { get; init; }

    /// <summary>What <see cref="UsageDigest"/> keeps of the response, or an object that the profile reads by itself.</summary>
    public required JsonElement Response { get; init; }

    /// <summary>The one form in which it is kept and fingerprinted.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Form);

    public static ReportedUsage FromBytes(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<ReportedUsage>(json, AnyForm) ?? throw new InvalidOperationException("A kept usage is not there.");

    private static string? Kept(string? text) => text?.Length > MaxKeptLength ? text[..MaxKeptLength] : text;

    /// <summary>What may be kept of a response, as a value of its own.</summary>
    /// <exception cref="InvalidOperationException">A text or name is not valid Unicode.</exception>
    public static JsonElement Keep(JsonElement response) => Written(writer => UsageDigest.Write(response, writer));

    /// <summary>A JSON value, as it is written.</summary>
    public static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = false }))
            write(writer);
        return JsonElement.Parse(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>An id for what has none of its own: the same content gives the same id.</summary>
    public static string IdOf(string prefix, ReadOnlySpan<byte> content) => $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}";
}

/// <summary>What somebody has decided about a reported usage that could not be read as it was sent.</summary>
/// <param name="Profile">The usage profile that reads it; null: what was sent tells.</param>
/// <param name="Producer">Who made the tokens, by id or alias; null: what was sent tells.</param>
/// <param name="Model">Which model, where what was sent names none.</param>
internal sealed record ReportedUsageReading(string? Profile, string? Producer, string? Model, DateTimeOffset? OccurredAt = null, ServiceTier? ServiceTier = null)
{
    public static ReportedUsageReading AsSent { get; } = new(null, null, null);
}

/// <summary>The shapes that usage comes in, beside the ledger's own.</summary>
internal static class SenderShapes
{
    public const string Raw = "raw";
    public const string Litellm = "litellm";
    public const string OtlpSpan = "otlp_span";
    public const string OtlpMetric = "otlp_metric";
    public const string OpenAiUsage = "openai_usage";
    public const string AnthropicUsage = "anthropic_usage";

    /// <summary>The OpenTelemetry signal that a shape is of; null: of none.</summary>
    public static SourceSignal? SignalOf(string shape) => shape switch
    {
        OtlpSpan => SourceSignal.Traces,
        OtlpMetric => SourceSignal.Metrics,
        _ => null,
    };

    public static IReadOnlyList<string> All { get; } = [Raw, Litellm, OtlpSpan, OtlpMetric, OpenAiUsage, AnthropicUsage];
}
