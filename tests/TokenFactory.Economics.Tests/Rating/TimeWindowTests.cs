using System.Globalization;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Tests.Rating;

public sealed class TimeWindowTests
{
    [Theory]
    [InlineData("2026-11-25T00:29:59.999999Z", false)]
    [InlineData("2026-11-25T00:30:00Z", true)]
    [InlineData("2026-11-25T16:29:59.999999Z", true)]
    [InlineData("2026-11-25T16:30:00Z", false)]
    [InlineData("2026-11-25T17:30:00+01:00", false)] // the same instant, told otherwise
    public void A_window_holds_its_first_instant_and_not_its_end(string at, bool inside) =>
        new TimeWindow(new TimeOnly(0, 30), new TimeOnly(16, 30), TimeZoneInfo.Utc).Contains(Instant(at)).Should().Be(inside);

    [Theory]
    [InlineData("2026-11-27T16:29:59Z", false)] // Friday
    [InlineData("2026-11-27T16:30:00Z", true)]
    [InlineData("2026-11-28T00:29:59Z", true)] // still the window that began on Friday
    [InlineData("2026-11-28T00:30:00Z", false)]
    [InlineData("2026-11-28T17:00:00Z", false)] // Saturday begins none
    [InlineData("2026-11-29T00:10:00Z", false)]
    public void A_window_over_midnight_is_of_the_day_on_which_it_begins(string at, bool inside) =>
        new TimeWindow(new TimeOnly(16, 30), new TimeOnly(0, 30), TimeZoneInfo.Utc, new HashSet<DayOfWeek> { DayOfWeek.Friday }).Contains(Instant(at)).Should().Be(inside);

    // Berlin puts its clocks forward on 2026-03-29 at 01:00 UTC, back on 2026-10-25 at 01:00 UTC.
    [Theory]
    [InlineData("2026-03-29T00:59:59Z", false)] // 01:59:59
    [InlineData("2026-03-29T01:00:00Z", false)] // 03:00, the hour was leapt over
    [InlineData("2026-10-25T00:00:00Z", true)] // 02:00 for the first time
    [InlineData("2026-10-25T01:30:00Z", true)] // 02:30 for the second
    [InlineData("2026-10-25T02:00:00Z", false)] // 03:00
    [InlineData("2026-07-01T00:30:00Z", true)] // 02:30 in summer
    [InlineData("2026-12-01T01:30:00Z", true)] // 02:30 in winter
    [InlineData("2026-12-01T00:30:00Z", false)]
    public void The_clock_on_the_wall_counts_whatever_season_it_is(string at, bool inside) =>
        new TimeWindow(new TimeOnly(2, 0), new TimeOnly(3, 0), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Contains(Instant(at)).Should().Be(inside);

    [Theory]
    [InlineData("2026-10-24T22:30:00Z", true)] // 00:30 on the Sunday: began on Saturday at 22:00
    [InlineData("2026-10-25T04:59:00Z", true)] // 05:59 on the Sunday of 25 hours
    [InlineData("2026-10-25T05:00:00Z", false)]
    public void The_night_on_which_clocks_change_is_one_window(string at, bool inside) =>
        new TimeWindow(new TimeOnly(22, 0), new TimeOnly(6, 0), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), new HashSet<DayOfWeek> { DayOfWeek.Saturday })
            .Contains(Instant(at)).Should().Be(inside);

    [Fact]
    public void A_window_that_ends_where_it_begins_is_a_whole_day()
    {
        var window = new TimeWindow(new TimeOnly(8, 0), new TimeOnly(8, 0), TimeZoneInfo.Utc, new HashSet<DayOfWeek> { DayOfWeek.Monday });

        window.Contains(Instant("2026-11-23T07:59:59Z")).Should().BeFalse();
        window.Contains(Instant("2026-11-23T08:00:00Z")).Should().BeTrue();
        window.Contains(Instant("2026-11-24T07:59:59Z")).Should().BeTrue();
        window.Contains(Instant("2026-11-24T08:00:00Z")).Should().BeFalse();
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
