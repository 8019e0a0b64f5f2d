using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class PeriodTests
{
    private static readonly Gen<DateTimeOffset> Instant =
        Gen.Long[new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks, new DateTimeOffset(9998, 12, 20, 0, 0, 0, TimeSpan.Zero).Ticks]
            .Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    [Theory]
    [InlineData(Frequency.Year, "2026")]
    [InlineData(Frequency.Quarter, "2026-Q4")]
    [InlineData(Frequency.Month, "2026-11")]
    [InlineData(Frequency.Week, "2026-W48")]
    [InlineData(Frequency.Day, "2026-11-24")]
    [InlineData(Frequency.Hour, "2026-11-24T13:00:00Z")]
    public void Labels_are_those_of_the_contract(Frequency frequency, string label) =>
        ReportingCalendar.Utc.Containing(frequency, new DateTimeOffset(2026, 11, 24, 13, 59, 59, TimeSpan.Zero)).Label.Should().Be(label);

    [Theory]
    [InlineData("2020-12-31", "2020-W53")]
    [InlineData("2021-01-03", "2020-W53")]
    [InlineData("2021-01-04", "2021-W01")]
    [InlineData("2018-12-31", "2019-W01")]
    [InlineData("2024-02-29", "2024-W09")]
    public void A_week_belongs_to_the_year_of_its_Thursday(string day, string week) =>
        ReportingCalendar.Utc.Containing(Frequency.Week, ReportingCalendar.Utc.TryParse(day, out var period) ? period.Start : default).Label.Should().Be(week);

    [Fact]
    public void An_offset_is_taken_into_account() =>
        ReportingCalendar.Utc.Containing(Frequency.Day, new DateTimeOffset(2026, 1, 1, 0, 30, 0, TimeSpan.FromHours(1))).Label.Should().Be("2025-12-31");

    [Fact]
    public void Labels_read_back_and_periods_hold_their_instants() => Gen.Select(Instant, Gen.Enum<Frequency>()).Sample((instant, frequency) =>
    {
        var period = ReportingCalendar.Utc.Containing(frequency, instant);

        ReportingCalendar.Utc.TryParse(period.Label, out var parsed).Should().BeTrue(period.Label);
        parsed.Should().Be(period);
        (period.Start <= instant && instant < period.End).Should().BeTrue();
        ReportingCalendar.Utc.Next(period).Start.Should().Be(period.End);
        ReportingCalendar.Utc.Containing(frequency, period.End.AddTicks(-1)).Should().Be(period);
    });

    [Fact]
    public void The_first_and_the_last_periods_read_back()
    {
        foreach (var frequency in Enum.GetValues<Frequency>())
        {
            foreach (var at in new[] { default, new DateTimeOffset(9998, 12, 31, 23, 59, 59, TimeSpan.Zero) })
            {
                var period = ReportingCalendar.Utc.Containing(frequency, at);
                ReportingCalendar.Utc.TryParse(period.Label, out var parsed).Should().BeTrue(period.Label);
                parsed.Should().Be(period);
            }
        }
    }

    [Fact]
    public void Periods_that_begin_together_are_in_order_without_being_the_same()
    {
        var day = ReportingCalendar.Utc.Containing(Frequency.Day, At(2026, 1, 1));
        var year = ReportingCalendar.Utc.Containing(Frequency.Year, At(2026, 1, 1));

        day.CompareTo(year).Should().BeNegative();
        year.CompareTo(day).Should().BePositive();
        (day < ReportingCalendar.Utc.Next(day) && day.CompareTo(day) == 0).Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("26")]
    [InlineData("2026-13")]
    [InlineData("2026-Q5")]
    [InlineData("2026-Q0")]
    [InlineData("2026-W54")]
    [InlineData("2025-W53")]
    [InlineData("2026-W00")]
    [InlineData("2026-02-29")]
    [InlineData("2026-11-24T13:30:00Z")]
    [InlineData("2026-11-24T13:00:00+01:00")]
    [InlineData("9999-Q1")]
    public void Anything_else_is_not_a_period(string text) => ReportingCalendar.Utc.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_range_is_half_open() =>
        ReportingCalendar.Utc.Range(Frequency.Month, At(2026, 1, 15), At(2026, 4, 1)).Select(p => p.Label).Should().Equal("2026-01", "2026-02", "2026-03");

    [Fact]
    public void An_empty_range_has_no_period() => ReportingCalendar.Utc.Range(Frequency.Day, At(2026, 1, 1), At(2026, 1, 1)).Should().BeEmpty();

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
