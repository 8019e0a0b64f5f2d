using System.Globalization;
using System.IO.Compression;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>
/// Real names: every model of genai-prices (MIT) at 47df840a5ab1 and of models.dev (MIT) of 2026-07-02, each as if it were not listed itself. Where it then
/// stands for another of its provider's, both should be sold at the same price; where they are not is listed here, name by name. The files are not the
/// repository's: where their folder is missing the test is skipped and says so.
/// </summary>
[Trait("Category", "PublishedPrices")]
public sealed class PublishedNamesTests
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", "prices"));

    // Listed twice, with and without its maker, by people who wrote down other classes; and two snapshots that cost more than what followed.
    private const string GenaiApart =
        """
        openrouter|anthropic/claude-3-opus>claude-3-opus
        openrouter|anthropic/claude-3-sonnet>claude-3-sonnet
        openrouter|anthropic/claude-3.5-sonnet>claude-3.5-sonnet
        openrouter|anthropic/claude-3.7-sonnet>claude-3.7-sonnet
        openrouter|google/gemini-2.0-flash-001>gemini-2.0-flash-001
        openrouter|google/gemini-2.5-flash-preview:thinking>gemini-2.5-flash-preview:thinking
        openrouter|google/gemini-2.5-flash-preview>gemini-2.5-flash-preview
        openrouter|google/gemini-flash-1.5-8b>gemini-flash-1.5-8b
        openrouter|google/gemini-flash-1.5>gemini-flash-1.5
        openrouter|google/gemma-2-9b-it>gemma-2-9b-it
        openrouter|meta-llama/llama-3.2-90b-vision-instruct>llama-3.2-90b-vision-instruct
        openrouter|mistralai/mistral-7b-instruct-v0.1>mistral-7b-instruct-v0.1
        openrouter|mistralai/mistral-7b-instruct>mistral-7b-instruct
        openrouter|mistralai/mixtral-8x7b-instruct>mixtral-8x7b-instruct
        openrouter|openai/gpt-4.5-preview>gpt-4.5-preview
        openrouter|openai/gpt-4o-2024-05-13>openai/gpt-4o
        openrouter|openai/o1-mini>o1-mini
        openrouter|qwen/qwen-max>qwen-max
        openrouter|qwen/qwen-plus-2025-07-28>qwen/qwen-plus
        openrouter|qwen/qwen-turbo>qwen-turbo
        """;

    // Bedrock's models cost more where they must stay in one part of the world; snapshots that cost more than what followed; another's service, resold.
    private const string ModelsDevApart =
        """
        alibaba-cn|siliconflow/deepseek-r1-0528>deepseek-r1-0528
        amazon-bedrock|au.anthropic.claude-opus-4-6-v1>anthropic.claude-opus-4-6-v1
        amazon-bedrock|au.anthropic.claude-sonnet-4-6>anthropic.claude-sonnet-4-6
        amazon-bedrock|eu.anthropic.claude-haiku-4-5-20251001-v1:0>anthropic.claude-haiku-4-5-20251001-v1:0
        amazon-bedrock|eu.anthropic.claude-opus-4-5-20251101-v1:0>anthropic.claude-opus-4-5-20251101-v1:0
        amazon-bedrock|eu.anthropic.claude-opus-4-6-v1>anthropic.claude-opus-4-6-v1
        amazon-bedrock|eu.anthropic.claude-opus-4-7>anthropic.claude-opus-4-7
        amazon-bedrock|eu.anthropic.claude-opus-4-8>anthropic.claude-opus-4-8
        amazon-bedrock|eu.anthropic.claude-sonnet-4-5-20250929-v1:0>anthropic.claude-sonnet-4-5-20250929-v1:0
        amazon-bedrock|eu.anthropic.claude-sonnet-4-6>anthropic.claude-sonnet-4-6
        amazon-bedrock|eu.anthropic.claude-sonnet-5>anthropic.claude-sonnet-5
        kilo|openai/gpt-4o-2024-05-13>openai/gpt-4o
        kilo|openai/gpt-4o-mini-2024-07-18>openai/gpt-4o-mini
        kilo|qwen/qwen-plus-2025-07-28>qwen/qwen-plus
        llmgateway|qwen-plus-latest>qwen-plus
        llmgateway|qwen3-max-2026-01-23>qwen3-max
        merge-gateway|openai/gpt-4o-2024-05-13>openai/gpt-4o
        nano-gpt|openai/gpt-4o-2024-11-20>openai/gpt-4o
        openai|gpt-4o-2024-05-13>gpt-4o
        openrouter|openai/gpt-4o-2024-05-13>openai/gpt-4o
        openrouter|openai/gpt-4o-2024-08-06>openai/gpt-4o
        openrouter|openai/gpt-4o-2024-11-20>openai/gpt-4o
        openrouter|qwen/qwen-plus-2025-07-28>qwen/qwen-plus
        orcarouter|openai/gpt-4o-2024-05-13>openai/gpt-4o
        """;

    [Theory]
    [InlineData("genai", 1_309, 70, GenaiApart)]
    [InlineData("models_dev", 4_716, 97, ModelsDevApart)]
    public void A_name_stands_for_a_model_at_its_own_price_but_for_those_that_are_listed(string catalogue, int names, int standing, string exceptions)
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"The published prices are not there: {Folder} is missing.");
        var prices = catalogue == "genai" ? Genai() : ModelsDev();
        var apart = new List<string>();
        var found = 0;
        foreach (var ofProvider in prices.GroupBy(p => p.Key.Provider))
        {
            var table = new ModelNameTable<string>();
            foreach (var ((_, model), _) in ofProvider)
                table.Add(model, model);
            foreach (var ((provider, name), price) in ofProvider)
            {
                var other = ModelNameRules.Candidates(name).Select(c => (Model: table.FindKnown(c.Name), c.Terms)).FirstOrDefault(c => c.Model is not null);
                if (other.Model is not { } model)
                    continue;
                found++;
                var isSame = other.Terms.IsFree ? price.All(p => p.EndsWith("=0", StringComparison.Ordinal)) : price.SetEquals(prices[(provider, model)]);
                if (!isSame)
                    apart.Add($"{provider}|{name}>{model}");
            }
        }

        string.Join('\n', apart.Order(StringComparer.Ordinal)).Should().Be(exceptions);
        prices.Should().HaveCount(names);
        found.Should().Be(standing);
    }

    private static Dictionary<(string Provider, string Model), HashSet<string>> Genai() => Prices("price_history.csv",
        row => row[4].Length > 0 && row[6].Length == 0 ? [$"{row[2]}={row[4]}"] : []);

    private static Dictionary<(string Provider, string Model), HashSet<string>> ModelsDev() => Prices("models_dev_2026-07-02.csv.gz",
        row => row.Skip(5).Select((value, column) => (value, column)).Where(c => c.value.Length > 0)
            .Select(c => $"{c.column}={decimal.Parse(c.value, CultureInfo.InvariantCulture).ToString("0.############", CultureInfo.InvariantCulture)}"));

    private static Dictionary<(string Provider, string Model), HashSet<string>> Prices(string file, Func<string[], IEnumerable<string>> pricesOf)
    {
        using var stream = File.OpenRead(Path.Combine(Folder, file));
        using var text = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        var prices = new Dictionary<(string, string), HashSet<string>>();
        text.ReadLine();
        while (text.ReadLine() is { } line)
        {
            var row = Cells(line);
            if (!prices.TryGetValue((row[0], row[1]), out var known))
                prices[(row[0], row[1])] = known = [];
            known.UnionWith(pricesOf(row));
        }

        return prices;
    }

    // Names in quotes hold commas, and no line break.
    private static string[] Cells(string line)
    {
        var cells = new List<string> { "" };
        var isQuoted = false;
        foreach (var letter in line)
        {
            if (letter == '"')
                isQuoted = !isQuoted;
            else if (letter == ',' && !isQuoted)
                cells.Add("");
            else
                cells[^1] += letter;
        }

        return [.. cells];
    }
}
