using TokenFactory.Api.Catalog.Import;
using static TokenFactory.Api.Tests.Catalog.Import.Reading;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class PriceListTests
{
    private const string Header = "producer,model,service_tier,token_class,currency,unit_value,effective_from,effective_to,"
        + "applies_when_input_tokens_over,daily_from_utc,daily_to_utc,source\n";

    [Fact]
    public void Lines_of_one_producer_model_tier_and_interval_are_one_card()
    {
        var prices = Read(CatalogueFormat.Csv, Header + """
            maker,m,,input,USD,1.5,2025-01-01,2026-01-01,,,,list
            other,m,,input,USD,9,,,,,,list
            maker,m,batch,input,USD,0.75,2025-01-01,2026-01-01,,,,list
            maker,m,standard,output,,6,2025-01-01T00:00:00Z,2026-01-01T01:00:00+01:00,,,,list
            maker,m,,input,CNY,7,,,,,,list
            maker,m,,input,USD,1,2026-01-01,,,,,list
            """);

        prices.Lines().Should().Equal("maker/m 2025-01-01..2026-01-01: input=1.5 output=6", "maker/m batch 2025-01-01..2026-01-01: input=0.75",
            "maker/m CNY: input=7", "maker/m 2026-01-01..: input=1", "other/m: input=9");
        prices.Cards.Select(card => card.Where).Should().Equal("line 2", "line 4", "line 6", "line 7", "line 3");
        prices.Cards.Select(card => card.Rows).Should().Equal(2, 1, 1, 1, 1);
        FallbacksOf(prices.Cards[1]).Should().NotContain("output");
    }

    [Fact]
    public void Tiers_and_hours_join_the_price_that_they_are_of()
    {
        var prices = Read(CatalogueFormat.Csv, Header + """
            maker,m,,input,USD,3,,,200000,,,list
            maker,m,,input,USD,0.5,,,,16:30:00Z,00:30:00Z,list
            maker,m,,input,USD,0.9,,,200000,16:30:00Z,00:30:00Z,list
            maker,m,,input,USD,1,,,,,,list
            """);

        prices.Lines().Should().Equal("maker/m: input=1(>200000:3)[16:30-00:30:0.5(>200000:0.9)]");
        prices.Cards[0].Rows.Should().Be(4);
    }

    [Theory]
    [InlineData("producer,model,token_class,unit_value\nmaker,m,input,2\n")]
    [InlineData("\uFEFFmodel,producer,price_per_million_tokens,token_class\r\nm,maker,2.0,input\r\n\r\n")]
    [InlineData("producer,model,token_class,unit_value,source\n\"maker\",\"m\",input,2e0,\"a, \"\"b\"\"\"")]
    public void Columns_that_may_be_left_out_are_in_any_order(string text)
    {
        Read(CatalogueFormat.Csv, text).Lines().Should().Equal("maker/m: input=2");
    }

    [Theory]
    [InlineData("maker,m,,output,USD,2,,,,,,", null)]
    [InlineData("maker,m,,output,USD,2.0,,,,,,again", null)]
    [InlineData("MAKER,m,,output,USD,2,,,,,,", null)]
    [InlineData("maker,m,,output,USD,3,,,,,,", "repeated")]
    [InlineData("maker,m,,cache_read_audio,USD,3,,,,,,", "no_token_class")]
    [InlineData("maker,m,,Input,USD,3,,,,,,", "no_token_class")]
    [InlineData("maker,m,slow,input,USD,3,,,,,,", "unknown_service_tier")]
    [InlineData("maker,m,,input,usd,3,,,,,,", "invalid_currency")]
    [InlineData("maker,m,,input,XXX,3,,,,,,", "invalid_currency")]
    [InlineData("maker,m,,input,USD,3,01.02.2025,,,,,", "invalid_interval")]
    [InlineData("maker,m,,input,USD,3,2025-01-01T00:00:00,,,,,", "invalid_interval")]
    [InlineData("maker,m,,input,USD,3,2025-01-01,2025-01-01,,,,", "invalid_interval")]
    [InlineData("maker,m,,input,USD,,,,,,,", "invalid_unit_value")]
    [InlineData("maker,m,,input,USD,\"3,5\",,,,,,", "invalid_unit_value")]
    [InlineData("maker,m,,input,USD,0.0000000000001,,,,,,", "invalid_unit_value")]
    [InlineData("maker,m,,input,USD,-3,,,,,,", "invalid_unit_value")]
    [InlineData("maker,m,,input,USD,3,,,200k,,,", "unknown_condition")]
    [InlineData("maker,m,,input,USD,3,,,-1,,,", "unknown_condition")]
    [InlineData("maker,m,,input,USD,3,,,,08:00,,", "unknown_condition")]
    [InlineData("maker,m,,input,USD,3,,,,08:00+08:00,09:00+08:00,", "unknown_condition")]
    [InlineData("maker,m,,input,USD,3,,,200000,,,", "no_base_price")]
    [InlineData("maker,m,,input,USD,3,,,,08:00,09:00,", "no_base_price")]
    [InlineData(",m,,input,USD,3,,,,,,", "invalid_name")]
    [InlineData("maker,m*,,input,USD,3,,,,,,", "invalid_name")]
    [InlineData("maker,m,,input,USD,3", "wrong_shape")]
    [InlineData("maker,m,,input,USD,3,,,,,,,", "wrong_shape")]
    public void A_line_is_a_price_a_repetition_or_refused(string line, string? code)
    {
        var prices = Read(CatalogueFormat.Csv, $"{Header}maker,m,,output,USD,2,,,,,,\n\n{line}\n");

        prices.Lines().Should().Equal("maker/m: output=2");
        prices.Refusals().Should().Equal(code is null ? [] : [$"line 4 {code}"]);
        prices.RowsRepeated.Should().Be(code is null ? 1 : 0);
    }

    [Fact]
    public void A_tier_that_can_not_be_read_takes_the_price_with_it()
    {
        var prices = Read(CatalogueFormat.Csv, $"{Header}maker,m,,input,USD,2,,,,,,\nmaker,m,,input,USD,x,,,200000,,,\nmaker,m,,output,USD,2,,,,,,\n");

        prices.Lines().Should().Equal("maker/m: output=2");
        prices.Refusals().Should().Equal("line 3 invalid_unit_value", "line 2 incomplete");
    }
}
