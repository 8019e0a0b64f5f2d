using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// models.dev: what each provider charges for each model, USD per million tokens, without dates. As the JSON of its API, or as CSV with a
/// column for each price, named after it (<c>cache_read_usd_per_mtok</c>).
/// </summary>
internal static class ModelsDevParser
{
    private const string PriceColumn = "_usd_per_mtok";
    private const long LargeContext = 200_000;

    public static ImportedPrices Parse(ReadOnlyMemory<byte> document) =>
        CatalogueText.Utf8(document).Span.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] ? ParseJson(document) : ParseCsv(document);

    private static ImportedPrices ParseJson(ReadOnlyMemory<byte> document)
    {
        using var json = CatalogueText.Json(document, JsonValueKind.Object, "a JSON object of providers");
        var cards = new CardAssembly();
        foreach (var provider in json.RootElement.EnumerateObject())
        {
            var where = CatalogueText.Below("", provider.Name);
            if (CatalogueText.TryGet(provider.Value, where, "models", out var models) && models.ValueKind == JsonValueKind.Object)
                ReadModels(cards, provider, models, where);
            else
                cards.Refuse(where, RefusalCodes.WrongShape, "A provider is an object with an object of models.");
        }

        return cards.Complete();
    }

    private static void ReadModels(CardAssembly cards, JsonProperty provider, JsonElement models, string where)
    {
        var name = CatalogueText.Text(provider.Value, where, "name");
        foreach (var model in models.EnumerateObject())
        {
            var at = CatalogueText.Below($"{where}/models", model.Name);
            RefuseModes(cards, model.Value, at);
            if (!CatalogueText.TryGet(model.Value, at, "cost", out var cost))
                continue;
            at += "/cost";
            if (!JsonPrices.AreNames(provider.Name, model.Name))
                cards.RefuseAll(cost, at, RefusalCodes.InvalidName, "The provider or the model has no id that could be a name.");
            else if (cost.ValueKind != JsonValueKind.Object)
                cards.RefuseAll(cost, at, RefusalCodes.WrongShape, "A cost is an object.");
            else
                ReadCost(cards, new CatalogueEntry { Producer = provider.Name, ProducerName = name, Model = model.Name, Where = at }, cost);
        }
    }

    // A model may have modes with costs of their own ("fast"), which are no service tiers.
    private static void RefuseModes(CardAssembly cards, JsonElement model, string where)
    {
        if (!CatalogueText.TryGet(model, where, "experimental", out var experimental)
            || !CatalogueText.TryGet(experimental, $"{where}/experimental", "modes", out var modes) || modes.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var mode in modes.EnumerateObject())
        {
            var at = CatalogueText.Below($"{where}/experimental/modes", mode.Name);
            if (CatalogueText.TryGet(mode.Value, at, "cost", out var cost))
                cards.RefuseAll(cost, $"{at}/cost", RefusalCodes.UnknownCondition, "The prices of an experimental mode are not read.");
        }
    }

    private static void ReadCost(CardAssembly cards, CatalogueEntry entry, JsonElement cost)
    {
        foreach (var price in cost.EnumerateObject())
        {
            var where = CatalogueText.Below(entry.Where, price.Name);
            switch (price.Name)
            {
                case "context_over_200k" when price.Value.ValueKind == JsonValueKind.Object:
                    foreach (var large in price.Value.EnumerateObject())
                        ReadPrice(cards, entry, large, CatalogueText.Below(where, large.Name), LargeContext);
                    break;
                case "tiers" when price.Value.ValueKind == JsonValueKind.Array:
                    var index = 0;
                    foreach (var tier in price.Value.EnumerateArray())
                        ReadTier(cards, entry, tier, $"{where}/{index++}");
                    break;
                default:
                    ReadPrice(cards, entry, price, where, above: null);
                    break;
            }
        }

        cards.Add(entry);
    }

    /// <summary>Prices with the context above which they hold: <c>"tier": {"type": "context", "size": 272000}</c>.</summary>
    private static void ReadTier(CardAssembly cards, CatalogueEntry entry, JsonElement tier, string where)
    {
        if (tier.ValueKind != JsonValueKind.Object)
        {
            cards.RefuseAll(tier, where, RefusalCodes.WrongShape, "A tier is an object.");
            return;
        }

        long? above = CatalogueText.TryGet(tier, where, "tier", out var condition) && CatalogueText.Text(condition, $"{where}/tier", "type") == "context"
            && CatalogueText.TryGet(condition, $"{where}/tier", "size", out var size) && PriceNumber.TryReadTokens(size, out var tokens) ? tokens : null;
        foreach (var price in tier.EnumerateObject().Where(price => price.Name != "tier"))
        {
            var at = CatalogueText.Below(where, price.Name);
            if (above is not null)
            {
                ReadPrice(cards, entry, price, at, above);
                continue;
            }

            if (ClassOf(price.Name) is { } tokenClass)
                entry.MarkUnread(CardTerms.Undated, tokenClass, at);
            cards.RefuseAll(price.Value, at, RefusalCodes.UnknownCondition, "A tier says above which context it holds.");
        }
    }

    private static void ReadPrice(CardAssembly cards, CatalogueEntry entry, JsonProperty price, string where, long? above)
    {
        if (ClassOf(price.Name) is { } tokenClass)
            cards.ReadPrice(entry, price.Value, JsonPrices.Row(where, tokenClass, above: above), PriceNumber.PerMillionTokens);
        else
            cards.RefuseAll(price.Value, where, RefusalCodes.UnknownUnit, "It is not known what this is the price of.");
    }

    private static TokenClass? ClassOf(string name) =>
        name == "reasoning" ? TokenClass.OutputReasoning : WireNames.TryParseTokenClass(name, out var tokenClass) ? tokenClass : null;

    private static ImportedPrices ParseCsv(ReadOnlyMemory<byte> document)
    {
        using var table = new CsvTable(document);
        var producer = table.Column("provider");
        var model = table.Column("model");
        var prices = table.Header.Select((name, index) => (Name: name, Index: index))
            .Where(column => column.Name.EndsWith(PriceColumn, StringComparison.Ordinal))
            .Select(column => (column.Index, Class: ClassOf(column.Name[..^PriceColumn.Length]))).ToList();
        var cards = new CardAssembly();
        foreach (var row in table.Rows())
        {
            if (!row.IsComplete)
            {
                cards.Refuse(row.Where, RefusalCodes.WrongShape, CsvTable.NotComplete);
                continue;
            }

            var given = prices.Where(price => row[price.Index].Length > 0).ToList();
            var hasNames = JsonPrices.AreNames(row[producer], row[model]);
            var entry = new CatalogueEntry { Producer = row[producer], Model = row[model], Where = row.Where };
            foreach (var (index, tokenClass) in given)
            {
                if (!hasNames)
                    cards.Refuse(row.Where, RefusalCodes.InvalidName, "The provider or the model is no name.");
                else if (tokenClass is null)
                    cards.Refuse(row.Where, RefusalCodes.UnknownUnit, "It is not known what this is the price of.");
                else
                    row.ReadPrice(cards, entry, index, JsonPrices.Row(row.Where, tokenClass.Value));
            }

            cards.Add(entry);
        }

        return cards.Complete();
    }
}
