using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace TokenFactory.Api.Hosting;

/// <summary>Instants on the wire: RFC 3339 with an offset on the way in (never a guess), UTC with <c>Z</c> and at most microseconds on the way out.</summary>
internal sealed partial class UtcInstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var instant)
            ? instant
            : throw new JsonException("must be an RFC 3339 instant with an offset, such as \"2026-11-23T10:00:00Z\"");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        // Bounds of periods, of which a table of figures has two in each row.
        Span<byte> text = stackalloc byte[20];
        if (value.Ticks % TimeSpan.TicksPerSecond == 0 && value.UtcDateTime.TryFormat(text, out var length, "s", CultureInfo.InvariantCulture))
        {
            text[length++] = (byte)'Z';
            writer.WriteStringValue(text[..length]);
            return;
        }

        writer.WriteStringValue(Text(value));
    }

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads an instant that names its offset, truncated to microseconds (PostgreSQL keeps no more).</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (!Rfc3339().IsMatch(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out instant))
        {
            return false;
        }

        instant = instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
        return true;
    }

    // The framework alone would take spaces, and dates as other countries write them. Seconds may be left out, as in events.
    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,16})?)?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
