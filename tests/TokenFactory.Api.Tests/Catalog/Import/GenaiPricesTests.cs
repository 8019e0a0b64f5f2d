using TokenFactory.Api.Catalog.Import;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class GenaiPricesTests
{
    [Fact]
    public void One_object_of_prices_is_one_card_that_holds_from_an_unknown_instant_on()
    {
        var prices = ReadPrices("""{"input_mtok":2.5,"output_mtok":10,"cache_read_mtok":1.25,"cache_write_1h_mtok":0}""");

        var card = prices.Cards.Should().ContainSingle().Subject;
        Line(card).Should().Be("maker/m: input=2.5 cache_read=1.25 cache_write_1h=0 output=10");
        card.ProducerName.Should().Be("Maker");
        card.Where.Should().Be("/0/models/0/prices");
        card.Rows.Should().Be(4);
        card.EffectiveFrom.Should().BeNull();
        FallbacksOf(card).Should().Be("input_audio>input input_image>input input_video>input cache_write>input "
            + "output_reasoning>output output_audio>output output_image>output output_video>output");
        prices.Refused.Should().BeEmpty();
    }

    [Fact]
    public void A_price_above_a_start_is_a_context_tier()
    {
        var prices = ReadPrices("""{"input_mtok":{"base":1,"tiers":[{"start":200000,"price":3},{"start":100000.0,"price":2}]},"output_mtok":5}""");

        prices.Lines().Should().Equal("maker/m: input=1(>100000:2)(>200000:3) output=5");
        prices.Cards[0].Rows.Should().Be(4);
    }

    [Fact]
    public void Dated_stages_are_cards_that_follow_each_other()
    {
        var prices = ReadPrices("""
            [{"prices":{"input_mtok":10}},
             {"constraint":{"start_date":"2025-06-10"},"prices":{"input_mtok":2}},
             {"constraint":{"start_date":"2026-01-01"},"prices":{"input_mtok":1}}]
            """);

        prices.Lines().Should().Equal(
            "maker/m ..2025-06-10: input=10", "maker/m 2025-06-10..2026-01-01: input=2", "maker/m 2026-01-01..: input=1");
        prices.Cards.Select(card => card.Where).Should().Equal("/0/models/0/prices/0", "/0/models/0/prices/1", "/0/models/0/prices/2");
        prices.Cards[1].EffectiveFrom.Should().Be(new DateTimeOffset(2025, 6, 10, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    // The one from 2025 stands behind the one from 2026, so that it is the last that is in force.
    [InlineData("2026-01-01", "2025-01-01", "maker/m ..2025-01-01: input=1|maker/m 2025-01-01..: input=3")]
    [InlineData("2025-01-01", "2025-01-01", "maker/m ..2025-01-01: input=1|maker/m 2025-01-01..: input=3")]
    public void The_last_stage_in_force_counts_whatever_its_date(string second, string third, string cards)
    {
        var prices = ReadPrices($$$"""
            [{"prices":{"input_mtok":1}},
             {"constraint":{"start_date":"{{{second}}}"},"prices":{"input_mtok":2}},
             {"constraint":{"start_date":"{{{third}}}"},"prices":{"input_mtok":3}}]
            """);

        prices.Lines().Should().Equal(cards.Split('|'));
        prices.Refusals().Should().Equal("/0/models/0/prices/1/prices/input_mtok never_in_force");
    }

    [Fact]
    public void What_stands_before_a_stage_without_a_condition_is_never_in_force()
    {
        var prices = ReadPrices("""
            [{"constraint":{"start_date":"2025-01-01"},"prices":{"input_mtok":1,"output_mtok":2}},
             {"constraint":{"start_time":"00:00:00Z","end_time":"06:00:00Z"},"prices":{"input_mtok":0.5}},
             {"prices":{"input_mtok":3}}]
            """);

        prices.Lines().Should().Equal("maker/m: input=3");
        prices.Refusals().Should().Equal("/0/models/0/prices/0/prices/input_mtok never_in_force", "/0/models/0/prices/0/prices/output_mtok never_in_force",
            "/0/models/0/prices/1/prices/input_mtok never_in_force");
    }

    [Fact]
    public void A_first_stage_with_a_date_says_nothing_about_the_time_before()
    {
        var prices = ReadPrices("""[{"constraint":{"start_date":"2025-01-01"},"prices":{"input_mtok":1}}]""");

        prices.Lines().Should().Equal("maker/m 2025-01-01..: input=1");
    }

    [Fact]
    public void Hours_of_the_day_are_windows_of_the_stage_before()
    {
        var prices = ReadPrices("""
            [{"prices":{"input_mtok":0.135,"output_mtok":0.55}},
             {"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":0.27,"output_mtok":1.1}}]
            """);

        prices.Lines().Should().Equal("maker/m: input=0.135[00:30-16:30:0.27] output=0.55[00:30-16:30:1.1]");
        prices.Cards[0].Rates.SelectMany(rate => rate.Windows!).Should().AllSatisfy(window => window.TimeZone.Should().Be("UTC"));
        prices.Cards[0].Rows.Should().Be(4);
    }

    [Fact]
    public void Hours_may_pass_midnight_and_the_last_of_two_goes_first()
    {
        var prices = ReadPrices("""
            [{"prices":{"input_mtok":4}},
             {"constraint":{"start_time":"16:30:00Z","end_time":"00:30:15Z"},"prices":{"input_mtok":1}},
             {"constraint":{"start_time":"20:00","end_time":"21:00:00+00:00"},"prices":{"input_mtok":{"base":2,"tiers":[{"start":1000,"price":3}]}}}]
            """);

        prices.Lines().Should().Equal("maker/m: input=4[20:00-21:00:2(>1000:3)][16:30-00:30:15:1]");
    }

    [Fact]
    public void Where_no_stage_is_in_force_the_first_one_of_hours_stands()
    {
        var prices = ReadPrices("""
            [{"constraint":{"start_time":"00:30:00Z","end_time":"16:30:00Z"},"prices":{"input_mtok":2}},
             {"constraint":{"start_time":"16:30:00Z","end_time":"00:30:00Z"},"prices":{"input_mtok":1}}]
            """);

        prices.Lines().Should().Equal("maker/m: input=2[16:30-00:30:1][00:30-16:30:2]");
        prices.Cards[0].Rows.Should().Be(2);
    }

    [Fact]
    public void Hours_hold_on_both_sides_of_a_date_and_are_counted_once()
    {
        var prices = ReadPrices("""
            [{"prices":{"input_mtok":4}},
             {"constraint":{"start_date":"2026-01-01"},"prices":{"input_mtok":3}},
             {"constraint":{"start_time":"00:00:00Z","end_time":"06:00:00Z"},"prices":{"input_mtok":1}}]
            """);

        prices.Lines().Should().Equal("maker/m ..2026-01-01: input=4[00:00-06:00:1]", "maker/m 2026-01-01..: input=3[00:00-06:00:1]");
        prices.RowsRead.Should().Be(3);
    }

    [Fact]
    public void A_stage_of_hours_replaces_the_prices_as_a_whole()
    {
        // At those hours what is read from the cache costs what input does, and cache_write_1h what cache_write does: not the other hours' price.
        var prices = ReadPrices("""
            [{"prices":{"input_mtok":4,"cache_read_mtok":1,"cache_write_mtok":5,"output_mtok":8}},
             {"constraint":{"start_time":"00:00:00Z","end_time":"06:00:00Z"},"prices":{"input_mtok":2,"cache_write_1h_mtok":3}}]
            """);

        prices.Lines().Should().Equal("maker/m: input=4[00:00-06:00:2] cache_read=1[00:00-06:00:2] cache_write=5[00:00-06:00:2] cache_write_1h=5[00:00-06:00:3]");
        prices.Refusals().Should().Equal("/0/models/0/prices/0/prices/output_mtok incomplete");
        prices.RowsRead.Should().Be(6);
        FallbacksOf(prices.Cards[0]).Should().NotContain(">output");
    }

    [Theory]
    [InlineData("""{"start_date":"2025-13-01"}""")]
    [InlineData("""{"start_date":20250101}""")]
    [InlineData("""{"start_time":"08:00:00Z"}""")]
    [InlineData("""{"start_time":"08:00:00+08:00","end_time":"09:00:00+08:00"}""")]
    [InlineData("""{"start_time":"08:00:00Z","end_time":"24:00:00Z"}""")]
    [InlineData("""{"start_time":"08:00:00Z","end_time":"09:00:00Z","weekdays":["mon"]}""")]
    [InlineData("""{"end_date":"2025-01-01"}""")]
    [InlineData("{}")]
    [InlineData("7")]
    public void A_condition_that_is_not_understood_leaves_the_model_without_prices(string constraint)
    {
        var prices = ReadPrices($$$"""[{"prices":{"input_mtok":1}},{"constraint":{{{constraint}}},"prices":{"input_mtok":2}}]""");

        prices.Cards.Should().BeEmpty();
        prices.Refusals().Should().Equal("/0/models/0/prices/0/prices/input_mtok unknown_condition", "/0/models/0/prices/1/prices/input_mtok unknown_condition");
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 0)]
    public void A_model_has_at_most_64_stages(int stages, int cards)
    {
        var dated = Enumerable.Range(1, stages).Select(year => $$$"""{"constraint":{"start_date":"20{{{year:00}}}-01-01"},"prices":{"input_mtok":1}}""");

        var prices = ReadPrices($"[{string.Join(',', dated)}]");

        prices.Cards.Should().HaveCount(cards);
        prices.Refused.Should().HaveCount(stages - cards);
    }

    [Theory]
    [InlineData("\"requests_kcount\":5", "/requests_kcount not_a_token_price")]
    [InlineData("\"web_searches_kcount\":5", "/web_searches_kcount not_a_token_price")]
    [InlineData("\"cache_audio_read_mtok\":5", "/cache_audio_read_mtok no_token_class")]
    [InlineData("\"output_citation_mtok\":5", "/output_citation_mtok no_token_class")]
    [InlineData("\"images\":5", "/images unknown_unit")]
    [InlineData("\"a/b~c\":{\"x\":[1,\"2\",null]}", "/a~1b~0c/x/0 unknown_unit|/a~1b~0c/x/1 unknown_unit")]
    [InlineData("\"cache_read_mtok\":\"free\"", "/cache_read_mtok invalid_unit_value")]
    [InlineData("\"cache_read_mtok\":true", "/cache_read_mtok not_a_price")]
    [InlineData("\"cache_read_mtok\":-1", "/cache_read_mtok invalid_unit_value")]
    [InlineData("\"cache_read_mtok\":0.18000000000000002", "/cache_read_mtok invalid_unit_value")]
    [InlineData("\"cache_read_mtok\":1000000.5", "/cache_read_mtok invalid_unit_value")]
    [InlineData("\"cache_read_mtok\":[1]", "/cache_read_mtok/0 not_a_price")]
    [InlineData("\"cache_read_mtok\":{\"base\":1}", "/cache_read_mtok/base wrong_shape")]
    [InlineData("\"cache_read_mtok\":{\"base\":1,\"tiers\":[7]}", "/cache_read_mtok/tiers/0 unknown_condition|/cache_read_mtok/base incomplete")]
    [InlineData("\"cache_read_mtok\":{\"base\":1,\"tiers\":[{\"start\":-1,\"price\":2}]}", "/cache_read_mtok/tiers/0 unknown_condition|/cache_read_mtok/base incomplete")]
    [InlineData("\"cache_read_mtok\":{\"base\":1,\"tiers\":[{\"start\":5,\"price\":-2}]}", "/cache_read_mtok/tiers/0/price invalid_unit_value|/cache_read_mtok/base incomplete")]
    [InlineData("\"input_mtok\":2", "/input_mtok repeated")]
    public void What_can_not_be_priced_is_refused_with_its_place(string price, string refused)
    {
        var prices = ReadPrices("{\"input_mtok\":1," + price + "}");

        prices.Lines().Should().Equal("maker/m: input=1");
        prices.Refusals().Should().BeEquivalentTo(refused.Split('|').Select(row => "/0/models/0/prices" + row));
    }

    [Fact]
    public void A_class_whose_price_can_not_be_read_takes_no_other_price()
    {
        var prices = ReadPrices("""{"input_mtok":1,"cache_write_mtok":-1,"cache_read_mtok":0.18000000000000002,"output_mtok":2}""");

        prices.Lines().Should().Equal("maker/m: input=1 output=2");
        // cache_write_1h would take the price of cache_write, which is there and unknown.
        prices.Cards[0].Fallbacks.Keys.Select(c => c.ToString()).Should().NotContain(["CacheRead", "CacheWrite", "CacheWrite1h"]).And.Contain("InputAudio");
    }

    [Fact]
    public void A_price_of_null_is_none()
    {
        var prices = ReadPrices("""{"input_mtok":1,"output_mtok":null}""");

        prices.RowsRead.Should().Be(1);
        FallbacksOf(prices.Cards[0]).Should().NotContain("output");
    }

    [Fact]
    public void A_model_that_is_there_twice_counts_once()
    {
        const string Model = """{"id":"m","prices":{"input_mtok":1,"output_mtok":2}}""";
        var same = Read(CatalogueFormat.GenaiPrices, $$"""[{"id":"maker","models":[{{Model}}]},{"id":"MAKER","models":[{{Model}}]}]""");
        var other = Read(CatalogueFormat.GenaiPrices, $$$"""[{"id":"maker","models":[{{{Model}}},{"id":"m","prices":{"input_mtok":1}}]}]""");

        same.Lines().Should().Equal("maker/m: input=1 output=2");
        (same.RowsRepeated, same.Refused.Count).Should().Be((2, 0));
        other.Lines().Should().Equal("maker/m: input=1 output=2");
        other.Refusals().Should().Equal("/0/models/1/prices/input_mtok repeated");
    }

    [Theory]
    [InlineData("""[7]""", "/0 wrong_shape")]
    [InlineData("""[{"id":"p"}]""", "/0 wrong_shape")]
    [InlineData("""[{"id":"p","models":[{"id":"m"}]}]""", "/0/models/0 wrong_shape")]
    [InlineData("""[{"id":"p","models":[{"prices":{"input_mtok":1}}]}]""", "/0/models/0/prices/input_mtok invalid_name")]
    [InlineData("""[{"id":"","models":[{"id":"m","prices":{"input_mtok":1}}]}]""", "/0/models/0/prices/input_mtok invalid_name")]
    [InlineData("""[{"id":"p","models":[{"id":"m-*","prices":{"input_mtok":1}}]}]""", "/0/models/0/prices/input_mtok invalid_name")]
    [InlineData("""[{"id":"p","models":[{"id":"a\u0000","prices":{"input_mtok":1}}]}]""", "/0/models/0/prices/input_mtok invalid_name")]
    [InlineData("""[{"id":"p","models":[{"id":"m","prices":[{}]}]}]""", "/0/models/0/prices/0 wrong_shape")]
    [InlineData("""[{"id":"p","models":[{"id":"m","prices":[{"prices":5}]}]}]""", "/0/models/0/prices/0/prices wrong_shape")]
    [InlineData("""[{"id":"p","models":[{"id":"m","prices":5}]}]""", "/0/models/0/prices wrong_shape")]
    public void What_has_another_shape_is_refused_and_not_passed_over(string json, string refused)
    {
        var prices = Read(CatalogueFormat.GenaiPrices, json);

        prices.Cards.Should().BeEmpty();
        prices.Refusals().Should().Equal(refused);
    }

    private static ImportedPrices ReadPrices(string prices) =>
        Read(CatalogueFormat.GenaiPrices, """[{"id":"maker","name":"Maker","models":[{"id":"m","prices":""" + prices + "}]}]");
}
