using CsCheck;
using TokenFactory.Api.Catalog;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>What a name may stand for: a name alone decides.</summary>
public sealed class ModelNameRulesTests
{
    private static readonly string[] Fronts = ["", "openai/", "us.anthropic.", "models/"];
    private static readonly string[] Behinds = ["", ":free", "-latest", "-2024-08-06", "-v1:0"];

    // Made of what all rules take away, in any order and number, around little: what is known is often what a name stands for.
    private static readonly Gen<string> DressedName = Gen.Select(
        Any("arn:aws:bedrock:us-east-1::foundation-model/", "models/", "a/models/", "us-east-1/", "us.", "global.", "openai/", "anthropic.").Array[0, 4],
        Any("zed", "z", "z.", "models/", "us.z", "z ", "-1"),
        Any(":free", ":batch", ":flex", ":priority", ":nitro", "-v1:0", "-1:0", ":0", "@default", "-latest", "-2024-08-06", "-20240806").Array[0, 8],
        (fronts, middle, behinds) => (string.Concat(fronts) + middle + string.Concat(behinds)).Trim());

    [Theory]
    // The names under which the makers' own APIs report a snapshot.
    [InlineData("gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini")]
    [InlineData("gpt-4o-audio-preview-2024-12-17", "gpt-4o-audio-preview")]
    [InlineData("o3-pro-2025-06-10", "o3-pro")]
    [InlineData("claude-3-5-haiku-latest", "claude-3-5-haiku")]
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4")]
    [InlineData("claude-opus-4-5@20251101", "claude-opus-4-5")]
    [InlineData("claude-sonnet-4-6@default", "claude-sonnet-4-6")]
    // A provider in front.
    [InlineData("openai/gpt-4o", "gpt-4o")]
    [InlineData("openrouter/openai/gpt-4o", "gpt-4o")]
    [InlineData("Qwen/Qwen3-8B", "Qwen3-8B")]
    [InlineData("MiniMaxAI/MiniMax-M2.5", "MiniMax-M2.5")]
    [InlineData("models/gemini-2.5-pro", "gemini-2.5-pro")]
    [InlineData("projects/p-1/locations/us-central1/publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro")]
    [InlineData("accounts/fireworks/models/kimi-k2-instruct", "kimi-k2-instruct")]
    [InlineData("fireworks_ai/accounts/fireworks/models/kimi-k2-instruct", "kimi-k2-instruct")]
    // Bedrock.
    [InlineData("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet")]
    [InlineData("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4")]
    [InlineData("us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-sonnet-4-20250514-v1:0")]
    [InlineData("apac.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0")]
    [InlineData("global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001")]
    [InlineData("openai.gpt-oss-120b-1:0", "gpt-oss-120b")]
    [InlineData("nvidia.nemotron-nano-9b-v2:0", "nemotron-nano-9b-v2")]
    [InlineData("bedrock/us-east-1/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku-20240307")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku")]
    [InlineData("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0")]
    // How it is sold.
    [InlineData("kimi-k2:free", "kimi-k2", null, true)]
    [InlineData("moonshotai/kimi-k2:free", "kimi-k2", null, true)]
    [InlineData("gpt-4o:nitro", "gpt-4o")]
    [InlineData("gpt-4o:floor", "gpt-4o")]
    [InlineData("gpt-4o:batch", "gpt-4o", ServiceTier.Batch)]
    [InlineData("openai/gpt-4o-2024-08-06:flex", "gpt-4o", ServiceTier.Flex)]
    [InlineData("gpt-4o:priority", "gpt-4o", ServiceTier.Priority)]
    public void A_name_stands_for_the_model_without_what_is_around_it(string name, string model, ServiceTier? tier = null, bool free = false) =>
        ModelNameRules.Candidates(name).Select(c => c with { Terms = c.Terms with { Region = null } })
            .Should().Contain(new ModelNameCandidate(model, new ModelTerms(tier, free)));

    [Theory]
    [InlineData("us.anthropic.zed", "us")]
    [InlineData("global.anthropic.zed-v1:0", "global")]
    [InlineData("bedrock/us-gov-east-1/anthropic.zed", "us-gov-east-1")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/anthropic.zed", "us-east-1")]
    [InlineData("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.zed:batch", "eu")]
    [InlineData("arn:aws:bedrock:::foundation-model/anthropic.zed", null)]
    [InlineData("openai/zed", null)]
    public void What_stands_in_front_may_say_the_region(string name, string? region) =>
        ModelNameRules.Candidates(name).Single(c => c.Name == "zed").Terms.Region.Should().Be(region);

    [Theory]
    // Sold at prices of their own.
    [InlineData("gpt-4o:extended")]
    [InlineData("claude-3-7-sonnet:thinking")]
    [InlineData("gpt-4o:online")]
    [InlineData("gpt-3.5-turbo-0613")]
    [InlineData("gpt-4-1106-preview")]
    [InlineData("deepseek-v3-0324")]
    [InlineData("Qwen3-235B-A22B-Instruct-2507")]
    [InlineData("command-r-08-2024")]
    [InlineData("gemini-2.0-flash-001")]
    [InlineData("nemotron-nano-9b-v2")]
    [InlineData("mixtral-8x7b-instruct-v0:1")]
    [InlineData("llama2-70b-4096")]
    // No dates, and no providers.
    [InlineData("m-2024-13-01")]
    [InlineData("m-20240230")]
    [InlineData("qwen2.5-72b-instruct")]
    [InlineData("gpt-4.1")]
    [InlineData("neversleep/llama-3-lumimaid-8b")]
    [InlineData("Pro/DeepSeek-V3")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123")]
    [InlineData("llama3:8b")]
    [InlineData(":free")]
    [InlineData("-latest")]
    [InlineData("openai/")]
    [InlineData("us.")]
    public void What_is_part_of_a_name_stays(string name) => ModelNameRules.Candidates(name).Should().BeEmpty();

    [Fact]
    public void The_least_is_taken_away_first() =>
        ModelNameRules.Candidates("us.anthropic.claude-sonnet-4-20250514-v1:0").Select(c => c.Name).Should().Equal(
            "anthropic.claude-sonnet-4-20250514-v1:0", "us.anthropic.claude-sonnet-4-20250514",
            "claude-sonnet-4-20250514-v1:0", "anthropic.claude-sonnet-4-20250514", "us.anthropic.claude-sonnet-4",
            "claude-sonnet-4-20250514", "anthropic.claude-sonnet-4",
            "claude-sonnet-4");

    [Theory]
    [InlineData("kimi-k2:free", "kimi-k2", null, true)]
    [InlineData("openai/gpt-4o-2024-08-06:batch", "openai/gpt-4o-2024-08-06", ServiceTier.Batch)]
    [InlineData("kimi-k2:batch:free", "kimi-k2", ServiceTier.Batch, true)]
    [InlineData("kimi-k2:batch:flex", "kimi-k2:batch:flex")]
    [InlineData("us.kimi-k2:priority:priority", "us.kimi-k2:priority:priority")]
    [InlineData("kimi-k2:batch-2024-08-06:flex", "kimi-k2:batch-2024-08-06:flex")]
    [InlineData("kimi-k2:free:free:free:free:free:free", "kimi-k2", null, true)]
    [InlineData("kimi-k2:free:free:free:free:free:free:free", "kimi-k2:free:free:free:free:free:free:free")]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o-2024-08-06")]
    [InlineData("kimi :free", "kimi :free")]
    public void A_model_is_registered_under_its_name_without_how_it_is_sold(string name, string own, ServiceTier? tier = null, bool free = false) =>
        ModelNameRules.Own(name).Should().Be(new ModelNameCandidate(own, new ModelTerms(tier, free)));

    [Theory]
    [InlineData(ServiceTier.Standard, ServiceTier.Batch, ServiceTier.Batch)]
    [InlineData(ServiceTier.Priority, ServiceTier.Batch, ServiceTier.Priority)]
    [InlineData(ServiceTier.Flex, null, ServiceTier.Flex)]
    public void The_tier_of_the_event_goes_before_that_of_the_name(ServiceTier sent, ServiceTier? named, ServiceTier tier) =>
        new ModelTerms(named, false).TierOf(sent).Should().Be(tier);

    [Fact]
    public void Every_candidate_is_a_shorter_part_of_the_name_and_no_two_are_the_same() =>
        Gen.Select(Gen.Int[0, 3].Select(i => Fronts[i]), Gen.String[Gen.Char["abZ019.-/:@ "], 1, 40], Gen.Int[0, 4].Select(i => Behinds[i]))
            .Select((front, middle, behind) => front + middle + behind)
            .Sample(name =>
            {
                var names = ModelNameRules.Candidates(name).Select(c => c.Name).ToList();
                names.Should().NotContain(c => c.Length == 0 || c.Length >= name.Length || !name.Contains(c, StringComparison.Ordinal)).And.OnlyHaveUniqueItems();
                ModelNameRules.Candidates(name).Select(c => c.Name).Should().Equal(names, "a name alone decides");
            }, iter: 2_000);

    [Fact]
    public void What_is_registered_for_a_name_is_found_by_it_whatever_is_known() =>
        Gen.Select(DressedName, DressedName.Array[0, 6]).Sample((name, known) =>
        {
            var names = new ModelNameTable<string>();
            foreach (var other in known)
                names.Add(other, other);
            // As the catalog's registrar does: what is found is not registered.
            var own = ModelNameRules.Own(name).Name;
            CatalogNames.IsName(own).Should().BeTrue(own);
            if (names.Find(own) is null)
                names.Add(own, own);

            names.Find(name).Should().NotBeNull($"{own} is known");
        }, iter: 100_000);

    [Fact]
    public void Rules_have_ids_of_their_own() => ModelNameRules.Ids.Should().OnlyHaveUniqueItems().And.HaveCount(14);

    private static Gen<string> Any(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
