using System.Text;
using CsCheck;
using TokenFactory.Api.Catalog.Import;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

/// <summary>A document is read or refused as a whole with a sentence; there is no third way out.</summary>
public sealed class ImportRefusedTests
{
    private static readonly (CatalogueFormat Format, string Text)[] Samples =
    [
        (CatalogueFormat.GenaiPrices, """
            [{"id":"maker","name":"Maker","models":[{"id":"m","prices":[{"prices":{"input_mtok":{"base":1,"tiers":[{"start":200000,"price":2}]},"output_mtok":0.18}},
            {"constraint":{"start_date":"2025-06-10"},"prices":{"input_mtok":2,"requests_kcount":5}},
            {"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":1e-3,"cache_audio_read_mtok":1}}]},
            {"id":"n","prices":{"output_mtok":4,"cache_read_mtok":null}},{"id":"\u00e9\ud83d\ude00","prices":{"output_mtok":4}}]}]
            """),
        (CatalogueFormat.ModelsDev, """
            {"maker":{"id":"maker","name":"Maker","models":{"a/m":{"cost":{"input":1.25,"output":10,"context_over_200k":{"input":2.5},
            "tiers":[{"output":15,"tier":{"type":"context","size":200000}}]},"experimental":{"modes":{"fast":{"cost":{"input":2}}}}}}}}
            """),
        (CatalogueFormat.ModelsDev, "provider,model,input_usd_per_mtok,reasoning_usd_per_mtok\nmaker,m,0.132,\n\"ma\"\"ker\",n,1.0,2\n"),
        (CatalogueFormat.Litellm, """
            {"sample_spec":{"input_cost_per_token":0},"azure/m":{"litellm_provider":"azure","input_cost_per_token":1.25e-06,"output_cost_per_token_batches":1e-5,
            "cache_creation_input_token_cost_above_1hr":4e-6,"input_cost_per_token_above_200k_tokens":2e-6,"search_context_cost_per_query":{"low":0.03},
            "tiered_pricing":[{"range":[0,32000],"input_cost_per_token_flex":1e-6},{"range":[32000,64000.0],"input_cost_per_token_flex":2e-6}]}}
            """),
        (CatalogueFormat.Openrouter, """
            {"data":[{"id":"openai/gpt-4o","pricing":{"prompt":"0.0000025","completion":"0.00001","internal_reasoning":"0","image":"0.001",
            "overrides":[{"min_prompt_tokens":200000,"prompt":"0.000005"}]}},{"id":"auto","pricing":{"prompt":"-1"}}]}
            """),
        (CatalogueFormat.Csv, """
            producer,model,service_tier,token_class,currency,unit_value,effective_from,effective_to,applies_when_input_tokens_over,daily_from_utc,daily_to_utc,source
            maker,m,batch,input,USD,1.5,2025-01-01,,,,,"a, b"
            maker,m,batch,input,USD,3,2025-01-01,,200000,,,
            maker,m,batch,input,USD,1,2025-01-01,,,08:00:00Z,20:00,
            """),
    ];

    [Theory]
    [InlineData("genai-prices", "", "empty")]
    [InlineData("genai-prices", " \r\n\t", "empty")]
    [InlineData("genai-prices", "{}", "wrong_root")]
    [InlineData("genai-prices", "null", "wrong_root")]
    [InlineData("genai-prices", "[", "malformed_json")]
    [InlineData("genai-prices", "[] []", "malformed_json")]
    [InlineData("genai-prices", "[\"\\ud83d\"]", "malformed_json")]
    [InlineData("genai-prices", "[{\"\\ud83d\":1}]", "malformed_json")]
    [InlineData("genai-prices", "[{\"id\":\"a\",\"models\":[],\"models\":[]}]", "repeated_member")]
    [InlineData("models-dev", "[]", "wrong_root")]
    [InlineData("models-dev", "{", "malformed_json")]
    [InlineData("models-dev", "nonsense", "missing_column")]
    [InlineData("models-dev", "provider,input_usd_per_mtok\na,1", "missing_column")]
    [InlineData("litellm", "[]", "wrong_root")]
    [InlineData("litellm", "<html>", "malformed_json")]
    [InlineData("openrouter", "[]", "wrong_root")]
    [InlineData("openrouter", "{\"error\":{}}", "wrong_root")]
    [InlineData("openrouter", "{\"data\":{}}", "wrong_root")]
    [InlineData("csv", "", "empty")]
    [InlineData("csv", "\uFEFF\n", "empty")]
    [InlineData("csv", "producer,model,token_class\n", "missing_column")]
    [InlineData("csv", "producer,model,token_class,unit_value,weekday\n", "unknown_column")]
    [InlineData("csv", "producer,model,token_class,unit_value,model\n", "repeated_column")]
    [InlineData("csv", "producer,model,token_class,unit_value,price_per_million_tokens\n", "repeated_column")]
    [InlineData("csv", "producer,model,token_class,unit_value\na,b,input,\"1\nc,d,input,2\n", "malformed_csv")]
    [InlineData("csv", "producer,model,token_class,unit_value\na,b\"c,input,1\n", "malformed_csv")]
    [InlineData("csv", "producer,model,token_class,unit_value\na,\"b\"c,input,1\n", "malformed_csv")]
    [InlineData("csv", "producer,model,token_class,unit_value\na,b,input,\"1", "malformed_csv")]
    [InlineData("csv", "producer,model,token_class,unit_value\na,\"b\nc\",input,1\n", "malformed_csv")]
    public void A_document_of_another_format_is_refused_with_a_sentence(string format, string text, string code)
    {
        var read = () => Read(Format(format), text);

        var refused = read.Should().Throw<ImportRefusedException>().Which;
        refused.Code.Should().Be(code);
        refused.Message.Should().EndWith(".");
    }

    [Theory]
    [InlineData("genai-prices")]
    [InlineData("models-dev")]
    [InlineData("litellm")]
    [InlineData("openrouter")]
    [InlineData("csv")]
    public void Text_that_is_not_utf_8_is_refused(string format)
    {
        var read = () => CatalogueFormats.Parse(Format(format), new byte[] { (byte)'[', (byte)'"', 0xFF, (byte)'"', (byte)']' });

        read.Should().Throw<ImportRefusedException>().Which.Code.Should().Be("not_utf8");
    }

    [Fact]
    public void A_document_that_is_too_deep_is_refused()
    {
        var read = () => Read(CatalogueFormat.GenaiPrices, new string('[', 100_000));

        read.Should().Throw<ImportRefusedException>().Which.Code.Should().Be("malformed_json");
    }

    [Fact]
    public void Any_bytes_are_read_in_balance_or_refused() =>
        Gen.Select(Gen.Int[0, Samples.Length - 1], Gen.Select(Gen.Int[0, 1_000], Gen.Int[0, 12], Fragment).Array[0, 6]).Sample((sample, changes) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Samples[sample].Text).ToList();
            foreach (var (place, length, fragment) in changes)
            {
                var at = place % (bytes.Count + 1);
                bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
                bytes.InsertRange(at, fragment);
            }

            ReadOrRefuse(Samples[sample].Format, [.. bytes]);
        }, iter: 20_000);

    [Fact]
    public void Values_of_any_kind_in_any_place_are_read_in_balance_or_refused() =>
        Gen.Select(Gen.Int[0, Samples.Length - 1], Gen.Select(Gen.Int[0, 200], OneOf("0", "-1", "1e-30", "1e400", "\"x\"", "\"\"", "null", "true", "[]",
            "{}", "[1,\"2\"]", "{\"a\":1}", "\"\\u0000\"", "\"2025-01-01\"", "200000")).Array[1, 4]).Sample((sample, changes) =>
        {
            // What stands behind a colon, a comma or a bracket is replaced up to the next one: the document stays well formed more often than not.
            var text = Samples[sample].Text;
            foreach (var (place, value) in changes)
            {
                var begin = text.IndexOfAny([':', ','], place * text.Length / 201);
                var end = begin < 0 ? -1 : text.IndexOfAny([',', '}', ']', '\n'], begin + 1);
                if (end > 0)
                    text = text[..(begin + 1)] + value + text[end..];
            }

            ReadOrRefuse(Samples[sample].Format, Encoding.UTF8.GetBytes(text));
        }, iter: 20_000);

    [Fact]
    public void The_samples_are_read_as_they_are()
    {
        foreach (var (format, text) in Samples)
            Read(format, text).Cards.Should().NotBeEmpty();
    }

    [Fact]
    public void Formats_have_the_names_of_the_catalogues()
    {
        CatalogueFormats.AllNames.Should().Equal("genai-prices", "models-dev", "litellm", "openrouter", "csv");
        CatalogueFormats.AllNames.Select(name => Format(name).Name()).Should().Equal(CatalogueFormats.AllNames);
        CatalogueFormats.TryParseFormat("genai_prices", out _).Should().BeFalse();
        CatalogueFormats.TryParseFormat(null, out _).Should().BeFalse();
    }

    private static CatalogueFormat Format(string name)
    {
        CatalogueFormats.TryParseFormat(name, out var format).Should().BeTrue();
        return format;
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<byte[]> Fragment => Gen.OneOf(
        Gen.Byte.Array[0, 3],
        OneOf("\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "null", "-1", "1e99", "0.1234567890123", "\"id\":", "\"prices\":", "\\ud83d", "\"models\":[]")
            .Select(Encoding.UTF8.GetBytes));

    private static void ReadOrRefuse(CatalogueFormat format, byte[] document)
    {
        try
        {
            ShouldBalance(CatalogueFormats.Parse(format, document));
        }
        catch (ImportRefusedException refused)
        {
            refused.Code.Should().NotBeEmpty();
        }
    }
}
