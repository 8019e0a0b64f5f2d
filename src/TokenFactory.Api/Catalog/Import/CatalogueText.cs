using System.Text;
using System.Text.Json;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>Reads the bytes of a catalogue as text or JSON, or says in one sentence why they are none.</summary>
internal static class CatalogueText
{
    /// <summary>The text without byte order mark.</summary>
    /// <exception cref="ImportRefusedException">Not UTF-8, or empty.</exception>
    public static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> document)
    {
        if (!System.Text.Unicode.Utf8.IsValid(document.Span))
            throw new ImportRefusedException("not_utf8", "The document is not UTF-8 text. One that is compressed needs Content-Encoding: gzip.");
        var text = document.Span.StartsWith(Encoding.UTF8.Preamble) ? document[Encoding.UTF8.Preamble.Length..] : document;
        return text.Span.ContainsAnyExcept(" \t\r\n"u8) ? text : throw new ImportRefusedException("empty", "The document is empty.");
    }

    /// <summary>The document as JSON, all of whose strings can be read.</summary>
    /// <exception cref="ImportRefusedException">Not JSON, or its root is another kind of value.</exception>
    public static JsonDocument Json(ReadOnlyMemory<byte> document, JsonValueKind root, string expected)
    {
        var text = Utf8(document);
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(text);
            RefuseHalfLetters(text.Span);
        }
        catch (JsonException malformed)
        {
            throw new ImportRefusedException("malformed_json", $"The document is not JSON: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}.");
        }

        if (json.RootElement.ValueKind == root)
            return json;
        json.Dispose();
        throw new ImportRefusedException("wrong_root", $"The document must be {expected}.");
    }

    /// <summary>An object's member; null is as good as none.</summary>
    /// <exception cref="ImportRefusedException">The object has it twice, so that one of them would be lost.</exception>
    public static bool TryGet(JsonElement element, string where, string name, out JsonElement member)
    {
        member = default;
        if (element.ValueKind != JsonValueKind.Object)
            return false;
        var count = 0;
        foreach (var property in element.EnumerateObject())
        {
            if (!property.NameEquals(name))
                continue;
            member = property.Value;
            if (++count > 1)
                throw new ImportRefusedException("repeated_member", $"{Below(where, name)} is there twice.");
        }

        return count == 1 && member.ValueKind != JsonValueKind.Null;
    }

    /// <summary>An object's member that is a text; null where there is none.</summary>
    public static string? Text(JsonElement element, string where, string name) =>
        TryGet(element, where, name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>The pointer of a member.</summary>
    public static string Below(string where, string name) => $"{where}/{BindingProblems.Escape(name)}";

    // An escape of half a letter (a lone surrogate) is valid JSON and no text; it would show only where the string is used.
    private static void RefuseHalfLetters(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new ImportRefusedException("malformed_json", $"The string that ends at byte {reader.BytesConsumed} is no text.");
            }
        }
    }
}
