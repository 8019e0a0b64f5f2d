using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>Tables of exchange rates over HTTP: taken once, all of them, within seconds.</summary>
public sealed class FxImportTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_second_import_changes_nothing_and_a_dry_run_neither()
    {
        const string table = "\uFEFFDate,USD,JPY,\r\n2026-11-24,1.05,162.3,\r\n23 November 2026,1.0474,N/A,\r\n2026-11-20,-1,160,\r\n";
        var versionBefore = await VersionAsync();

        var dry = await ImportAsync(table, "?dry_run=true");
        (await fixture.Database.ScalarAsync<long>("select count(*) from fx_publications where source = 'ECB'")).Should().Be(0);
        var first = await ImportAsync(table);
        var versionAfter = await VersionAsync();
        var second = await ImportAsync(table);

        Counts(dry).Should().Be("read 2 added 2 corrected 0 unchanged 0 rates 3");
        dry.GetProperty("dry_run").GetBoolean().Should().BeTrue();
        Counts(first).Should().Be(Counts(dry));
        first.GetProperty("dry_run").GetBoolean().Should().BeFalse();
        Counts(second).Should().Be("read 2 added 0 corrected 0 unchanged 2 rates 3");
        foreach (var report in new[] { dry, first, second })
        {
            report.GetProperty("refused").GetRawText().Should().Be(
                """[{"line":4,"code":"invalid_rate","detail":"USD `-1` must be above 0, at most 10^12, with at most 12 decimals."}]""");
        }

        (versionAfter - versionBefore).Should().Be(1, "it is one change of the catalog");
        (await VersionAsync()).Should().Be(versionAfter, "nothing has changed");
        var rows = (await _api.GetAsync("/v1/fx-rates?source=ECB")).GetProperty("items").EnumerateArray().ToList();
        rows.Select(r => $"{r.GetProperty("base").GetString()} {r.GetProperty("published_at").GetString()} {r.GetProperty("rates").GetRawText()}").Should().Equal(
            """EUR 2026-11-23T15:00:00Z {"USD":"1.0474"}""", """EUR 2026-11-24T15:00:00Z {"JPY":"162.3","USD":"1.05"}""");
    }

    [Fact]
    public async Task Other_rates_of_a_known_date_correct_it()
    {
        const string query = "?source=Corrected&base=USD&time=09:30&time_zone=Asia/Tokyo";
        await ImportAsync("Date,EUR,JPY\n2026-11-02,0.95,155\n2026-11-03,0.96,156\n", query);

        var wider = await ImportAsync("Date,EUR,JPY,CNY\n2026-11-02,0.95,155,\n2026-11-03,0.96,156,7.1\n2026-11-04,0.97,157,7.2\n", query);
        var narrower = await ImportAsync("Date,JPY\n2026-11-02,155\n2026-11-03,156\n2026-11-04,157.5\n", query);

        Counts(wider).Should().Be("read 3 added 1 corrected 1 unchanged 1 rates 8");
        Counts(narrower).Should().Be("read 3 added 0 corrected 1 unchanged 2 rates 3");
        var last = (await _api.GetAsync("/v1/fx-rates?source=Corrected")).GetProperty("items").EnumerateArray().Last();
        last.GetProperty("published_at").GetString().Should().Be("2026-11-04T00:30:00Z");
        last.GetProperty("rates").GetRawText().Should().Be("""{"CNY":"7.2","EUR":"0.97","JPY":"157.5"}""");
    }

    [Fact]
    public async Task The_next_event_is_converted_by_what_was_imported()
    {
        await _api.CreateAsync("/v1/sources", new { id = "imported" });
        await ImportAsync("Date,USD\n2026-10-30,1.25\n", "?source=Next");

        var receipt = await _api.CreateAsync("/v1/events", new
        {
            source = "imported", id = "e", occurred_at = "2026-10-31T12:00:00Z", producer = "moonshot", model = "m",
            usage = new { output = 1_000_000 }, unit_values = new { output = "2" }, currency = "EUR",
        });

        receipt.GetProperty("amount").GetString().Should().Be("2.5");
    }

    [Fact]
    public async Task The_history_of_a_quarter_of_a_century_takes_seconds()
    {
        const int days = 7_000;
        var table = new StringBuilder("Date,").AppendJoin(',', Enumerable.Range(0, 40).Select(Code)).Append(",\n");
        for (var day = 0; day < days; day++)
        {
            table.Append(new DateOnly(2026, 6, 1).AddDays(-day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            for (var currency = 0; currency < 40; currency++)
                table.Append(',').Append(currency % 10 == 9 ? "N/A" : $"{1 + currency}.{1_000 + (day % 9_000)}");
            table.Append(",\n");
        }

        foreach (var expected in new[] { "added 7000 corrected 0 unchanged 0", "added 0 corrected 0 unchanged 7000" })
        {
            var started = Stopwatch.GetTimestamp();
            var report = await ImportAsync(table.ToString(), "?source=History");
            TestContext.Current.TestOutputHelper?.WriteLine($"{table.Length:N0} bytes in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {expected}");

            Counts(report).Should().Be($"read 7000 {expected} rates 252000");
        }

        var found = (await _api.GetAsync("/v1/fx-rates?source=History&from=2007-06-01T00:00:00Z&to=2007-06-02T00:00:00Z")).GetProperty("items");
        found.GetArrayLength().Should().Be(1);
        found[0].GetProperty("rates").EnumerateObject().Should().HaveCount(36);
    }

    [Theory]
    [InlineData("", "Date,USD\n2026-11-24,1.05", "application/json", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData("", "Datum,USD\n2026-11-24,1.05", "text/csv", HttpStatusCode.UnprocessableEntity, "invalid_header")]
    [InlineData("", "", "text/csv", HttpStatusCode.UnprocessableEntity, "empty")]
    [InlineData("?time=24:00", "Date,USD\n", "text/csv", HttpStatusCode.UnprocessableEntity, "?time")]
    [InlineData("?time_zone=Europe/Nowhere", "Date,USD\n", "text/csv", HttpStatusCode.UnprocessableEntity, "?time_zone")]
    [InlineData("?base=euro", "Date,USD\n", "text/csv", HttpStatusCode.UnprocessableEntity, "?base")]
    [InlineData("?dry_run=perhaps", "Date,USD\n", "text/csv", HttpStatusCode.UnprocessableEntity, "?dry_run")]
    [InlineData("?dryrun=true", "Date,USD\n", "text/csv", HttpStatusCode.UnprocessableEntity, "?dryrun")]
    public async Task What_cannot_be_imported_is_told(string query, string body, string type, HttpStatusCode status, string why)
    {
        using var answer = await _api.PostAsync($"/v1/fx-rates/import{query}", body, type);

        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain($"\"{why}\"");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_and_nothing_of_it_is_recorded()
    {
        // Who waits for the word to go on, as curl does, reads the refusal before it has sent anything.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/fx-rates/import?source=Large")
        {
            Content = new StringContent("Date,USD\n2026-11-24,1.05\n" + new string(' ', 16 << 20), Encoding.UTF8, "text/csv"),
        };
        request.Headers.ExpectContinue = true;
        using var large = await _api.Client.SendAsync(request);
        using var compressed = new ByteArrayContent([0x1f, 0x8b]);
        compressed.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        compressed.Headers.ContentEncoding.Add("gzip");
        using var cut = await _api.Client.PostAsync("/v1/fx-rates/import", compressed);
        using var otherwise = new ByteArrayContent([1]);
        otherwise.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        otherwise.Headers.ContentEncoding.Add("br");
        using var encoded = await _api.Client.PostAsync("/v1/fx-rates/import", otherwise);

        large.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        cut.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        encoded.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
        (await _api.GetAsync("/v1/fx-rates?source=Large")).GetProperty("items").GetArrayLength().Should().Be(0);
    }

    // Three letters, of which none is a currency that the other tests use.
    private static string Code(int number) => $"Q{(char)('A' + (number / 26))}{(char)('A' + (number % 26))}";

    private static string Counts(JsonElement report) => string.Create(CultureInfo.InvariantCulture,
        $"read {report.GetProperty("publications_read")} added {report.GetProperty("added")} corrected {report.GetProperty("corrected")} unchanged {report.GetProperty("unchanged")} rates {report.GetProperty("rates")}");

    private async Task<long> VersionAsync() => await fixture.Database.ScalarAsync<long>("select version from catalog_version");

    private async Task<JsonElement> ImportAsync(string table, string query = "")
    {
        using var answer = await _api.PostAsync($"/v1/fx-rates/import{query}", table, "text/csv");
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
