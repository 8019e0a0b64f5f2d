using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

/// <summary>Why there is no price, and until when there is one.</summary>
public sealed class PriceAbsenceTests
{
    private static readonly DateTimeOffset Day = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_closest_card_that_holds_is_named_and_those_for_others_are_not()
    {
        var schedule = new RateSchedule(
        [
            new CardSeries(new CardScope(), [Card(1, Day, null), Card(2, Day.AddDays(10), null)]),
            new CardSeries(new CardScope(AccountId: 7), [Card(3, Day, Day.AddDays(5))]),
            new CardSeries(new CardScope(Sector: Sector.Household), [Card(4, Day.AddDays(20), null)]),
        ]);

        WhyNot(schedule, new PriceQuery(Day, 0)).Should().Be((PriceAbsence.ClassNotOnCard, 1));
        WhyNot(schedule, new PriceQuery(Day, 0, AccountId: 7)).Should().Be((PriceAbsence.ClassNotOnCard, 3));
        WhyNot(schedule, new PriceQuery(Day, 0, AccountId: 8)).Should().Be((PriceAbsence.ClassNotOnCard, 1));
        WhyNot(schedule, new PriceQuery(Day.AddDays(5), 0, AccountId: 7)).Should().Be((PriceAbsence.ClassNotOnCard, 1));
        WhyNot(schedule, new PriceQuery(Day.AddDays(20), 0, Sector: Sector.Household)).Should().Be((PriceAbsence.ClassNotOnCard, 4));
        WhyNot(schedule, new PriceQuery(Day.AddTicks(-1), 0)).Should().Be((PriceAbsence.NoCardInForce, null));
        WhyNot(new RateSchedule([new CardSeries(new CardScope(Region: "eu"), [Card(1, Day, null)])]), new PriceQuery(Day, 0)).Should().Be((PriceAbsence.NoCard, null));
    }

    [Fact]
    public void A_mark_up_on_nothing_is_named()
    {
        var nothing = new RateSchedule([]);
        var markedUp = new RateCard([new Rate { Id = 1, TokenClass = TokenClass.Output }])
        {
            Id = 5, Currency = "USD", EffectiveFrom = Day, Markup = new Markup(10, () => nothing),
        };
        var schedule = new RateSchedule([new CardSeries(new CardScope(), [markedUp])]);

        schedule.Find(TokenClass.Output, new PriceQuery(Day, 0)).Should().BeNull();
        WhyNot(schedule, new PriceQuery(Day, 0)).Should().Be((PriceAbsence.NothingToMarkUp, 5));
    }

    // Days of the card's own end and of the next card's beginning, from 0; -1: none.
    [Theory]
    [InlineData(-1, -1, -1)]
    [InlineData(5, -1, 5)]
    [InlineData(-1, 7, 7)]
    [InlineData(5, 7, 5)]
    [InlineData(9, 7, 7)]
    public void A_card_ends_by_itself_or_where_the_next_begins(int own, int next, int end)
    {
        var card = Card(1, Day, own < 0 ? null : Day.AddDays(own));
        var schedule = new RateSchedule([new CardSeries(new CardScope(AccountId: 7), next < 0 ? [card] : [Card(2, Day.AddDays(next), null), card])]);

        schedule.EndOf(card).Should().Be(end < 0 ? null : Day.AddDays(end));
    }

    private static (PriceAbsence Why, long? Card) WhyNot(RateSchedule schedule, PriceQuery query) =>
        schedule.WhyNot(TokenClass.Input, query) is var (why, card) ? (why, card?.Id) : default;

    private static RateCard Card(long id, DateTimeOffset from, DateTimeOffset? to) => new([new Rate { Id = id, TokenClass = TokenClass.Output }])
    {
        Id = id, Currency = "USD", EffectiveFrom = from, EffectiveTo = to,
    };
}
