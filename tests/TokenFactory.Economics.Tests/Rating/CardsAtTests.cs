using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

/// <summary>Prices of one instant for a request of another.</summary>
public sealed class CardsAtTests
{
    private static readonly DateTimeOffset Begin = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, null, "2")] // the card in force, outside its window
    [InlineData(13, null, "1")] // inside it
    [InlineData(1, 40, "4")] // the later card, at the request's own hour
    [InlineData(13, 40, "3")]
    [InlineData(13, -1, null)] // before the first card
    public void The_card_is_that_of_the_one_instant_and_the_window_that_of_the_other(int hour, int? cardsAtDay, string? price)
    {
        var schedule = new RateSchedule([new CardSeries(new CardScope(), [Card(1, 0, "2", "1"), Card(2, 30, "4", "3")])]);

        var line = EventRating.Rate([new UsageLine(TokenClass.Output, 1_000_000, null)], schedule, Begin.AddDays(4).AddHours(hour),
            cardsAt: cardsAtDay is { } day ? Begin.AddDays(day) : null).Single();

        line.UnitValue?.ToString().Should().Be(price);
    }

    [Fact]
    public void A_marked_up_price_is_that_of_the_same_instant()
    {
        var list = new RateSchedule([new CardSeries(new CardScope(), [Card(1, 0, "2", "1"), Card(2, 30, "4", "3")])]);
        var reseller = new RateSchedule([new CardSeries(new CardScope(), [new RateCard([new Rate { Id = 9, TokenClass = TokenClass.Output }])
        {
            Id = 3, Currency = "USD", EffectiveFrom = Begin, Markup = new Markup(10, () => list),
        }])]);

        var line = EventRating.Rate([new UsageLine(TokenClass.Output, 1_000_000, null)], reseller, Begin.AddDays(4), cardsAt: Begin.AddDays(40)).Single();

        line.UnitValue?.ToString().Should().Be("4.4");
    }

    private static RateCard Card(long id, int day, string price, string atNoon) => new([new Rate
    {
        Id = id,
        TokenClass = TokenClass.Output,
        UnitValue = Value(price),
        Windows = [new PriceWindow(new TimeWindow(new TimeOnly(12, 0), new TimeOnly(14, 0), TimeZoneInfo.Utc), Value(atNoon), [])],
    }])
    {
        Id = id, Currency = "USD", EffectiveFrom = Begin.AddDays(day),
    };

    private static UnitValue Value(string text) => UnitValue.PerMillionTokens(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
