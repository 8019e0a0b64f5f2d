using System.Globalization;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// A price list as CSV, one price a line: <c>producer, model, service_tier?, token_class, currency?, unit_value</c> (or
/// <c>price_per_million_tokens</c>), <c>effective_from?, effective_to?, applies_when_input_tokens_over?, daily_from_utc?, daily_to_utc?,
/// source?</c>. The lines of one producer, model, tier, currency and interval make one card, wherever they stand.
/// </summary>
internal static class PriceListParser
{
    private static readonly string[] Columns =
    [
        "producer", "model", "service_tier", "token_class", "currency", "unit_value", "price_per_million_tokens", "effective_from", "effective_to",
        "applies_when_input_tokens_over", "daily_from_utc", "daily_to_utc", "source",
    ];

    public static ImportedPrices Parse(ReadOnlyMemory<byte> document)
    {
        using var table = new CsvTable(document);
        if (table.Header.FirstOrDefault(name => !Columns.Contains(name)) is { } unknown)
            throw new ImportRefusedException("unknown_column", $"There is no column {unknown}; the columns are {string.Join(", ", Columns)}, with commas between them.");
        if (table.Find("unit_value") is not null && table.Find("price_per_million_tokens") is not null)
            throw new ImportRefusedException("repeated_column", "unit_value and price_per_million_tokens are the same column.");
        var columns = new Places(table);
        var cards = new CardAssembly();
        var entries = new List<CatalogueEntry>();
        var known = new Dictionary<(string, string), CatalogueEntry>();
        foreach (var row in table.Rows())
        {
            if (!row.IsComplete)
            {
                cards.Refuse(row.Where, RefusalCodes.WrongShape, CsvTable.NotComplete);
                continue;
            }

            if (!JsonPrices.AreNames(row[columns.Producer], row[columns.Model]))
            {
                cards.Refuse(row.Where, RefusalCodes.InvalidName, "The producer or the model is no name.");
                continue;
            }

            var key = (ProducerNames.Normalize(row[columns.Producer]), row[columns.Model]);
            if (!known.TryGetValue(key, out var entry))
            {
                entry = new CatalogueEntry { Producer = row[columns.Producer], Model = row[columns.Model], Where = row.Where };
                known.Add(key, entry);
                entries.Add(entry);
            }

            ReadRow(cards, entry, row, columns);
        }

        entries.ForEach(cards.Add);
        return cards.Complete();
    }

    private static void ReadRow(CardAssembly cards, CatalogueEntry entry, CsvRow row, Places columns)
    {
        if (!TryReadCard(row, columns, out var card, out var code, out var detail))
        {
            cards.Refuse(row.Where, code, detail);
            return;
        }

        if (!WireNames.TryParseTokenClass(row[columns.TokenClass], out var tokenClass))
        {
            cards.Refuse(row.Where, RefusalCodes.NoTokenClass, "The token class is none of the classes here.");
            return;
        }

        if (!TryReadAbove(row[columns.Above], out var above) || !TryReadHours(row[columns.DailyFrom], row[columns.DailyTo], out var hours))
        {
            entry.MarkUnread(card, tokenClass, row.Where);
            cards.Refuse(row.Where, RefusalCodes.UnknownCondition, "The threshold is no whole number of tokens, or the hours are not both there as HH:mm:ssZ.");
            return;
        }

        var price = JsonPrices.Row(row.Where, tokenClass, card, above) with { Hours = hours, CardWhere = row.Where };
        row.ReadPrice(cards, entry, columns.UnitValue, price);
    }

    private static bool TryReadCard(CsvRow row, Places columns, out CardTerms card, out string code, out string detail)
    {
        card = default;
        var tier = ServiceTier.Standard;
        var currency = row[columns.Currency] is { Length: > 0 } given ? given : CardTerms.Undated.Currency;
        (code, detail) = (RefusalCodes.UnknownServiceTier, $"The service tiers are {string.Join(", ", WireNames.AllServiceTiers)}.");
        if (row[columns.ServiceTier] is { Length: > 0 } named && !WireNames.TryParseServiceTier(named, out tier))
            return false;
        (code, detail) = (RefusalCodes.InvalidCurrency, "A currency is a code of ISO 4217 in capitals, such as USD.");
        if (!Currency.IsCode(currency.AsSpan()))
            return false;
        (code, detail) = (RefusalCodes.InvalidInterval, "The bounds are dates such as 2025-07-01 or instants with an offset, and effective_from is before effective_to.");
        if (!TryReadInstant(row[columns.From], out var from) || !TryReadInstant(row[columns.To], out var to) || from >= to)
            return false;
        card = new CardTerms(tier, currency, from, to);
        return true;
    }

    /// <summary>An empty field is an unknown instant; a date is its midnight in UTC.</summary>
    private static bool TryReadInstant(string text, out DateTimeOffset? instant)
    {
        instant = null;
        if (text.Length == 0)
            return true;
        if (!DailyTime.TryReadDate(text, out var read) && !UtcInstantConverter.TryParse(text, out read))
            return false;
        instant = read;
        return true;
    }

    private static bool TryReadAbove(string text, out long? above)
    {
        above = null;
        if (text.Length == 0)
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) || tokens > Quantity.Maximum)
            return false;
        above = tokens;
        return true;
    }

    private static bool TryReadHours(string from, string to, out DailyHours? hours)
    {
        hours = null;
        return (from.Length == 0 && to.Length == 0) || DailyTime.TryReadHours(from, to, out hours);
    }

    private sealed class Places(CsvTable table)
    {
        public int Producer { get; } = table.Column("producer");
        public int Model { get; } = table.Column("model");
        public int TokenClass { get; } = table.Column("token_class");
        public int UnitValue { get; } = table.Find("price_per_million_tokens") ?? table.Column("unit_value");
        public int? ServiceTier { get; } = table.Find("service_tier");
        public int? Currency { get; } = table.Find("currency");
        public int? From { get; } = table.Find("effective_from");
        public int? To { get; } = table.Find("effective_to");
        public int? Above { get; } = table.Find("applies_when_input_tokens_over");
        public int? DailyFrom { get; } = table.Find("daily_from_utc");
        public int? DailyTo { get; } = table.Find("daily_to_utc");
    }
}
