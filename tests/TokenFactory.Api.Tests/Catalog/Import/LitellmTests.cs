using TokenFactory.Api.Catalog.Import;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class LitellmTests
{
    [Fact]
    public void Prices_per_token_become_exact_prices_per_million()
    {
        var prices = Read(CatalogueFormat.Litellm, """
            {"sample_spec":{"input_cost_per_token":0.0,"litellm_provider":"one of https://example.com","mode":"one of"},
             "gpt-x":{"litellm_provider":"openai","mode":"chat","max_tokens":4096,"supports_vision":true,
               "input_cost_per_token":1.25e-06,"output_cost_per_token":1e-05,"cache_read_input_token_cost":1.25e-07,
               "cache_creation_input_token_cost":2.5e-6,"cache_creation_input_token_cost_above_1hr":0.000004,
               "output_cost_per_reasoning_token":1.2e-05,"input_cost_per_audio_token":4e-05,"output_cost_per_audio_token":8e-05,
               "input_cost_per_image_token":5e-06,"output_cost_per_image_token":4e-05,"output_cost_per_video_token":1.75e-05}}
            """);

        prices.Lines().Should().Equal("openai/gpt-x: input=1.25 input_audio=40 input_image=5 cache_read=0.125 cache_write=2.5 cache_write_1h=4 "
            + "output=10 output_reasoning=12 output_audio=80 output_image=40 output_video=17.5");
        prices.Cards[0].Where.Should().Be("/gpt-x");
        prices.Refusals().Should().Equal("/sample_spec documentation");
    }

    [Fact]
    public void Batch_flex_and_priority_are_cards_of_their_own()
    {
        var prices = ReadModel("""
            "input_cost_per_token":2e-6,"input_cost_per_token_batches":1e-6,"output_cost_per_token_batches":4e-6,"input_cost_per_token_flex":1.5e-6,
            "input_cost_per_token_priority":3e-6,"input_cost_per_token_above_200k_tokens_priority":6e-6,"cache_read_input_token_cost_priority":3e-7
            """);

        prices.Lines().Should().Equal("p/m: input=2", "p/m batch: input=1 output=4", "p/m flex: input=1.5", "p/m priority: input=3(>200000:6) cache_read=0.3");
        prices.Cards.Select(card => card.Rows).Should().Equal(1, 2, 1, 3);
        FallbacksOf(prices.Cards[1]).Should().Contain("cache_read>input").And.Contain("output_reasoning>output");
    }

    [Fact]
    public void Names_that_end_in_a_threshold_are_context_tiers()
    {
        var prices = ReadModel("""
            "input_cost_per_token":1e-6,"input_cost_per_token_above_128k_tokens":2e-6,"input_cost_per_token_above_200k_tokens":3e-6,
            "cache_creation_input_token_cost_above_1hr":4e-6,"cache_creation_input_token_cost_above_1hr_above_200k_tokens":8e-6,
            "output_cost_per_token":5e-6,"output_cost_per_token_above_512_tokens":6e-6
            """);

        prices.Lines().Should().Equal("p/m: input=1(>128000:2)(>200000:3) cache_write_1h=4(>200000:8) output=5(>512:6)");
    }

    [Fact]
    public void Ranges_of_input_tokens_are_context_tiers()
    {
        var prices = ReadModel("""
            "tiered_pricing":[
              {"range":[0,32000.0],"input_cost_per_token":1.2e-6,"output_cost_per_token":6e-6},
              {"range":[32000.0,1.28e5],"input_cost_per_token":2.4e-6,"output_cost_per_token":1.2e-5,"cache_read_input_token_cost":2.4e-7},
              {"range":[128000,252000],"input_cost_per_token":3e-6,"output_cost_per_token":1.5e-5}]
            """);

        prices.Lines().Should().Equal("p/m: input=1.2(>32000:2.4)(>128000:3) output=6(>32000:12)(>128000:15)");
        prices.Refusals().Should().Equal("/m/tiered_pricing/1/cache_read_input_token_cost no_base_price");
    }

    [Theory]
    [InlineData("[1,32000]", "[32000,128000]")]
    [InlineData("[0,32000]", "[40000,128000]")]
    [InlineData("[0,32000]", "[16000,128000]")]
    [InlineData("[0,32000]", "[32000,32000]")]
    [InlineData("[0,32000]", "[32000]")]
    [InlineData("[0,32000]", "\"32000\"")]
    public void Ranges_that_do_not_follow_each_other_are_no_price(string first, string second)
    {
        var prices = ReadModel($$"""
            "tiered_pricing":[{"range":{{first}},"input_cost_per_token":1e-6},{"range":{{second}},"input_cost_per_token":2e-6}],"output_cost_per_token":5e-6
            """);

        prices.Lines().Should().Equal("p/m: output=5");
        prices.Refused.Select(row => row.Where).Should().BeEquivalentTo("/m/tiered_pricing/0/input_cost_per_token", "/m/tiered_pricing/1/input_cost_per_token");
        prices.Refused.Select(row => row.Code).Should().BeSubsetOf(["unknown_condition", "incomplete"]);
        prices.Cards[0].Fallbacks.Keys.Should().OnlyContain(tokenClass => tokenClass.ToString().StartsWith("Output", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("azure/gpt-4o", "azure", "azure/gpt-4o")]
    [InlineData("azure/eu/gpt-4o", "azure", "azure/eu/gpt-4o")]
    [InlineData("gemini/gemini-2.5-pro", "vertex_ai-language-models", "vertex_ai-language-models/gemini/gemini-2.5-pro")]
    [InlineData("azureish/x", "azure", "azure/azureish/x")]
    public void The_provider_in_front_of_a_key_is_no_part_of_the_model(string key, string provider, string expected)
    {
        var prices = Read(CatalogueFormat.Litellm, $$$"""{"{{{key}}}":{"litellm_provider":"{{{provider}}}","input_cost_per_token":1e-6}}""");

        prices.Lines().Should().Equal($"{expected}: input=1");
    }

    [Fact]
    public void Two_keys_of_one_model_count_once()
    {
        var prices = Read(CatalogueFormat.Litellm, """
            {"deepseek-chat":{"litellm_provider":"deepseek","input_cost_per_token":2.7e-7},
             "deepseek/deepseek-chat":{"litellm_provider":"deepseek","input_cost_per_token":0.00000027,"input_cost_per_token_batches":1e-7},
             "deepseek/deepseek-chat":{"litellm_provider":"deepseek","input_cost_per_token":0.00000027}}
            """);

        prices.Lines().Should().Equal("deepseek/deepseek-chat: input=0.27");
        prices.Refusals().Should().Equal("/deepseek~1deepseek-chat/input_cost_per_token repeated", "/deepseek~1deepseek-chat/input_cost_per_token_batches repeated");
        prices.RowsRepeated.Should().Be(1);
    }

    [Theory]
    [InlineData("input_cost_per_image", "0.01", "not_a_token_price")]
    [InlineData("output_cost_per_image_low_quality", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_image_above_128k_tokens", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_second", "0.01", "not_a_token_price")]
    [InlineData("output_cost_per_second_1080p", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_audio_per_second", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_video_per_second_above_128k_tokens", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_character", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_pixel", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_query", "0.01", "not_a_token_price")]
    [InlineData("input_cost_per_request", "0.01", "not_a_token_price")]
    [InlineData("ocr_cost_per_page", "0.01", "not_a_token_price")]
    [InlineData("code_interpreter_cost_per_session", "0.01", "not_a_token_price")]
    [InlineData("file_search_cost_per_1k_calls", "0.01", "not_a_token_price")]
    [InlineData("file_search_cost_per_gb_per_day", "0.01", "not_a_token_price")]
    [InlineData("input_dbu_cost_per_token", "0.01", "not_a_token_price")]
    [InlineData("regional_processing_uplift_multiplier_eu", "1.1", "not_a_token_price")]
    [InlineData("cache_read_input_audio_token_cost", "0.01", "no_token_class")]
    [InlineData("citation_cost_per_token", "0.01", "no_token_class")]
    [InlineData("input_cost_per_smell", "0.01", "unknown_unit")]
    [InlineData("input_cost_per_token_batches_flex", "0.01", "unknown_unit")]
    [InlineData("input_cost_per_token_above_1k_tokens_above_2k_tokens", "0.01", "unknown_unit")]
    [InlineData("input_cost_per_token_above_999999999999999k_tokens", "0.01", "unknown_unit")]
    [InlineData("tiered_pricing", "0.01", "unknown_unit")]
    [InlineData("input_cost_per_token", "\"free\"", "invalid_unit_value")]
    [InlineData("input_cost_per_token", "-1e-6", "invalid_unit_value")]
    [InlineData("input_cost_per_token", "1.0000000000000002e-06", "invalid_unit_value")]
    [InlineData("input_cost_per_token_above_200k_tokens", "1e-6", "no_base_price")]
    [InlineData("input_cost_per_token_above_200k_tokens_priority", "1e-6", "no_base_price")]
    public void What_can_not_be_priced_is_refused_with_its_place(string key, string value, string code)
    {
        var prices = ReadModel($"\"output_cost_per_token\":5e-6,\"{key}\":{value}");

        prices.Lines().Should().Equal("p/m: output=5");
        prices.Refusals().Should().Equal($"/m/{key} {code}");
    }

    [Fact]
    public void Prices_of_several_parts_are_refused_part_by_part()
    {
        var prices = ReadModel("""
            "search_context_cost_per_query":{"search_context_size_low":0.03,"search_context_size_high":0.05},"provider_specific_entry":{"us":1.1},"output_cost_per_token":null
            """);

        prices.Cards.Should().BeEmpty();
        prices.Refusals().Should().Equal("/m/search_context_cost_per_query/search_context_size_low not_a_token_price",
            "/m/search_context_cost_per_query/search_context_size_high not_a_token_price", "/m/provider_specific_entry/us not_a_token_price");
    }

    [Theory]
    [InlineData("""{"m":{"input_cost_per_token":1e-6}}""", "/m/input_cost_per_token invalid_name")]
    [InlineData("""{"azure/*":{"litellm_provider":"azure","input_cost_per_token":1e-6}}""", "/azure~1*/input_cost_per_token invalid_name")]
    [InlineData("""{"azure/":{"litellm_provider":"azure","input_cost_per_token":1e-6}}""", "/azure~1/input_cost_per_token invalid_name")]
    [InlineData("""{"m":7}""", "/m wrong_shape")]
    [InlineData("""{"m":{"litellm_provider":"p","tiered_pricing":[7]}}""", "/m/tiered_pricing/0 wrong_shape")]
    public void What_has_another_shape_is_refused_and_not_passed_over(string json, string refused)
    {
        var prices = Read(CatalogueFormat.Litellm, json);

        prices.Cards.Should().BeEmpty();
        prices.Refusals().Should().Equal(refused);
    }

    private static ImportedPrices ReadModel(string members) => Read(CatalogueFormat.Litellm, "{\"m\":{\"litellm_provider\":\"p\"," + members + "}}");
}
