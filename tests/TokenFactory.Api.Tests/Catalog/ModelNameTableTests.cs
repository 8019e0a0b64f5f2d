using TokenFactory.Api.Catalog;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>The one rule by which a name finds its model: exact, then alias, then pattern, then what it may stand for.</summary>
public sealed class ModelNameTableTests
{
    [Fact]
    public void A_name_of_its_own_goes_before_an_alias_before_a_pattern_before_what_it_may_stand_for()
    {
        var names = Table(["gpt-4o", "gpt-4o-mini"], ("gpt-4o-2024-05-13", "gpt-4o"), ("gpt-4o-mini-*", "gpt-4o-mini"));

        names.Find("gpt-4o-2024-08-06")!.Value.Model.Should().Be("gpt-4o", "it stands for it");
        names.Add("gpt-4o-2024-08-06", "dated");

        names.Find("gpt-4o-2024-08-06")!.Value.Model.Should().Be("dated", "it has a model of its own by now");
        names.Find("gpt-4o-2024-05-13")!.Value.Model.Should().Be("gpt-4o");
        names.Find("gpt-4o-mini-2024-07-18")!.Value.Model.Should().Be("gpt-4o-mini");
        names.Find("openai/gpt-4o-mini-2024-07-18")!.Value.Model.Should().Be("gpt-4o-mini", "a pattern may fit what it stands for");
        names.Find("o3").Should().BeNull();
    }

    [Fact]
    public void Who_says_a_price_means_exactly_what_they_name()
    {
        var names = Table(["gpt-4o"], ("old-*", "gpt-4o"));

        names.FindKnown("gpt-4o-2024-08-06").Should().BeNull();
        names.FindKnown("gpt-4o:free").Should().BeNull();
        names.FindKnown("old-name").Should().Be("gpt-4o");
    }

    [Fact]
    public void The_name_with_its_suffix_may_be_a_model_of_its_own()
    {
        var names = Table(["kimi-k2", "glm:free"]);

        names.Find("kimi-k2:free").Should().Be(new NamedModel<string>("kimi-k2", new ModelTerms(null, true)));
        names.Find("z-ai/glm:free").Should().Be(new NamedModel<string>("glm:free", default(ModelTerms)));
    }

    [Fact]
    public void A_pattern_takes_a_name_with_what_it_says_of_how_it_is_sold()
    {
        var names = Table(["kimi", "gifts"], ("kimi-*", "kimi"), ("gift-*:free", "gifts"));

        names.Find("kimi-k2:batch").Should().Be(new NamedModel<string>("kimi", new ModelTerms(ServiceTier.Batch, false)));
        names.Find("gift-1:free").Should().Be(new NamedModel<string>("gifts", default(ModelTerms)), "the pattern is one of what is free");
    }

    [Fact]
    public void A_suggestion_is_another_model()
    {
        var names = Table(["gpt-4o", "gpt-4o-2024-08-06", "o3-2025-04-16"]);

        names.Suggest("gpt-4o-2024-08-06", m => m != "gpt-4o-2024-08-06").Should().Be("gpt-4o");
        names.Suggest("o3-2025-04-16", m => m != "o3-2025-04-16").Should().BeNull();
    }

    [Fact]
    public void Names_that_were_looked_up_are_remembered_and_no_more_than_the_table_can_hold()
    {
        var names = Table(["m"], ("p-*", "m"));

        for (var i = 0; i < 25_000; i++)
            names.Find($"p-{i}")!.Value.Model.Should().Be("m");
    }

    private static ModelNameTable<string> Table(string[] models, params (string Alias, string Model)[] aliases)
    {
        var names = new ModelNameTable<string>();
        foreach (var model in models)
            names.Add(model, model);
        names.AddAliases(aliases);
        return names;
    }
}
