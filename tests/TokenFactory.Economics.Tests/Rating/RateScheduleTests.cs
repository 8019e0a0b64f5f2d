using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using static TokenFactory.Economics.Tests.Rating.Cards;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class RateScheduleTests
{
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    [Fact]
    public void A_card_holds_from_its_first_instant_until_the_next_begins()
    {
        var schedule = Schedule(Card(Day(1), Of(TokenClass.Input, 1)), Card(Day(2), Of(TokenClass.Input, 2)));

        PriceAt(schedule, Day(1) - Microsecond).Should().BeNull();
        PriceAt(schedule, Day(1)).Should().Be(1);
        PriceAt(schedule, Day(2) - Microsecond).Should().Be(1);
        PriceAt(schedule, Day(2)).Should().Be(2);
        PriceAt(schedule, DateTimeOffset.MaxValue).Should().Be(2);
    }

    [Fact]
    public void After_a_card_with_an_end_nothing_has_a_price_until_another_begins()
    {
        var schedule = Schedule(Version(Day(1), Day(3), null, Of(TokenClass.Input, 1)), Card(Day(5), Of(TokenClass.Input, 2)));

        PriceAt(schedule, Day(3) - Microsecond).Should().Be(1);
        PriceAt(schedule, Day(3)).Should().BeNull();
        PriceAt(schedule, Day(5) - Microsecond).Should().BeNull();
        PriceAt(schedule, Day(5)).Should().Be(2);
    }

    [Fact]
    public void The_closest_scope_goes_first()
    {
        var scopes = new[]
        {
            new CardScope(AccountId: 7, Region: "eu"), new CardScope(AccountId: 7), new CardScope(AccountId: 7, ModelPattern: "*"),
            new CardScope(Sector: Sector.Government, Region: "eu"), new CardScope(Sector: Sector.Government),
            new CardScope(Region: "eu"), new CardScope(Region: "eu", ModelPattern: "gpt-*"), new CardScope(), new CardScope(ModelPattern: "gpt-4*"), new CardScope(ModelPattern: "gpt-*"),
        };
        var query = new PriceQuery(Day(2), 0, 7, Sector.Government, "eu");

        // Without the closest, the next closest: whatever order they come in.
        for (var left = 0; left < scopes.Length; left++)
        {
            var schedule = Schedule([.. scopes.Select((scope, i) => (scope, Card(Day(1), Of(TokenClass.Output, i)))).Skip(left).Reverse()]);
            schedule.Find(TokenClass.Output, query)!.UnitValue.ValuePerMillionTokens.Should().Be(left);
        }
    }

    [Fact]
    public void A_card_for_somebody_else_is_never_read()
    {
        var schedule = Schedule(
            (new CardScope(AccountId: 7), Card(Day(1), Of(TokenClass.Output, 1))),
            (new CardScope(Sector: Sector.Household), Card(Day(1), Of(TokenClass.Output, 2))),
            (new CardScope(Region: "eu"), Card(Day(1), Of(TokenClass.Output, 3))));

        schedule.Find(TokenClass.Output, new PriceQuery(Day(2), 0, 8, Sector.Government, "us")).Should().BeNull();
        schedule.Find(TokenClass.Output, new PriceQuery(Day(2), 0)).Should().BeNull();
    }

    [Fact]
    public void A_contract_that_does_not_price_a_class_leaves_it_to_the_list()
    {
        var schedule = Schedule(
            (new CardScope(AccountId: 7), Card(Day(1), Of(TokenClass.Output, 1))),
            (new CardScope(), Card(Day(1), Of(TokenClass.Output, 5), Of(TokenClass.Input, 3))));
        var query = new PriceQuery(Day(2), 0, 7);

        schedule.Find(TokenClass.Output, query)!.UnitValue.Should().Be(Price(1));
        schedule.Find(TokenClass.Input, query)!.UnitValue.Should().Be(Price(3));
    }

    [Fact]
    public void A_fallback_is_taken_step_by_step_and_shows_whose_price_it_is()
    {
        var card = Version(Day(1), null, new()
        {
            [TokenClass.CacheWrite1h] = TokenClass.CacheWrite, [TokenClass.CacheWrite] = TokenClass.Input, [TokenClass.OutputReasoning] = TokenClass.Output,
        }, Of(TokenClass.Input, 3), Of(TokenClass.OutputReasoning, 9));

        card.RateOf(TokenClass.CacheWrite1h)!.TokenClass.Should().Be(TokenClass.Input);
        card.RateOf(TokenClass.OutputReasoning)!.TokenClass.Should().Be(TokenClass.OutputReasoning, "its own price goes first");
        card.RateOf(TokenClass.Output).Should().BeNull();
        card.RateOf(TokenClass.CacheRead).Should().BeNull("no fallback is stated");
    }

    [Fact]
    public void Fallbacks_that_lead_in_a_circle_are_refused()
    {
        var act = () => Version(Day(1), null, new() { [TokenClass.Input] = TokenClass.Output, [TokenClass.Output] = TokenClass.Input }, Of(TokenClass.CacheRead, 1));
        act.Should().Throw<ArgumentException>().WithMessage("*leads back*");
        RateCard.FindCircle(new Dictionary<TokenClass, TokenClass> { [TokenClass.Input] = TokenClass.Input }).Should().Be(TokenClass.Input);
        RateCard.FindCircle(new Dictionary<TokenClass, TokenClass> { [TokenClass.Output] = TokenClass.Input, [TokenClass.CacheRead] = TokenClass.Input }).Should().BeNull();
    }

    [Fact]
    public void A_mark_up_follows_what_it_marks_up_and_is_rounded_half_away_from_zero()
    {
        var list = Schedule(
            (new CardScope(), Card(Day(1), Of(TokenClass.Output, 2.5m))), (new CardScope(), Card(Day(3), Of(TokenClass.Output, 0.000000000005m))),
            (new CardScope(AccountId: 7), Card(Day(1), Of(TokenClass.Output, 1))));
        var resale = Schedule(Reseller(10, list));

        var found = resale.Find(TokenClass.Output, new PriceQuery(Day(2), 0, 7))!;
        found.UnitValue.Should().Be(Price(2.75m), "a contract of the account is not marked up: the list is");
        found.MarkedUp!.UnitValue.Should().Be(Price(2.5m));
        resale.Find(TokenClass.Output, new PriceQuery(Day(3), 0))!.UnitValue.Should().Be(Price(0.000000000006m), "0.0000000000055 is half way");
        resale.Find(TokenClass.Input, new PriceQuery(Day(3), 0)).Should().BeNull("what is not priced can't be marked up");
    }

    [Fact]
    public void Mark_ups_that_lead_in_a_circle_have_no_price()
    {
        RateSchedule? one = null;
        var other = Schedule(Reseller(10, () => one!));
        one = Schedule(Reseller(10, () => other));

        one.Find(TokenClass.Output, new PriceQuery(Day(2), 0)).Should().BeNull();
    }

    private static RateCard Reseller(decimal percent, RateSchedule list) => Reseller(percent, () => list);

    private static RateCard Reseller(decimal percent, Func<RateSchedule> list) =>
        new([Of(TokenClass.Output, 0), Of(TokenClass.Input, 0)]) { Id = 99, Currency = "USD", EffectiveFrom = Day(1), Markup = new Markup(percent, list) };

    private static decimal? PriceAt(RateSchedule schedule, DateTimeOffset at) => schedule.Find(TokenClass.Input, new PriceQuery(at, 0))?.UnitValue.ValuePerMillionTokens;
}
