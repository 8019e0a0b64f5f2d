using System.Text.Json;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// LiteLLM's model_prices_and_context_window.json: an object of models with USD per token. What a member is the price of is in its name,
/// which <see cref="LitellmKey"/> reads; members that are no prices are left alone.
/// </summary>
internal static class LitellmParser
{
    private const string Documentation = "sample_spec";
    private const string TieredPricing = "tiered_pricing";

    public static ImportedPrices Parse(ReadOnlyMemory<byte> document)
    {
        using var json = CatalogueText.Json(document, JsonValueKind.Object, "a JSON object of models");
        var cards = new CardAssembly();
        foreach (var model in json.RootElement.EnumerateObject())
        {
            var where = CatalogueText.Below("", model.Name);
            if (model.Name == Documentation)
                cards.Refuse(where, RefusalCodes.Documentation, "It explains the file.");
            else if (model.Value.ValueKind != JsonValueKind.Object)
                cards.Refuse(where, RefusalCodes.WrongShape, "A model is an object.");
            else
                ReadModel(cards, model, where);
        }

        return cards.Complete();
    }

    private static void ReadModel(CardAssembly cards, JsonProperty model, string where)
    {
        var producer = CatalogueText.Text(model.Value, where, "litellm_provider");
        var name = producer is not null && model.Name.StartsWith($"{producer}/", StringComparison.Ordinal) ? model.Name[(producer.Length + 1)..] : model.Name;
        var prices = model.Value.EnumerateObject().Where(member => LitellmKey.IsPrice(member.Name)).ToList();
        if (!JsonPrices.AreNames(producer, name))
        {
            foreach (var price in prices)
                cards.RefuseAll(price.Value, CatalogueText.Below(where, price.Name), RefusalCodes.InvalidName, "The model has no provider, or one of them is no name.");
            return;
        }

        var entry = new CatalogueEntry { Producer = producer!, Model = name, Where = where };
        foreach (var price in prices)
        {
            var at = CatalogueText.Below(where, price.Name);
            if (price.Name == TieredPricing && price.Value.ValueKind == JsonValueKind.Array)
                ReadTiers(cards, entry, price.Value, at);
            else
                ReadPrice(cards, entry, LitellmKey.Read(price.Name), price.Value, at);
        }

        cards.Add(entry);
    }

    private static void ReadPrice(CardAssembly cards, CatalogueEntry entry, LitellmKey key, JsonElement value, string where)
    {
        if (key.Priced is { } tokenClass)
            cards.ReadPrice(entry, value, JsonPrices.Row(where, tokenClass, key.Card, key.Above), PriceNumber.PerToken);
        else
            cards.RefuseAll(value, where, key.Refusal!.Value.Code, key.Refusal.Value.Detail);
    }

    /// <summary>
    /// Ranges of input tokens that follow each other from 0 on. The whole request takes the price of its range, whose lower end is outside
    /// and whose upper end is inside, as everywhere where a price holds above a threshold. Past the last range its price goes on.
    /// </summary>
    private static void ReadTiers(CardAssembly cards, CatalogueEntry entry, JsonElement tiers, string where)
    {
        var end = 0L;
        var isInOrder = true;
        var index = 0;
        foreach (var tier in tiers.EnumerateArray())
        {
            var at = $"{where}/{index++}";
            if (tier.ValueKind != JsonValueKind.Object)
            {
                isInOrder = false;
                cards.RefuseAll(tier, at, RefusalCodes.WrongShape, "A tier is an object.");
                continue;
            }

            isInOrder = isInOrder && TryReadRange(tier, at, out var from, out var to) && from == end && to > from;
            var above = end == 0 ? (long?)null : end;
            foreach (var price in tier.EnumerateObject().Where(price => LitellmKey.IsPrice(price.Name)))
            {
                var below = CatalogueText.Below(at, price.Name);
                var key = LitellmKey.Read(price.Name);
                if (key.Priced is null || (isInOrder && key.Above is null))
                {
                    ReadPrice(cards, entry, key with { Above = above }, price.Value, below);
                    continue;
                }

                entry.MarkUnread(key.Card, key.Priced.Value, below);
                cards.RefuseAll(price.Value, below, RefusalCodes.UnknownCondition, "The ranges of input tokens do not follow each other from 0 on.");
            }

            if (isInOrder && TryReadRange(tier, at, out _, out var last))
                end = last;
        }
    }

    private static bool TryReadRange(JsonElement tier, string where, out long from, out long to)
    {
        (from, to) = (0, 0);
        return CatalogueText.TryGet(tier, where, "range", out var range) && range.ValueKind == JsonValueKind.Array && range.GetArrayLength() == 2
            && PriceNumber.TryReadTokens(range[0], out from) && PriceNumber.TryReadTokens(range[1], out to);
    }
}
