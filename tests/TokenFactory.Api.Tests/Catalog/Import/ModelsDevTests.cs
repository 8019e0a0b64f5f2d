using TokenFactory.Api.Catalog.Import;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class ModelsDevTests
{
    private const string Header = "provider,model,name,model_release_date,input_usd_per_mtok,output_usd_per_mtok,reasoning_usd_per_mtok,cache_read_usd_per_mtok";

    [Fact]
    public void The_api_s_answer_is_read_with_its_tiers()
    {
        var prices = Read(CatalogueFormat.ModelsDev, """
            {"maker":{"id":"maker","name":"Maker","models":{
              "org/m":{"id":"org/m","name":"M","limit":{"context":1000},
                "cost":{"input":1.25,"output":10,"cache_read":0.125,"cache_write":1.5,"reasoning":12,"input_audio":3,"output_audio":20,
                  "context_over_200k":{"input":2.5,"output":15},
                  "tiers":[{"input":2.5,"output":15,"tier":{"type":"context","size":200000}},{"cache_read":0.5,"tier":{"type":"context","size":272000}}]}},
              "unpriced":{"id":"unpriced"}}}}
            """);

        prices.Lines().Should().Equal("maker/org/m: input=1.25(>200000:2.5) input_audio=3 cache_read=0.125(>272000:0.5) cache_write=1.5 "
            + "output=10(>200000:15) output_reasoning=12 output_audio=20");
        prices.Cards[0].ProducerName.Should().Be("Maker");
        prices.Cards[0].Where.Should().Be("/maker/models/org~1m/cost");
        (prices.Cards[0].Rows, prices.RowsRepeated, prices.RowsRead).Should().Be((10, 2, 12));
    }

    [Fact]
    public void The_same_is_read_from_csv()
    {
        var prices = Read(CatalogueFormat.ModelsDev, $"{Header}\nmaker,org/m,\"M, the first\",2025-06-16,1.25,10.0,,\nmaker,free,,,0,0.0,0,\nmaker,none,,,,,,\n");

        prices.Lines().Should().Equal("maker/org/m: input=1.25 output=10", "maker/free: input=0 output=0 output_reasoning=0");
        prices.Cards.Select(card => card.Where).Should().Equal("line 2", "line 3");
        FallbacksOf(prices.Cards[0]).Should().Contain("output_reasoning>output").And.Contain("cache_write_1h>input");
        prices.RowsRead.Should().Be(5);
    }

    [Theory]
    [InlineData("\"input_image_hd\":5", "/input_image_hd unknown_unit")]
    [InlineData("\"cache_read\":0.09999999999999999", "/cache_read invalid_unit_value")]
    [InlineData("\"context_over_200k\":{\"cache_read\":2}", "/context_over_200k/cache_read no_base_price")]
    [InlineData("\"context_over_200k\":5", "/context_over_200k unknown_unit")]
    [InlineData("\"tiers\":[{\"cache_read\":2,\"tier\":{\"type\":\"output\",\"size\":5}}]", "/tiers/0/cache_read unknown_condition")]
    [InlineData("\"cache_read\":1,\"tiers\":[{\"cache_read\":2,\"tier\":{\"type\":\"context\"}}]", "/tiers/0/cache_read unknown_condition|/cache_read incomplete")]
    [InlineData("\"tiers\":[7]", "/tiers/0 wrong_shape")]
    [InlineData("\"output\":3", "/output repeated")]
    public void What_can_not_be_priced_is_refused_with_its_place(string price, string refused)
    {
        var prices = Read(CatalogueFormat.ModelsDev, "{\"maker\":{\"models\":{\"m\":{\"cost\":{\"output\":2," + price + "}}}}}");

        prices.Lines().Should().Equal("maker/m: output=2");
        prices.Refusals().Should().BeEquivalentTo(refused.Split('|').Select(row => "/maker/models/m/cost" + row));
        prices.Cards[0].Fallbacks.Keys.Should().OnlyContain(tokenClass => tokenClass.ToString().StartsWith("Output", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_or_provider_that_is_there_twice_counts_once()
    {
        const string Model = "\"m\":{\"cost\":{\"input\":1}}";
        var models = Read(CatalogueFormat.ModelsDev, "{\"maker\":{\"models\":{" + Model + "," + Model + ",\"m\":{\"cost\":{\"input\":2}}}}}");
        var providers = Read(CatalogueFormat.ModelsDev, "{\"maker\":{\"models\":{" + Model + "}},\"maker\":{\"models\":{" + Model + "}}}");

        models.Lines().Should().Equal("maker/m: input=1");
        models.RowsRepeated.Should().Be(1);
        models.Refusals().Should().Equal("/maker/models/m/cost/input repeated");
        providers.RowsRepeated.Should().Be(1);
    }

    [Fact]
    public void Modes_of_a_model_are_no_cards()
    {
        var prices = Read(CatalogueFormat.ModelsDev,
            """{"maker":{"models":{"m":{"cost":{"input":1},"experimental":{"modes":{"fast":{"cost":{"input":2,"output":3}}}}}}}}""");

        prices.Lines().Should().Equal("maker/m: input=1");
        prices.Refusals().Should().Equal("/maker/models/m/experimental/modes/fast/cost/input unknown_condition",
            "/maker/models/m/experimental/modes/fast/cost/output unknown_condition");
    }

    [Theory]
    [InlineData("""{"maker":7}""", "/maker wrong_shape")]
    [InlineData("""{"maker":{"models":[]}}""", "/maker wrong_shape")]
    [InlineData("""{"maker":{"models":{"m":{"cost":5}}}}""", "/maker/models/m/cost wrong_shape")]
    [InlineData("""{"maker":{"models":{"":{"cost":{"input":5}}}}}""", "/maker/models//cost/input invalid_name")]
    [InlineData(Header + "\nmaker,m,,,1\n", "line 2 wrong_shape")]
    [InlineData(Header + "\n\nmaker, m,,,1,,,\n", "line 3 invalid_name")]
    [InlineData(Header + ",tax_usd_per_mtok\nmaker,m,,,,,,,7\n", "line 2 unknown_unit")]
    [InlineData(Header + "\nmaker,m,,,free,,,\n", "line 2 invalid_unit_value")]
    public void What_has_another_shape_is_refused_and_not_passed_over(string text, string refused)
    {
        var prices = Read(CatalogueFormat.ModelsDev, text);

        prices.Cards.Should().BeEmpty();
        prices.Refusals().Should().Equal(refused);
    }
}
