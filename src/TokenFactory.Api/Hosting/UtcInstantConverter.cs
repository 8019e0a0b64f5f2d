using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TokenFactory.Api.Hosting;

/// <summary>Instants on the wire: RFC 3339 with an offset on the way in (never a guess), UTC with <c>Z</c> and at most microseconds on the way out.</summary>
internal sealed class UtcInstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var instant)
            ? instant
            : throw new JsonException("must be an RFC 3339 instant with an offset, such as \"2026-11-23T10:00:00Z\"");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads an instant that names its offset, truncated to microseconds (PostgreSQL keeps no more).</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var namesOffset = text is [.., 'Z'] || text is [.., '+' or '-', _, _, ':', _, _];
        if (!namesOffset || text.Length < 17 || text[10] != 'T'
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out instant))
        {
            return false;
        }

        instant = instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
        return true;
    }
}
