using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Catalog.Import;

/// <summary>The same files, imported into a running service, and what events cost by them.</summary>
public sealed partial class PublishedPricesTests
{
    private const string AssumedStart = "2025-01-01T00:00:00Z";
    private static readonly DateTimeOffset Today = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    // Each has one model twice, with another price, under two names of one producer: the first counts, the second is
    // listed. Three of models.dev are twice with the same price.
    [Theory]
    [InlineData("genai-prices", "genai_prices_v2_data.json.gz", 3_323, 3_271, 52, 1_321, 0)]
    [InlineData("models-dev", "models_dev_2026-07-02.csv.gz", 12_412, 12_263, 149, 4_672, 3)]
    public async Task A_whole_catalogue_is_imported_and_a_second_time_changes_nothing(string format, string file, int rows, int taken, int refused, int cards, int same)
    {
        var document = Bytes(file);
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        var query = $"format={format}&observed_at=2026-07-02T00:00:00Z&assume_start={AssumedStart}";

        var dry = await ImportAsync(api, query + "&dry_run=true", document);
        (await database.ScalarAsync<long>("select count(*) from rate_cards")).Should().Be(0, "a dry run changes nothing");
        (await database.ScalarAsync<long>("select count(*) from models")).Should().Be(0);
        var first = await ImportAsync(api, query, document);
        var second = await ImportAsync(api, query, document);
        var later = await ImportAsync(api, query.Replace("07-02", "07-03", StringComparison.Ordinal), document);

        Number(first, "rows_read").Should().Be(rows);
        Number(first, "rows_taken").Should().Be(taken);
        Number(first, "rows_refused").Should().Be(refused);
        (Number(first, "rows_taken") + Number(first, "rows_refused") + Number(first, "rows_repeated")).Should().Be(rows);
        first.GetProperty("refused").EnumerateArray().Count(r => r.GetProperty("code").GetString() == "differs").Should().Be(1);
        Number(first, "cards_added").Should().Be(cards);
        (await database.ScalarAsync<long>("select count(*) from rate_cards")).Should().Be(cards);
        dry.GetProperty("changes").GetRawText().Should().Be(first.GetProperty("changes").GetRawText());
        foreach (var again in (JsonElement[])[second, later])
        {
            Number(again, "cards_added").Should().Be(0);
            Number(again, "cards_ended").Should().Be(0);
            Number(again, "cards_unchanged").Should().Be(cards + same);
            Number(again, "rows_taken").Should().Be(taken);
            again.GetProperty("missing").GetArrayLength().Should().Be(0);
        }

        (await database.ScalarAsync<long>("select count(*) from rate_cards where provenance not like '%#%' or observed_at is null or confidence is null")).Should().Be(0);
    }

    [Fact]
    public async Task Events_on_each_side_of_each_change_tier_and_hour_cost_what_the_list_says()
    {
        var document = Bytes("genai_prices_v2_data.json.gz");
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await ImportAsync(api, $"format=genai-prices&observed_at=2026-11-01T00:00:00Z&assume_start={AssumedStart}", document);
        await api.CreateAsync("/v1/sources", new { id = "golden" });
        var all = Changes().Concat(Tiers()).Concat(Hours()).ToList();
        // No event can have occurred on the dates that are still to come: those are quoted.
        var expected = all.Where(e => e.At < Today).Select((e, i) => (Id: $"e-{i}", Event: e)).ToList();

        using var body = new StringContent(string.Concat(expected.Select(e => BodyOf(e.Id, e.Event) + "\n")), Encoding.UTF8, Events.Lines);
        using var answer = await api.Client.PostAsync("/v1/events", body);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());

        var entries = (await api.GetAsync("/v1/ledger/entries?source=golden&limit=10000")).GetProperty("items").EnumerateArray()
            .Where(e => e.GetProperty("quantity").GetString() != "0").ToLookup(e => e.GetProperty("event_id").GetString()!);
        foreach (var (id, sent) in expected)
        {
            var entry = entries[id].Single(e => e.GetProperty("token_class").GetString() == sent.TokenClass);
            entry.GetProperty("amount").GetString().Should().Be(AmountOf(sent), $"{sent}");
        }

        var coming = all.Where(e => e.At >= Today).ToList();
        foreach (var sent in coming)
        {
            using var quoted = await api.PostAsync("/v1/quotes", BodyOf("quote", sent));
            var quote = JsonDocument.Parse(await quoted.Content.ReadAsStringAsync()).RootElement;
            quote.GetProperty("lines").EnumerateArray().Single(l => l.GetProperty("token_class").GetString() == sent.TokenClass)
                .GetProperty("amount").GetString().Should().Be(AmountOf(sent), $"{sent}");
        }

        coming.Should().NotBeEmpty();

        // 104 dated rows, 15 of which are the second of two days; 88 tiers; six prices by the hour.
        expected.Should().HaveCountGreaterThan(2 * 88 + 4 * 6 + 2 * 50);
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    // A usage of one class; with input beside it where a tier is to be reached. Price null: none is known.
    private sealed record Sent(string Producer, string Model, string TokenClass, DateTimeOffset At, long Quantity, long OtherInput, decimal? Price);

    private static string? AmountOf(Sent sent) => sent.Price is { } price
        ? ExactDecimal.Normalize(decimal.Round(price * sent.Quantity / 1_000_000, 12, MidpointRounding.AwayFromZero)).ToString(CultureInfo.InvariantCulture)
        : null;

    // A microsecond before and at each date of the history, with the price of the row that holds there.
    private static IEnumerable<Sent> Changes()
    {
        var history = Records("price_history.csv").Where(r => IsPrice(r["token_class"], Price(r))).GroupBy(r => (r["producer"], r["model"], r["token_class"]));
        foreach (var rows in history)
        {
            var dates = rows.SelectMany(r => new[] { Date(r["effective_from"]), Date(r["effective_to"]) }).OfType<DateTimeOffset>().Distinct().ToList();
            foreach (var at in dates.SelectMany(d => new[] { d - Microsecond, d }))
            {
                var row = rows.Single(r => (Date(r["effective_from"]) ?? DateTimeOffset.MinValue) <= at && at < (Date(r["effective_to"]) ?? DateTimeOffset.MaxValue));
                yield return new Sent(rows.Key.Item1, rows.Key.Item2, rows.Key.Item3, at, 123_457, 0, Price(row));
            }
        }
    }

    // Exactly the threshold of input takes the base price, one token more the tier's.
    private static IEnumerable<Sent> Tiers()
    {
        var bases = Records("price_history.csv").ToList();
        foreach (var row in Records("price_tiers.csv"))
        {
            var threshold = long.Parse(row["applies_when_input_tokens_over"], CultureInfo.InvariantCulture);
            var at = (Date(row["effective_from"]), Date(row["effective_to"])) switch
            {
                ({ } from, _) => from,
                (_, { } to) => to - Microsecond,
                _ => new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero),
            };
            var before = bases.Single(b => b["producer"] == row["producer"] && b["model"] == row["model"] && b["token_class"] == row["token_class"]
                && b["effective_from"] == row["effective_from"] && b["effective_to"] == row["effective_to"]);
            var isInput = WireNames.TryParseTokenClass(row["token_class"], out var tokenClass) && tokenClass.IsInput();
            foreach (var (input, price) in new[] { (threshold, Price(before)), (threshold + 1, Price(row)) })
                yield return new Sent(row["producer"], row["model"], row["token_class"], at, 1_001, isInput ? input - 1_001 : input, price);
        }
    }

    // Each side of both ends of the hours, on two days.
    private static IEnumerable<Sent> Hours()
    {
        var bases = Records("price_history.csv").ToList();
        foreach (var row in Records("price_time_of_day.csv"))
        {
            var outside = Price(bases.Single(b => b["producer"] == row["producer"] && b["model"] == row["model"] && b["token_class"] == row["token_class"]));
            var (from, to) = (TimeSpan.Parse(row["daily_from_utc"].TrimEnd('Z'), CultureInfo.InvariantCulture), TimeSpan.Parse(row["daily_to_utc"].TrimEnd('Z'), CultureInfo.InvariantCulture));
            foreach (var day in new[] { new DateTimeOffset(2025, 3, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero) })
            {
                foreach (var (at, price) in new[] { (from - Microsecond, outside), (from, Price(row)), (to - Microsecond, Price(row)), (to, outside) })
                    yield return new Sent(row["producer"], row["model"], row["token_class"], day + at, 999_999, 0, price);
            }
        }
    }

    private static string BodyOf(string id, Sent sent)
    {
        var usage = new Dictionary<string, long> { [sent.TokenClass] = sent.Quantity };
        if (sent.OtherInput > 0)
            usage[sent.TokenClass == "input" ? "cache_read" : "input"] = sent.OtherInput;
        return JsonSerializer.Serialize(new
        {
            source = "golden", id, occurred_at = UtcInstantConverter.Text(sent.At), producer = sent.Producer, model = sent.Model, usage,
        });
    }

    private static async Task<JsonElement> ImportAsync(ApiProcess api, string query, byte[] document)
    {
        using var content = new ByteArrayContent(document);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await api.Client.PostAsync($"/v1/rate-cards/import?{query}", content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static int Number(JsonElement report, string name) => report.GetProperty(name).GetInt32();

    private static decimal Price(Dictionary<string, string> row) => decimal.Parse(row["price_per_million_tokens"], CultureInfo.InvariantCulture);

    private static DateTimeOffset? Date(string text) =>
        text.Length == 0 ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
