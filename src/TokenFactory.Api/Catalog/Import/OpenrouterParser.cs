using System.Collections.Frozen;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// OpenRouter's list of models: prices are strings, USD per token. The producer is OpenRouter, which sells what others made; the model is the
/// whole id with its maker and its variant (<c>openai/gpt-4o</c>, <c>deepseek/deepseek-r1:free</c>).
/// </summary>
internal static class OpenrouterParser
{
    private const string Producer = "openrouter";
    private const string Reasoning = "internal_reasoning";
    private const string LeastTokens = "min_prompt_tokens";

    private static readonly FrozenDictionary<string, TokenClass> Classes = new Dictionary<string, TokenClass>
    {
        ["prompt"] = TokenClass.Input,
        ["completion"] = TokenClass.Output,
        [Reasoning] = TokenClass.OutputReasoning,
        ["input_cache_read"] = TokenClass.CacheRead,
        ["input_cache_write"] = TokenClass.CacheWrite,
        ["input_cache_write_1h"] = TokenClass.CacheWrite1h,
        ["audio"] = TokenClass.InputAudio,
        ["audio_output"] = TokenClass.OutputAudio,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> WithoutClass = new[] { "input_audio_cache", "image_token" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> NotOfTokens =
        new[] { "request", "image", "image_output", "web_search", "discount" }.ToFrozenSet(StringComparer.Ordinal);

    public static ImportedPrices Parse(ReadOnlyMemory<byte> document)
    {
        const string Expected = "a JSON object with a list of models as its \"data\"";
        using var json = CatalogueText.Json(document, JsonValueKind.Object, Expected);
        if (!CatalogueText.TryGet(json.RootElement, "", "data", out var models) || models.ValueKind != JsonValueKind.Array)
            throw new ImportRefusedException("wrong_root", $"The document must be {Expected}.");
        var cards = new CardAssembly();
        var index = 0;
        foreach (var model in models.EnumerateArray())
        {
            var where = $"/data/{index++}";
            var id = CatalogueText.Text(model, where, "id");
            if (!CatalogueText.TryGet(model, where, "pricing", out var pricing) || pricing.ValueKind != JsonValueKind.Object)
                cards.Refuse(where, RefusalCodes.WrongShape, "A model is an object with pricing.");
            else if (!JsonPrices.AreNames(Producer, id))
                cards.RefuseAll(pricing, $"{where}/pricing", RefusalCodes.InvalidName, "The model has no id that could be a name.");
            else
                ReadPricing(cards, new CatalogueEntry { Producer = Producer, ProducerName = "OpenRouter", Model = id!, Where = $"{where}/pricing" }, pricing);
        }

        return cards.Complete();
    }

    private static void ReadPricing(CardAssembly cards, CatalogueEntry entry, JsonElement pricing)
    {
        var isFree = pricing.EnumerateObject().Any(price => price.NameEquals("completion") && PriceNumber.IsZero(JsonPrices.Digits(price.Value)));
        foreach (var price in pricing.EnumerateObject())
        {
            var where = CatalogueText.Below(entry.Where, price.Name);
            if (price.Name == "overrides")
                ReadOverrides(cards, entry, price.Value, where);
            else if (!Classes.TryGetValue(price.Name, out var tokenClass))
                RefuseOther(cards, price.Name, price.Value, where);
            else if (price.Name == Reasoning && !isFree && PriceNumber.IsZero(JsonPrices.Digits(price.Value)))
                // It is in every row of the list, zero where nothing is charged beside the completion that the reasoning is a part of.
                cards.Refuse(where, RefusalCodes.NotAPrice, "Reasoning is charged as completion: a zero here does not make it free.");
            else
                ReadPrice(cards, entry, price.Value, JsonPrices.Row(where, tokenClass));
        }

        cards.Add(entry);
    }

    private static void ReadPrice(CardAssembly cards, CatalogueEntry entry, JsonElement value, PriceRow row)
    {
        if (PriceNumber.IsNegative(JsonPrices.Digits(value)))
        {
            entry.MarkUnread(row.Card, row.TokenClass, row.Where);
            cards.Refuse(row.Where, RefusalCodes.NotAPrice, "A price below zero says that it varies.");
            return;
        }

        cards.ReadPrice(entry, value, row, PriceNumber.PerToken);
    }

    /// <summary>
    /// Prices of larger requests: the last one whose <c>min_prompt_tokens</c> the request reaches counts, price by price. Overrides on other
    /// conditions are not read, and what they override is unread with them.
    /// </summary>
    private static void ReadOverrides(CardAssembly cards, CatalogueEntry entry, JsonElement overrides, string where)
    {
        var items = overrides.ValueKind == JsonValueKind.Array ? overrides.EnumerateArray().ToList() : [];
        var steps = items.ConvertAll(item => TryReadStep(item, where, out var least) ? least : -1L);
        if (items.Count > 0 && !steps.Contains(-1) && steps.SequenceEqual(steps.Distinct().Order()))
        {
            for (var i = 0; i < items.Count; i++)
                ReadOverride(cards, entry, items[i], $"{where}/{i}", steps[i]);
            return;
        }

        foreach (var price in items.Where(item => item.ValueKind == JsonValueKind.Object).SelectMany(item => item.EnumerateObject()))
        {
            if (Classes.TryGetValue(price.Name, out var tokenClass))
                entry.MarkUnread(CardTerms.Undated, tokenClass, where);
        }

        cards.RefuseAll(overrides, where, RefusalCodes.UnknownCondition, "Only overrides by min_prompt_tokens, in ascending order, are read.");
    }

    private static bool TryReadStep(JsonElement item, string where, out long least)
    {
        least = 0;
        return CatalogueText.TryGet(item, where, LeastTokens, out var tokens) && PriceNumber.TryReadTokens(tokens, out least)
            && item.EnumerateObject().All(m => m.Name == LeastTokens || Classes.ContainsKey(m.Name) || WithoutClass.Contains(m.Name) || NotOfTokens.Contains(m.Name));
    }

    private static void ReadOverride(CardAssembly cards, CatalogueEntry entry, JsonElement item, string where, long least)
    {
        foreach (var price in item.EnumerateObject().Where(member => member.Name != LeastTokens))
        {
            var at = CatalogueText.Below(where, price.Name);
            if (Classes.TryGetValue(price.Name, out var tokenClass))
                ReadPrice(cards, entry, price.Value, JsonPrices.Row(at, tokenClass, above: least) with { Inclusive = true });
            else
                RefuseOther(cards, price.Name, price.Value, at);
        }
    }

    private static void RefuseOther(CardAssembly cards, string name, JsonElement value, string where)
    {
        if (WithoutClass.Contains(name))
            cards.RefuseAll(value, where, RefusalCodes.NoTokenClass, "These tokens are no class of their own here.");
        else if (NotOfTokens.Contains(name))
            cards.RefuseAll(value, where, RefusalCodes.NotATokenPrice, "The price is not one of tokens.");
        else
            cards.RefuseAll(value, where, RefusalCodes.UnknownUnit, "It is not known what this is the price of.");
    }
}
