using CsCheck;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using static TokenFactory.Economics.Tests.Rating.Cards;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class EventRatingTests
{
    [Theory]
    [InlineData(200_000, false, 3)]
    [InlineData(200_001, false, 6)]
    [InlineData(199_999, true, 3)]
    [InlineData(200_000, true, 6)]
    public void Above_a_threshold_the_whole_request_takes_the_tiers_price(long input, bool inclusive, decimal price)
    {
        var schedule = Schedule(Card(Day(1), new Rate
        {
            Id = 1, TokenClass = TokenClass.Output, UnitValue = Price(3), ContextTiers = [new ContextTier(200_000, inclusive, Price(6))],
        }));

        // Every class of input counts, and no output.
        var lines = EventRating.Rate(
            [Tokens(TokenClass.Input, 1), Tokens(TokenClass.CacheRead, input - 2), Tokens(TokenClass.CacheWrite1h, 1), Tokens(TokenClass.Output, 1_000_000)], schedule, Day(2));

        lines[3].Amount.Should().Be(price);
        (lines[3].Applied!.Tier is not null).Should().Be(price == 6);
    }

    [Fact]
    public void A_window_has_its_own_tiers()
    {
        var night = new PriceWindow(new TimeWindow(new TimeOnly(16, 30), new TimeOnly(0, 30), TimeZoneInfo.Utc), Price(1), [new ContextTier(100, false, Price(2))]);
        var schedule = Schedule(Card(Day(1), new Rate
        {
            Id = 1, TokenClass = TokenClass.Input, UnitValue = Price(10), Windows = [night], ContextTiers = [new ContextTier(1_000, false, Price(20))],
        }));

        PriceOf(50, 12).Should().Be(10);
        PriceOf(1_001, 12).Should().Be(20);
        PriceOf(50, 18).Should().Be(1);
        PriceOf(1_001, 18).Should().Be(2);

        decimal PriceOf(long tokens, int hour) =>
            EventRating.Rate([Tokens(TokenClass.Input, tokens)], schedule, Day(2).AddHours(hour)).Single().UnitValue!.Value.ValuePerMillionTokens;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1_000)]
    [InlineData(999, 1_000)]
    [InlineData(1_000, 1_000)]
    [InlineData(1_001, 2_000)]
    public void A_request_pays_for_every_package_that_it_begins(long tokens, long paid)
    {
        var schedule = Schedule(Card(Day(1), new Rate { Id = 1, TokenClass = TokenClass.Input, UnitValue = Price(7), PackageTokens = 1_000 }));

        var lines = EventRating.Rate([Tokens(TokenClass.Input, tokens)], schedule, Day(2));

        lines.Sum(l => l.Amount).Should().Be(Price(7).AmountOf(paid));
        lines[0].Amount.Should().Be(Price(7).AmountOf(tokens), "quantity x unit value holds for every entry with tokens");
        lines.Should().HaveCount(tokens == paid ? 1 : 2);
        foreach (var line in lines.Skip(1))
            line.Should().Match<RatedLine>(l => l.Basis == ValueBasis.Package && l.Quantity == 0 && l.UnitValue == null && l.RateId == 1);
    }

    [Fact]
    public void A_request_below_the_minimum_charge_costs_the_minimum()
    {
        var card = new RateCard([Of(TokenClass.Input, 1), Of(TokenClass.Output, 2)]) { Id = 1, Currency = "USD", EffectiveFrom = Day(1), MinimumCharge = 0.01m };

        var lines = EventRating.Rate([Tokens(TokenClass.Input, 100), Tokens(TokenClass.Output, 700)], Schedule(card), Day(2));

        lines.Should().HaveCount(3);
        lines.Sum(l => l.Amount).Should().Be(0.01m);
        lines[2].Should().Match<RatedLine>(l => l.Basis == ValueBasis.MinimumCharge && l.TokenClass == TokenClass.Output && l.Quantity == 0 && l.Amount == 0.0085m);
        EventRating.Rate([Tokens(TokenClass.Input, 10_000)], Schedule(card), Day(2)).Should().ContainSingle("the minimum is met exactly");
        EventRating.Rate([Tokens(TokenClass.Input, 0)], Schedule(card), Day(2)).Should().ContainSingle("nothing was produced");
    }

    [Fact]
    public void A_minimum_charge_is_of_the_card_and_not_of_what_an_event_declares()
    {
        var card = new RateCard([Of(TokenClass.Input, 1)]) { Id = 1, Currency = "USD", EffectiveFrom = Day(1), MinimumCharge = 0.01m };

        var lines = EventRating.Rate(
            [Tokens(TokenClass.Input, 100), new UsageLine(TokenClass.Output, 1_000_000, new DeclaredValue(Price(5), "CNY"))], Schedule(card), Day(2));

        lines.Select(l => (l.Basis, l.Amount)).Should().Equal(
            (ValueBasis.RateCard, 0.0001m), (ValueBasis.Declared, 5m), (ValueBasis.MinimumCharge, 0.0099m));
    }

    [Fact]
    public void A_mark_up_is_on_packages_and_the_minimum_charge_too()
    {
        var list = Schedule(new RateCard([new Rate { Id = 1, TokenClass = TokenClass.Input, UnitValue = Price(1_000), PackageTokens = 1_000 }])
        {
            Id = 1, Currency = "EUR", EffectiveFrom = Day(1), MinimumCharge = 5,
        });
        var resale = Schedule(new RateCard([Of(TokenClass.Input, 0)]) { Id = 2, Currency = "USD", EffectiveFrom = Day(1), Markup = new Markup(10, () => list) });

        CostOf(1).Should().Be(5.5m, "a tenth more than the minimum of 5");
        CostOf(5_500).Should().Be(6.6m, "six packages at 1.10");

        decimal? CostOf(long tokens)
        {
            var lines = EventRating.Rate([Tokens(TokenClass.Input, tokens)], resale, Day(2));
            lines.Should().OnlyContain(l => l.Currency == "EUR" && l.Applied!.Card.Id == 2);
            return lines.Sum(l => l.Amount);
        }
    }

    [Fact]
    public void The_last_package_may_hold_more_than_an_entry_may()
    {
        var schedule = Schedule(Card(Day(1), new Rate { Id = 1, TokenClass = TokenClass.Input, UnitValue = Price(UnitValue.Maximum), PackageTokens = 7 }));

        EventRating.Rate([Tokens(TokenClass.Input, Quantity.Maximum)], schedule, Day(2)).Sum(l => l.Amount).Should().Be(1_000_000_000_000_001);
    }

    [Fact]
    public void The_lines_of_a_request_sum_to_what_it_costs()
    {
        // Reckoned anew, class by class, from the terms alone.
        Gen.Select(Gen.Long[0, 5_000], Gen.Long[0, 5_000], Gen.Long[1, 2_000], Gen.Long[0, 100_000_000], Gen.Decimal[0, 2])
            .Sample((input, output, package, trillionths, minimum) =>
            {
                var price = Price(trillionths / 1_000_000m);
                minimum = decimal.Round(minimum, 12, MidpointRounding.AwayFromZero) / 1000;
                var card = new RateCard([new Rate { Id = 1, TokenClass = TokenClass.Input, UnitValue = price, PackageTokens = package }, Of(TokenClass.Output, 3)])
                {
                    Id = 1, Currency = "USD", EffectiveFrom = Day(1), MinimumCharge = minimum == 0 ? null : decimal.Round(minimum, 12, MidpointRounding.AwayFromZero),
                };
                var lines = EventRating.Rate([Tokens(TokenClass.Input, input), Tokens(TokenClass.Output, output)], Schedule(card), Day(2));

                var packages = (input + package - 1) / package;
                var plain = price.AmountOf(packages * package) + Price(3).AmountOf(output);
                var expected = input + output == 0 ? 0 : Math.Max(plain, card.MinimumCharge ?? 0);
                return lines.Sum(l => l.Amount) == expected && lines.Sum(l => l.Quantity) == input + output
                    && lines.All(l => ExactDecimal.Normalize(l.Amount!.Value).Scale <= UnitValue.Decimals);
            });
    }

    [Fact]
    public void An_amount_never_falls_as_a_quantity_rises()
    {
        // Tiers that rise, as those of long contexts do.
        Gen.Select(Gen.Long[0, 300_000], Gen.Long[0, 300_000], Gen.Int[1, 1_000], Gen.Int[0, 1_000]).Sample((one, other, price, more) =>
        {
            var schedule = Schedule(Card(Day(1), new Rate
            {
                Id = 1, TokenClass = TokenClass.Input, UnitValue = Price(price), PackageTokens = 64, ContextTiers = [new ContextTier(128_000, true, Price(price + more))],
            }));
            decimal AmountOf(long tokens) => EventRating.Rate([Tokens(TokenClass.Input, tokens)], schedule, Day(2)).Sum(l => l.Amount!.Value);
            return AmountOf(Math.Min(one, other)) <= AmountOf(Math.Max(one, other));
        });
    }
}
