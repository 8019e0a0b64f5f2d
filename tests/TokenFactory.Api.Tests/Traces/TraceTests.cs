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
/// no sector for Mooncake are assumptions of this test. Prices are declared with the events, or come from a rate card: kimi-k2-0711-preview at
/// USD 0.60 for a million input and 2.50 for a million output tokens (pydantic/genai-prices at 47df840a5ab1). The files are not the
/// repository's: they lie beside the checkout, and where that folder is missing the test is skipped and says so.
/// </summary>
[Trait("Category", "Traces")]
public sealed class TraceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", "traces"));

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Every_token_of_the_traces_is_in_the_figures_and_posting_twice_changes_nothing()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"The published traces are not there: {Folder} is missing.");
        foreach (var source in new[] { "azure-conv", "azure-code", "kimi" })
            await _api.CreateAsync("/v1/sources", new { id = source });
        await _api.CreateAsync("/v1/rate-cards", new
        {
            producer = "moonshot",
            model = "kimi-k2-0711-preview",
            effective_from = "2023-01-01T00:00:00Z",
            unit_values = new { input = "0.60", output = "2.50" },
            provenance = new { source = "pydantic/genai-prices at 47df840a5ab1" },
        });

        // The source, the expected tokens, and the events.
        (string Source, long In, long Out, List<string> Events, decimal InPrice, decimal OutPrice)[] traces =
        [
            ("azure-conv", 22_361_870, 4_088_665, Azure("conv", "azure-conv", "household", "2.50", "10").ToList(), 2.5m, 10m),
            ("azure-code", 18_059_974, 245_896, Azure("code", "azure-code", "enterprise", "0.30", "0.60").ToList(), 0.3m, 0.6m),
            ("kimi", 144_793_823, 4_122_048, Mooncake().ToList(), 0.6m, 2.5m),
        ];
        foreach (var trace in traces)
        {
            var told = await PostAsync(trace.Events, gzip: trace.Source == "kimi");
            told.GetProperty("accepted").GetInt32().Should().Be(trace.Events.Count);
        }

        var sectors = (await _api.GetAsync("/v1/gdp?frequency=year&by=sector,producer,token_class")).GetProperty("rows").EnumerateArray()
            .ToDictionary(r => $"{r.GetProperty("sector")} {r.GetProperty("producer")} {r.GetProperty("token_class")}", r => r.GetProperty("quantity").GetString());
        sectors.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["household azure input"] = "22361870",
            ["household azure output"] = "4088665",
            ["enterprise azure input"] = "18059974",
            ["enterprise azure output"] = "245896",
            ["unclassified moonshot input"] = "144793823",
            ["unclassified moonshot output"] = "4122048",
        });

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

    private static IEnumerable<string> Azure(string trace, string source, string sector, string input, string output)
    {
        var line = 0;
        foreach (var row in Lines($"AzureLLMInferenceTrace_{trace}.csv").Skip(1).Select(text => text.Split(',')))
        {
            // The traces count in 100 ns, and so they are sent; the row's number is the request's identity.
            yield return Event(source, $"{trace}-{++line}", row[0].Replace(' ', 'T') + "Z", "azure", $"azure-{trace}", sector, row[1], row[2], input, output);
        }
    }

    private static IEnumerable<string> Mooncake()
    {
        // Milliseconds from the beginning of the trace, which has no date: it is laid on the day of the Azure traces. One row is there twice, and
        // many have the same time: they are different requests.
        var begin = new DateTimeOffset(2023, 11, 16, 0, 0, 0, TimeSpan.Zero);
        var number = 0;
        foreach (var line in Lines("mooncake_conversation_trace.jsonl.gz"))
        {
            using var row = JsonDocument.Parse(line);
            var at = begin.AddMilliseconds(row.RootElement.GetProperty("timestamp").GetInt64());
            yield return Event("kimi", $"mooncake-{++number}", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), "moonshot_ai",
                "kimi-k2-0711-preview", null, row.RootElement.GetProperty("input_length").GetRawText(), row.RootElement.GetProperty("output_length").GetRawText(),
                null, null);
        }
    }

    private static string Event(
        string source, string id, string at, string producer, string model, string? sector, string input, string output, string? inputPrice, string? outputPrice) =>
        $$"""{"source":"{{source}}","id":"{{id}}","occurred_at":"{{at}}","producer":"{{producer}}","model":"{{model}}","usage":{"input":{{input}},"output":{{output}}}"""
        + (sector is null ? "" : $",\"sector\":\"{sector}\"")
        + (inputPrice is null ? "" : $$""","unit_values":{"input":"{{inputPrice}}","output":"{{outputPrice}}"},"currency":"USD" """.TrimEnd())
        + "}";

    private static IEnumerable<string> Lines(string file)
    {
        using Stream stored = File.OpenRead(Path.Combine(Folder, file));
        using var plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        using var lines = new StreamReader(plain);
        while (lines.ReadLine() is { } line)
            yield return line;
    }
}
