using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>What the parsers of JSON catalogues share: one value is read, or refused with its place.</summary>
internal static class JsonPrices
{
    /// <summary>
    /// Adds the price to the entry, or refuses it and marks the class as unread. A null is no price and nothing at all.
    /// </summary>
    /// <param name="row">The price's conditions; its unit value is read here.</param>
    /// <param name="power">See <see cref="PriceNumber"/>.</param>
    public static void ReadPrice(this CardAssembly cards, CatalogueEntry entry, JsonElement value, PriceRow row, int power)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return;
        if (TryReadPrice(value, power, out var unitValue, out var code, out var detail))
        {
            entry.Rows.Add(row with { UnitValue = unitValue });
            return;
        }

        entry.MarkUnread(row.Card, row.TokenClass, row.Where);
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            cards.RefuseAll(value, row.Where, code, detail);
        else
            cards.Refuse(row.Where, code, detail);
    }

    public static bool TryReadPrice(JsonElement value, int power, out decimal unitValue, out string code, out string detail)
    {
        unitValue = 0;
        (code, detail) = (RefusalCodes.NotAPrice, "The value is no number.");
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
            return false;
        if (PriceNumber.TryRead(Digits(value), power, out unitValue, out var violation))
            return true;
        (code, detail) = (RefusalCodes.InvalidUnitValue, $"The price {violation}.");
        return false;
    }

    /// <summary>The text of a number, or of a string that should be one.</summary>
    public static ReadOnlySpan<byte> Digits(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => JsonMarshal.GetRawUtf8Value(value),
        JsonValueKind.String => Encoding.UTF8.GetBytes(value.GetString()!),
        _ => default,
    };

    /// <summary>Refuses every number and text below a place, one row each; a null is none.</summary>
    public static void RefuseAll(this CardAssembly cards, JsonElement value, string where, string code, string detail)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    cards.RefuseAll(member.Value, CatalogueText.Below(where, member.Name), code, detail);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    cards.RefuseAll(item, $"{where}/{index++}", code, detail);
                break;
            default:
                cards.Refuse(where, code, detail);
                break;
        }
    }

    /// <summary>Whether producer and model have names that the catalog here can hold.</summary>
    public static bool AreNames(string? producer, string? model) =>
        producer is not null && model is not null && CatalogNames.IsName(producer) && CatalogNames.IsName(model) && !ModelPattern.IsPattern(model);

    /// <summary>A row whose unit value is still to be read.</summary>
    public static PriceRow Row(string where, TokenClass tokenClass, CardTerms? card = null, long? above = null) =>
        new() { Where = where, TokenClass = tokenClass, UnitValue = 0, Card = card ?? CardTerms.Undated, Above = above };
}
