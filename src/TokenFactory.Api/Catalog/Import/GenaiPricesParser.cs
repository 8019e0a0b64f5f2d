using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// genai-prices, version 2: a list of producers with models. A model's prices are one object or a list of stages, each from a date on or at
/// hours of the day; prices are USD per million tokens, or a base with tiers, above whose start the whole request takes the tier's price.
/// </summary>
internal static class GenaiPricesParser
{
    private const string PerMillion = "_mtok";
    private const string PerThousandUses = "_kcount";

    // Stages of hours are laid on every interval between dates: the work grows with the square.
    private const int MaxStages = 64;

    public static ImportedPrices Parse(ReadOnlyMemory<byte> document)
    {
        using var json = CatalogueText.Json(document, JsonValueKind.Array, "a JSON list of providers");
        var cards = new CardAssembly();
        var index = 0;
        foreach (var provider in json.RootElement.EnumerateArray())
        {
            var where = $"/{index++}";
            if (CatalogueText.TryGet(provider, where, "models", out var models) && models.ValueKind == JsonValueKind.Array)
                ReadModels(cards, provider, models, where);
            else
                cards.Refuse(where, RefusalCodes.WrongShape, "A provider is an object with a list of models.");
        }

        return cards.Complete();
    }

    private static void ReadModels(CardAssembly cards, JsonElement provider, JsonElement models, string where)
    {
        var producer = CatalogueText.Text(provider, where, "id");
        var name = CatalogueText.Text(provider, where, "name");
        var index = 0;
        foreach (var model in models.EnumerateArray())
        {
            var at = $"{where}/models/{index++}";
            var id = CatalogueText.Text(model, at, "id");
            if (!CatalogueText.TryGet(model, at, "prices", out var prices))
                cards.Refuse(at, RefusalCodes.WrongShape, "A model is an object with prices.");
            else if (!JsonPrices.AreNames(producer, id))
                cards.RefuseAll(prices, $"{at}/prices", RefusalCodes.InvalidName, "The provider or the model has no id that could be a name.");
            else
                ReadModel(cards, new CatalogueEntry { Producer = producer!, ProducerName = name, Model = id!, Where = $"{at}/prices" }, prices);
        }
    }

    private static void ReadModel(CardAssembly cards, CatalogueEntry entry, JsonElement prices)
    {
        var stages = new List<PriceStage>();
        if (prices.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in prices.EnumerateArray())
                ReadStage(cards, item, $"{entry.Where}/{index++}", stages);
        }
        else
        {
            var stage = new PriceStage { Where = entry.Where, IsReadable = true };
            ReadPrices(cards, prices, entry.Where, stage.Prices);
            stages.Add(stage);
        }

        if (stages.Count <= MaxStages && stages.TrueForAll(stage => stage.IsReadable))
        {
            foreach (var row in PriceStages.Lay(stages, entry))
                cards.Refuse(row.Where, RefusalCodes.NeverInForce, "A later stage of the model's prices goes before it at any time, or none is ever in force.");
            cards.Add(entry);
            return;
        }

        // Which of the stages is in force depends on all conditions.
        foreach (var row in stages.SelectMany(stage => stage.Prices.Rows))
            cards.Refuse(row.Where, RefusalCodes.UnknownCondition, $"A stage of the model's prices has a condition that can't be read, or there are more than {MaxStages}: any of them may be over.");
    }

    private static void ReadStage(CardAssembly cards, JsonElement item, string where, List<PriceStage> stages)
    {
        if (!CatalogueText.TryGet(item, where, "prices", out var prices))
        {
            cards.Refuse(where, RefusalCodes.WrongShape, "A stage is an object with prices.");
            stages.Add(new PriceStage { Where = where, IsReadable = false });
            return;
        }

        var isReadable = TryReadConstraint(item, where, out var from, out var hours);
        var stage = new PriceStage { Where = where, From = from, Hours = hours, IsReadable = isReadable };
        ReadPrices(cards, prices, $"{where}/prices", stage.Prices);
        stages.Add(stage);
    }

    private static bool TryReadConstraint(JsonElement item, string where, out DateTimeOffset? from, out DailyHours? hours)
    {
        (from, hours) = (null, null);
        if (!CatalogueText.TryGet(item, where, "constraint", out var constraint))
            return true;
        where += "/constraint";
        if (constraint.ValueKind != JsonValueKind.Object)
            return false;
        var count = constraint.EnumerateObject().Count();
        if (count == 1 && DailyTime.TryReadDate(CatalogueText.Text(constraint, where, "start_date"), out var date))
        {
            from = date;
            return true;
        }

        return count == 2
            && DailyTime.TryReadHours(CatalogueText.Text(constraint, where, "start_time"), CatalogueText.Text(constraint, where, "end_time"), out hours);
    }

    private static void ReadPrices(CardAssembly cards, JsonElement prices, string where, CatalogueEntry stage)
    {
        if (prices.ValueKind != JsonValueKind.Object)
        {
            cards.RefuseAll(prices, where, RefusalCodes.WrongShape, "Prices are an object.");
            return;
        }

        foreach (var price in prices.EnumerateObject())
        {
            var at = CatalogueText.Below(where, price.Name);
            if (price.Name.EndsWith(PerMillion, StringComparison.Ordinal))
            {
                if (WireNames.TryParseTokenClass(price.Name[..^PerMillion.Length], out var tokenClass))
                    ReadPrice(cards, price.Value, at, tokenClass, stage);
                else
                    cards.RefuseAll(price.Value, at, RefusalCodes.NoTokenClass, "These tokens are no class of their own here.");
            }
            else if (price.Name.EndsWith(PerThousandUses, StringComparison.Ordinal))
            {
                cards.RefuseAll(price.Value, at, RefusalCodes.NotATokenPrice, "The price is one of uses, not of tokens.");
            }
            else
            {
                cards.RefuseAll(price.Value, at, RefusalCodes.UnknownUnit, "It is not known what this is the price of.");
            }
        }
    }

    private static void ReadPrice(CardAssembly cards, JsonElement price, string where, TokenClass tokenClass, CatalogueEntry stage)
    {
        if (price.ValueKind != JsonValueKind.Object)
        {
            cards.ReadPrice(stage, price, JsonPrices.Row(where, tokenClass), PriceNumber.PerMillionTokens);
            return;
        }

        if (!CatalogueText.TryGet(price, where, "base", out var always) || !CatalogueText.TryGet(price, where, "tiers", out var tiers)
            || tiers.ValueKind != JsonValueKind.Array || price.EnumerateObject().Count() != 2)
        {
            stage.MarkUnread(CardTerms.Undated, tokenClass, where);
            cards.RefuseAll(price, where, RefusalCodes.WrongShape, "A price is a number, or a base with a list of tiers.");
            return;
        }

        cards.ReadPrice(stage, always, JsonPrices.Row($"{where}/base", tokenClass), PriceNumber.PerMillionTokens);
        var index = 0;
        foreach (var tier in tiers.EnumerateArray())
        {
            var at = $"{where}/tiers/{index++}";
            if (CatalogueText.TryGet(tier, at, "start", out var start) && PriceNumber.TryReadTokens(start, out var above)
                && CatalogueText.TryGet(tier, at, "price", out var value) && tier.EnumerateObject().Count() == 2)
            {
                cards.ReadPrice(stage, value, JsonPrices.Row($"{at}/price", tokenClass, above: above), PriceNumber.PerMillionTokens);
                continue;
            }

            stage.MarkUnread(CardTerms.Undated, tokenClass, at);
            cards.Refuse(at, RefusalCodes.UnknownCondition, "A tier has the tokens at which it starts, and a price.");
        }
    }
}
