using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Traces;

/// <summary>
/// Real requests: the Azure LLM inference traces of 2023-11-16 (Patel et al., Splitwise, ISCA 2024; CC-BY-4.0) and the Mooncake trace of
/// Moonshot's Kimi (Apache-2.0), posted over HTTP as events. Neither names a sector or a price: conversation = household, code = enterprise and
/// no sector for Mooncake are assumptions of this test; prices are declared, or come from the recorded price history.
/// </summary>
[Trait("Category", "RealData")]
public sealed class TraceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Every_token_of_the_traces_is_in_the_figures_and_posting_twice_changes_nothing()
    {
        var data = SharedData();
        foreach (var source in new[] { "azure-conv", "azure-code", "kimi" })
            await _api.CreateAsync("/v1/sources", new { id = source });
        var (input, output) = KimiPrices(data);
        await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot",
            model = "kimi-k2-0711-preview",
            effective_from = "2023-01-01T00:00:00Z",
            unit_values = new { input, output },
            provenance = "price_history.csv",
        });

        // The source, the expected tokens, and the events.
        (string Source, long In, long Out, List<string> Events, decimal InPrice, decimal OutPrice)[] traces =
        [
            ("azure-conv", 22_361_870, 4_088_665, Azure(data, "conv", "azure-conv", "household", "2.50", "10").ToList(), 2.5m, 10m),
            ("azure-code", 18_059_974, 245_896, Azure(data, "code", "azure-code", "enterprise", "0.30", "0.60").ToList(), 0.3m, 0.6m),
            ("kimi", 144_793_823, 4_122_048, Mooncake(data).ToList(), decimal.Parse(input, CultureInfo.InvariantCulture), decimal.Parse(output, CultureInfo.InvariantCulture)),
        ];
        foreach (var trace in traces)
        {
            var told = await PostAsync(trace.Events, gzip: trace.Source == "kimi");
            told.GetProperty("accepted").GetInt32().Should().Be(trace.Events.Count);
        }

        var once = await FiguresAsync();
        var rows = (await _api.GetAsync("/v1/gdp?frequency=year&by=producer,model,token_class")).GetProperty("rows").EnumerateArray().ToList();
        Quantity(rows, "input").Should().Be(22_361_870 + 18_059_974 + 144_793_823);
        Quantity(rows, "output").Should().Be(4_088_665 + 245_896 + 4_122_048);

        // One price per token class: the sum of the entries is the price times the sum of the tokens, to the last digit.
        var total = (await _api.GetAsync("/v1/gdp?frequency=year")).GetProperty("rows")[0];
        decimal.Parse(total.GetProperty("gdp").GetString()!, CultureInfo.InvariantCulture)
            .Should().Be(traces.Sum(t => ((t.In * t.InPrice) + (t.Out * t.OutPrice)) / 1_000_000m));
        total.GetProperty("unpriced_quantity").GetString().Should().Be("0");

        foreach (var trace in traces)
        {
            var told = await PostAsync(trace.Events, gzip: false);
            told.GetProperty("duplicate").GetInt32().Should().Be(trace.Events.Count);
        }

        (await FiguresAsync()).Should().Equal(once);
        var books = await _api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        books.GetProperty("accepted").GetInt64().Should().Be(19_366 + 8_819 + 12_031);
        books.GetProperty("duplicate").GetInt64().Should().Be(19_366 + 8_819 + 12_031);
    }

    private async Task<List<string>> FiguresAsync()
    {
        var figures = new List<string>();
        foreach (var query in new[] { "/v1/gdp?frequency=hour&by=sector,producer,model,token_class", "/v1/gdp?frequency=day", "/v1/indices?frequency=hour&by=sector" })
            figures.Add((await _api.GetAsync(query)).GetProperty("rows").ToString());
        return figures;
    }

    private static decimal Quantity(List<JsonElement> rows, string tokenClass) => rows.Where(r => r.GetProperty("token_class").GetString() == tokenClass)
        .Sum(r => decimal.Parse(r.GetProperty("quantity").GetString()!, CultureInfo.InvariantCulture));

    private async Task<JsonElement> PostAsync(List<string> events, bool gzip)
    {
        var body = Encoding.UTF8.GetBytes(Events.Join(events));
        using var content = new ByteArrayContent(gzip ? Compress(body) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue(Events.Lines);
        if (gzip)
            content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _api.Client.PostAsync("/v1/events", content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text[..Math.Min(500, text.Length)]);
        return JsonDocument.Parse(text).RootElement;
    }

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return compressed.ToArray();
    }

    private static IEnumerable<string> Azure(string data, string trace, string source, string sector, string input, string output)
    {
        var line = 0;
        foreach (var row in File.ReadLines(Path.Combine(data, "traces", $"AzureLLMInferenceTrace_{trace}.csv")).Skip(1).Select(r => r.Split(',')))
        {
            // The traces count in 100 ns; the row's number is the request's identity.
            yield return Event(source, $"{trace}-{++line}", row[0].Replace(' ', 'T') + "Z", "azure", $"azure-{trace}", sector, row[1], row[2], input, output);
        }
    }

    private static IEnumerable<string> Mooncake(string data)
    {
        // Milliseconds from the beginning of the trace, which has no date: it is laid on the day of the Azure traces. One row is there twice, and
        // many have the same time: they are different requests.
        var begin = new DateTimeOffset(2023, 11, 16, 0, 0, 0, TimeSpan.Zero);
        using var gzip = new GZipStream(File.OpenRead(Path.Combine(data, "traces", "mooncake_conversation_trace.jsonl.gz")), CompressionMode.Decompress);
        using var lines = new StreamReader(gzip);
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            using var row = JsonDocument.Parse(line);
            var at = begin.AddMilliseconds(row.RootElement.GetProperty("timestamp").GetInt64());
            yield return Event("kimi", $"mooncake-{number}", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), "moonshot_ai",
                "kimi-k2-0711-preview", null, row.RootElement.GetProperty("input_length").GetRawText(), row.RootElement.GetProperty("output_length").GetRawText(), null, null);
        }
    }

    private static string Event(
        string source, string id, string at, string producer, string model, string? sector, string input, string output, string? inputPrice, string? outputPrice) =>
        $$"""{"source":"{{source}}","id":"{{id}}","occurred_at":"{{at}}","producer":"{{producer}}","model":"{{model}}","usage":{"input":{{input}},"output":{{output}}}"""
        + (sector is null ? "" : $",\"sector\":\"{sector}\"")
        + (inputPrice is null ? "" : $$""","unit_values":{"input":"{{inputPrice}}","output":"{{outputPrice}}"},"currency":"USD" """.TrimEnd())
        + "}";

    private static (string Input, string Output) KimiPrices(string data)
    {
        var rows = File.ReadLines(Path.Combine(data, "prices", "price_history.csv")).Skip(1).Select(r => r.Split(','))
            .Where(r => r[0] is "moonshot" or "moonshotai" && r[1] == "kimi-k2-0711-preview").ToList();
        return (rows.First(r => r[2] == "input")[4], rows.First(r => r[2] == "output")[4]);
    }

    private static string SharedData()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "TokenFactory.sln")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The repository's root was not found.");
        var data = Path.Combine(root, "..", "shared", "data");
        Assert.SkipUnless(Directory.Exists(data), "The real traces are not beside this repository (../shared/data): nothing to post.");
        return data;
    }
}
