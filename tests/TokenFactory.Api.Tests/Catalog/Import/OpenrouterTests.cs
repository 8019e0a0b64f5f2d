using TokenFactory.Api.Catalog.Import;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class OpenrouterTests
{
    [Fact]
    public void The_model_is_the_whole_id_and_the_prices_are_per_million()
    {
        var prices = Read(CatalogueFormat.Openrouter, """
            {"data":[
              {"id":"openai/gpt-4o","name":"OpenAI: GPT-4o","pricing":{"prompt":"0.0000025","completion":"0.00001","input_cache_read":"0.00000125",
                "input_cache_write":"3.75e-6","input_cache_write_1h":"0.000006","audio":"0.00004","audio_output":"0.00008","internal_reasoning":"0.000012"}},
              {"id":"deepseek/deepseek-r1:free","pricing":{"prompt":"0","completion":"0","internal_reasoning":"0"}}]}
            """);

        prices.Lines().Should().Equal(
            "openrouter/openai/gpt-4o: input=2.5 input_audio=40 cache_read=1.25 cache_write=3.75 cache_write_1h=6 output=10 output_reasoning=12 output_audio=80",
            "openrouter/deepseek/deepseek-r1:free: input=0 output=0 output_reasoning=0");
        prices.Cards.Select(card => card.Where).Should().Equal("/data/0/pricing", "/data/1/pricing");
        prices.Refused.Should().BeEmpty();
    }

    [Fact]
    public void Reasoning_of_zero_is_not_free_where_completion_costs()
    {
        var prices = ReadPricing("\"completion\":\"0.00006\",\"internal_reasoning\":\"0\"");

        prices.Lines().Should().Equal("openrouter/a/m: output=60");
        prices.Refusals().Should().Equal("/data/0/pricing/internal_reasoning not_a_price");
        FallbacksOf(prices.Cards[0]).Should().Contain("output_reasoning>output");
    }

    [Theory]
    [InlineData("\"prompt\":\"-1\"", "/prompt not_a_price")]
    [InlineData("\"prompt\":-0.5", "/prompt not_a_price")]
    [InlineData("\"prompt\":\"\"", "/prompt invalid_unit_value")]
    [InlineData("\"prompt\":\"varies\"", "/prompt invalid_unit_value")]
    [InlineData("\"prompt\":{\"a\":\"1\"}", "/prompt/a not_a_price")]
    [InlineData("\"image\":\"0\"", "/image not_a_token_price")]
    [InlineData("\"image_output\":\"0.01\"", "/image_output not_a_token_price")]
    [InlineData("\"request\":\"0\"", "/request not_a_token_price")]
    [InlineData("\"web_search\":\"0.01\"", "/web_search not_a_token_price")]
    [InlineData("\"discount\":0.5", "/discount not_a_token_price")]
    [InlineData("\"input_audio_cache\":\"0.01\"", "/input_audio_cache no_token_class")]
    [InlineData("\"image_token\":\"0.01\"", "/image_token no_token_class")]
    [InlineData("\"smell\":\"0.01\"", "/smell unknown_unit")]
    [InlineData("\"completion\":\"0.00003\"", "/completion repeated")]
    public void What_can_not_be_priced_is_refused_with_its_place(string price, string refused)
    {
        var prices = ReadPricing("\"completion\":\"0.00001\"," + price);

        prices.Lines().Should().Equal("openrouter/a/m: output=10");
        prices.Refusals().Should().Equal("/data/0/pricing" + refused);
        prices.Cards[0].Fallbacks.Keys.Should().OnlyContain(tokenClass => tokenClass.ToString().StartsWith("Output", StringComparison.Ordinal));
    }

    [Fact]
    public void Overrides_of_larger_requests_are_context_tiers()
    {
        var prices = ReadPricing("""
            "prompt":"0.000001","completion":"0.000002","overrides":[
              {"min_prompt_tokens":200000,"prompt":"0.000003"},{"min_prompt_tokens":400000,"prompt":"0.000004","completion":"0.000005","image":"1"}]
            """);

        prices.Lines().Should().Equal("openrouter/a/m: input=1(>=200000:3)(>=400000:4) output=2(>=400000:5)");
        prices.Refusals().Should().Equal("/data/0/pricing/overrides/1/image not_a_token_price");
    }

    [Theory]
    [InlineData("""[{"min_prompt_tokens":4000,"prompt":"0.000003"},{"min_prompt_tokens":200,"prompt":"0.000002"}]""")]
    [InlineData("""[{"utc_start":"16:00","utc_end":"20:00","prompt":"0.000003"}]""")]
    [InlineData("""[{"min_prompt_tokens":200,"utc_start":"16:00","utc_end":"20:00","prompt":"0.000003"}]""")]
    [InlineData("""[{"prompt":"0.000003"}]""")]
    public void Overrides_on_other_conditions_leave_their_class_unpriced(string overrides)
    {
        var prices = ReadPricing($"\"prompt\":\"0.000001\",\"completion\":\"0.000002\",\"overrides\":{overrides}");

        prices.Lines().Should().Equal("openrouter/a/m: output=2");
        prices.Refused.Should().OnlyContain(row => row.Code == "unknown_condition" || (row.Code == "incomplete" && row.Where.EndsWith("/prompt", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"data":[7]}""", "/data/0 wrong_shape")]
    [InlineData("""{"data":[{"id":"m"}]}""", "/data/0 wrong_shape")]
    [InlineData("""{"data":[{"id":"m","pricing":[]}]}""", "/data/0 wrong_shape")]
    [InlineData("""{"data":[{"pricing":{"prompt":"1"}}]}""", "/data/0/pricing/prompt invalid_name")]
    public void What_has_another_shape_is_refused_and_not_passed_over(string json, string refused)
    {
        var prices = Read(CatalogueFormat.Openrouter, json);

        prices.Cards.Should().BeEmpty();
        prices.Refusals().Should().Equal(refused);
    }

    private static ImportedPrices ReadPricing(string members) => Read(CatalogueFormat.Openrouter, "{\"data\":[{\"id\":\"a/m\",\"pricing\":{" + members + "}}]}");
}
