using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Catalog.Import;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Measures;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

/// <summary>
/// Real catalogues: genai-prices (MIT) at 47df840a5ab1 and models.dev (MIT) of 2026-07-02, with three CSV files that were made of the first one
/// by somebody else, so that they check how it is read. The files are not the repository's: they lie beside the checkout, and where that folder
/// is missing the tests are skipped and say so.
/// </summary>
[Trait("Category", "PublishedPrices")]
public sealed partial class PublishedPricesTests
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", "prices"));

    [Fact]
    public void Every_price_of_genai_prices_is_in_a_card_or_refused()
    {
        var prices = Genai();

        ShouldBalance(prices);
        // 3,235 prices, 88 of them with one tier.
        prices.RowsRead.Should().Be(3_323);
        Leaves(Bytes("genai_prices_v2_data.json.gz")).Should().Be(3_323);
        prices.Cards.Should().HaveCount(1_322);
        prices.Cards.Sum(card => card.Rows).Should().Be(3_274);
        prices.RowsRepeated.Should().Be(0);
        CountsOf(prices).Should().BeEquivalentTo(new Dictionary<string, int>
        {
            // Searches and requests by the thousand.
            ["not_a_token_price"] = 24,
            // Audio and images read from the cache, and citations.
            ["no_token_class"] = 18,
            // 0.18000000000000002 and 0.08333333333333334: binary fractions that somebody wrote out.
            ["invalid_unit_value"] = 7,
        });
        prices.Cards.Count(card => card.EffectiveFrom is not null).Should().Be(13);
        prices.Cards.Sum(card => card.Rates.Sum(rate => rate.ContextTiers?.Count ?? 0)).Should().Be(88);
        prices.Cards.Sum(card => card.Rates.Sum(rate => rate.Windows?.Count ?? 0)).Should().Be(6);
    }

    [Theory]
    [InlineData("price_history.csv", 3_205, 25)]
    [InlineData("price_tiers.csv", 88, 0)]
    [InlineData("price_time_of_day.csv", 6, 0)]
    public void Every_row_that_somebody_else_made_of_genai_prices_is_found_in_it(string file, int rows, int refused)
    {
        var prices = Genai();
        var cards = prices.Cards.ToDictionary(card => (card.Producer, card.Model, Text(card.EffectiveFrom), Text(card.EffectiveTo)));
        var read = 0;
        var without = new List<string>();
        foreach (var row in Records(file))
        {
            read++;
            var price = decimal.Parse(row["price_per_million_tokens"], CultureInfo.InvariantCulture);
            var key = (row["producer"], row["model"], row.GetValueOrDefault("effective_from", ""), row.GetValueOrDefault("effective_to", ""));
            var rate = !cards.TryGetValue(key, out var card) ? null
                : card.Rates.SingleOrDefault(rate => rate.TokenClass.Name() == row["token_class"]);
            if (rate is null)
                without.Add(IsPrice(row["token_class"], price) ? string.Join(',', row.Values) : "no price here");
            else if (row.TryGetValue("applies_when_input_tokens_over", out var above))
                rate.ContextTiers.Should().ContainEquivalentOf(new ContextTierTerms { Above = long.Parse(above, CultureInfo.InvariantCulture), UnitValue = price });
            else if (row.TryGetValue("daily_from_utc", out var from))
                rate.Windows.Should().ContainEquivalentOf(new WindowTerms { From = from[..5], To = row["daily_to_utc"][..5], UnitValue = price });
            else
                rate.UnitValue.Should().Be(price, string.Join(',', row.Values));
            card?.Currency.Should().Be(row["currency"]);
        }

        read.Should().Be(rows);
        // Those are refused above: 18 of no token class, 7 with more than 12 decimals.
        without.Should().Equal(Enumerable.Repeat("no price here", refused));
    }

    [Theory]
    [InlineData("price_history.csv", 1_322, 3_180, 18, 7, 0)]
    [InlineData("price_tiers.csv", 0, 0, 0, 0, 88)]
    [InlineData("price_time_of_day.csv", 0, 0, 0, 0, 6)]
    public void The_csv_files_are_read_as_they_are(string file, int cards, int rows, int withoutClass, int invalid, int withoutBase)
    {
        var prices = CatalogueFormats.Parse(CatalogueFormat.Csv, Bytes(file));

        ShouldBalance(prices);
        prices.Cards.Should().HaveCount(cards);
        prices.Cards.Sum(card => card.Rows).Should().Be(rows);
        CountsOf(prices).Should().BeEquivalentTo(new Dictionary<string, int>
        {
            ["no_token_class"] = withoutClass,
            ["invalid_unit_value"] = invalid,
            // A file of tiers or hours alone has no price for the rest.
            ["no_base_price"] = withoutBase,
        }.Where(count => count.Value > 0).ToDictionary());
    }

    [Fact]
    public void The_csv_files_together_are_the_same_cards_as_the_catalogue()
    {
        string[] columns = ["producer", "model", "token_class", "currency", "price_per_million_tokens", "effective_from", "effective_to",
            "applies_when_input_tokens_over", "daily_from_utc", "daily_to_utc"];
        var together = new StringBuilder(string.Join(',', columns)).Append('\n');
        foreach (var row in Records("price_history.csv").Concat(Records("price_tiers.csv")).Concat(Records("price_time_of_day.csv")))
            together.AppendJoin(',', columns.Select(column => row.GetValueOrDefault(column, ""))).Append('\n');

        var listed = Read(CatalogueFormat.Csv, together.ToString());
        var genai = Genai();

        listed.RowsRead.Should().Be(3_205 + 88 + 6);
        string[] Told(ImportedPrices prices) => [.. prices.Cards.Select(card => $"{Line(card)}; {FallbacksOf(card)}").Order(StringComparer.Ordinal)];
        Told(listed).Should().Equal(Told(genai));
    }

    [Fact]
    public void Every_price_of_models_dev_is_in_a_card_or_refused()
    {
        var prices = CatalogueFormats.Parse(CatalogueFormat.ModelsDev, Bytes("models_dev_2026-07-02.csv.gz"));

        ShouldBalance(prices);
        prices.RowsRead.Should().Be(12_412);
        // 40 of the 4,716 models have no price but binary fractions that somebody wrote out.
        prices.Cards.Should().HaveCount(4_676);
        prices.Cards.Sum(card => card.Rows).Should().Be(12_267);
        CountsOf(prices).Should().BeEquivalentTo(new Dictionary<string, int> { ["invalid_unit_value"] = 145 });
        prices.Cards.Should().AllSatisfy(card => card.EffectiveFrom.Should().BeNull());
    }

    private static bool IsPrice(string tokenClass, decimal price) => WireNames.TryParseTokenClass(tokenClass, out _) && UnitValue.TryCreate(price, out _, out _);

    private static ImportedPrices Genai() => CatalogueFormats.Parse(CatalogueFormat.GenaiPrices, Bytes("genai_prices_v2_data.json.gz"));

    private static Dictionary<string, int> CountsOf(ImportedPrices prices) => prices.Refused.GroupBy(row => row.Code).ToDictionary(rows => rows.Key, rows => rows.Count());

    /// <summary>The prices of genai-prices, counted without the parser: the numbers below "prices" that are not the start of a tier.</summary>
    private static int Leaves(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.EnumerateArray().SelectMany(provider => provider.GetProperty("models").EnumerateArray()).Sum(model => Count(model.GetProperty("prices")));

        static int Count(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Number => 1,
            JsonValueKind.Array => value.EnumerateArray().Sum(Count),
            JsonValueKind.Object => value.EnumerateObject().Where(member => member.Name is not ("start" or "constraint")).Sum(member => Count(member.Value)),
            _ => 0,
        };
    }

    /// <summary>
    /// The records of a CSV file without quotation marks, by the names of its columns. Two producers have other names there than in the catalogue.
    /// </summary>
    private static IEnumerable<Dictionary<string, string>> Records(string file)
    {
        var lines = Encoding.UTF8.GetString(Bytes(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var header = lines[0].Split(',');
        foreach (var line in lines.Skip(1))
        {
            var record = header.Zip(line.Split(',')).ToDictionary(field => field.First, field => field.Second);
            record["producer"] = record["producer"] switch { "moonshot" => "moonshotai", "xai" => "x-ai", var same => same };
            yield return record;
        }
    }

    private static string Text(DateTimeOffset? instant) => instant?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static byte[] Bytes(string file)
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"The published prices are not there: {Folder} is missing.");
        using Stream stored = File.OpenRead(Path.Combine(Folder, file));
        using var plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        using var bytes = new MemoryStream();
        plain.CopyTo(bytes);
        return bytes.ToArray();
    }
}
