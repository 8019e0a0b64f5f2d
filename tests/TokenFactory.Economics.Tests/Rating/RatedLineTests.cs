using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class RatedLineTests
{
    private static readonly DeclaredValue Declared = new(UnitValue.PerMillionTokens(3), "CNY");
    private static readonly RateSchedule Schedule = new([new CardSeries(new CardScope(), [new RateCard([new Rate
    {
        Id = 7,
        TokenClass = TokenClass.Output,
        UnitValue = UnitValue.PerMillionTokens(2),
    }])
    {
        Id = 1,
        Currency = "USD",
        EffectiveFrom = DateTimeOffset.UnixEpoch,
    }])]);

    [Fact]
    public void A_declared_value_beats_the_card()
    {
        var line = Rate(1_000_000, Declared, Schedule);

        line.Basis.Should().Be(ValueBasis.Declared);
        line.Amount.Should().Be(3);
        line.Currency.Should().Be("CNY");
        line.RateId.Should().BeNull();
    }

    [Fact]
    public void The_card_values_what_declares_nothing_and_is_pinned()
    {
        var line = Rate(500_000, null, Schedule);

        line.Basis.Should().Be(ValueBasis.RateCard);
        line.Amount.Should().Be(1);
        line.RateId.Should().Be(7);
    }

    [Fact]
    public void Unknown_is_never_zero()
    {
        var line = Rate(500_000, null, null);

        line.Basis.Should().Be(ValueBasis.None);
        line.Amount.Should().BeNull();
        line.Currency.Should().BeNull();
    }

    [Fact]
    public void Free_is_a_real_price()
    {
        var line = Rate(500_000, new DeclaredValue(UnitValue.PerMillionTokens(0), "USD"), Schedule);

        line.Basis.Should().Be(ValueBasis.Declared);
        line.Amount.Should().Be(0);
    }

    [Fact]
    public void A_negative_quantity_is_refused()
    {
        var act = () => Rate(-1, null, Schedule);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static RatedLine Rate(long quantity, DeclaredValue? declared, RateSchedule? schedule) => EventRating.Rate(
        [new UsageLine(TokenClass.Output, quantity, declared)], schedule, new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)).Single();
}
