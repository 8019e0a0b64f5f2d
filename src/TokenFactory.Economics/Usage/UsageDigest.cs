using System.Text.Json;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// What may be kept of a provider's response: what says which response it is, and its usage objects. Texts of other places are dropped, texts
/// inside a usage object are kept where a word is expected (<c>TEXT</c>, <c>ephemeral</c>, a number in quotation marks): no prompt and no answer passes.
/// The result is canonical: the same response with its members in another order, or with members that are null, gives the same bytes.
/// </summary>
public static class UsageDigest
{
    private const int MaxDepth = 8;
    private const int MaxMembers = 256;
    private const int MaxNameLength = 64;
    private const int MaxWordLength = 32;
    private const int MaxTextLength = 256;

    // The attributes of a span are their own usage object.
    private const string UsageAttributes = "gen_ai.usage.";

    private static readonly HashSet<string> UsageMembers = [.. UsageProfiles.All.Select(p => p.Member).OfType<string>()];

    // Members that hold a name.
    private static readonly HashSet<string> Names = [.. RawResponse.IdNames, .. RawResponse.ModelNames];

    // Members that hold an instant or a kind.
    private static readonly HashSet<string> Kinds = [.. RawResponse.CreatedNames, "type", "object", "service_tier", "serviceTier"];

    // Members of a usage object that hold a word.
    private static readonly HashSet<string> Words = ["modality", "cache_type", "ttl", "type", "service_tier", "context_window"];

    /// <summary>Writes what may be kept of a response.</summary>
    /// <param name="response">The response; where it is no JSON object, its kind is kept and nothing else.</param>
    /// <param name="writer">Receives one JSON value.</param>
    /// <exception cref="InvalidOperationException">A text or name is not valid Unicode.</exception>
    public static void Write(JsonElement response, Utf8JsonWriter writer)
    {
        if (response.ValueKind != JsonValueKind.Object)
        {
            WriteUsage(response, writer, MaxDepth);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in InOrder(response))
        {
            if (IsUsage(member.Name) || (Kinds.Contains(member.Name) && member.Value.ValueKind != JsonValueKind.String))
            {
                writer.WritePropertyName(member.Name);
                WriteUsage(member.Value, writer, depth: 1);
            }
            else if (Kinds.Contains(member.Name))
            {
                WriteText(member, text => IsWord(text, MaxNameLength) || IsInstant(text), writer);
            }
            else if (Names.Contains(member.Name))
            {
                WriteText(member, text => text.Length <= MaxTextLength && (RawResponse.ModelNames.Contains(member.Name) || !text.Any(char.IsWhiteSpace)), writer);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes what may be kept of a usage object: its numbers and words, in the order of their names.</summary>
    /// <param name="usage">Any JSON value.</param>
    /// <param name="writer">Receives one JSON value.</param>
    /// <exception cref="InvalidOperationException">A text or name is not valid Unicode.</exception>
    public static void WriteUsage(JsonElement usage, Utf8JsonWriter writer) => WriteUsage(usage, writer, depth: 1);

    private static bool IsUsage(string name) => UsageMembers.Contains(name) || name.StartsWith(UsageAttributes, StringComparison.Ordinal);

    private static void WriteText(JsonProperty member, Predicate<string> isKept, Utf8JsonWriter writer)
    {
        if (member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { } text && isKept(text))
            writer.WriteString(member.Name, text);
    }

    private static void WriteUsage(JsonElement value, Utf8JsonWriter writer, int depth, string? name = null)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth >= MaxDepth:
                writer.WriteStringValue("(nested)");
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in InOrder(value).Where(m => IsWord(m.Name, MaxNameLength)).Take(MaxMembers))
                {
                    writer.WritePropertyName(member.Name);
                    WriteUsage(member.Value, writer, depth + 1, member.Name);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray().Take(MaxMembers))
                    WriteUsage(item, writer, depth + 1);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString() is { } text && IsWord(text, MaxWordLength) && (text.All(char.IsAsciiDigit) || Words.Contains(name ?? "")) ? text : "(text)");
                break;
            case JsonValueKind.Number when value.GetRawText().Length > MaxWordLength:
                writer.WriteStringValue("(number)");
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(value.GetRawText());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBooleanValue(value.GetBoolean());
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    // Of a name that is there twice the last counts, as everywhere in JSON. A null is read as absent: kept, it would make two usages of one.
    private static IEnumerable<JsonProperty> InOrder(JsonElement value) =>
        value.EnumerateObject().GroupBy(m => m.Name, StringComparer.Ordinal).Select(g => g.Last())
            .Where(m => m.Value.ValueKind != JsonValueKind.Null).OrderBy(m => m.Name, StringComparer.Ordinal);

    // As RFC 3339 writes it.
    private static bool IsInstant(string text) => text.Length <= MaxNameLength && text.All(c => char.IsAsciiDigit(c) || c is '-' or ':' or '.' or 'T' or 'Z' or '+' or ' ');

    private static bool IsWord(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '-');
}
