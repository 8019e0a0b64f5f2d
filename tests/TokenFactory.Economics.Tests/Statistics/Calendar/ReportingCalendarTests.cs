using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ReportingCalendarTests
{
    private static readonly ReportingCalendar Berlin = Of("Europe/Berlin");

    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "America/Havana", "Pacific/Apia"];

    private static readonly Gen<DateTimeOffset> Instant =
        Gen.Long[At("2000-01-01T00:00Z").Ticks, At("2040-01-01T00:00Z").Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    [Theory]
    [InlineData("2026-03-29", "2026-03-28T23:00Z", 23)]
    [InlineData("2026-10-25", "2026-10-24T22:00Z", 25)]
    [InlineData("2026-06-01", "2026-05-31T22:00Z", 24)]
    public void Days_of_daylight_saving_have_23_and_25_hours(string day, string start, int hours)
    {
        Berlin.TryParse(day, out var period).Should().BeTrue();

        period.Start.Should().Be(At(start));
        (period.End - period.Start).Should().Be(TimeSpan.FromHours(hours));
        Berlin.Range(Frequency.Hour, period.Start, period.End).Should().HaveCount(hours);
    }

    [Fact]
    public void The_hour_that_the_clock_passes_twice_is_two_hours() =>
        Berlin.Range(Frequency.Hour, At("2026-10-25T00:00Z"), At("2026-10-25T03:00Z")).Select(h => h.Label)
            .Should().Equal("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00");

    [Theory]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", 23)]
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00Z", 25)]
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00Z", 23)]
    public void A_day_whose_midnight_is_skipped_or_passed_twice_begins_at_its_first_instant(string zone, string day, string start, int hours)
    {
        Of(zone).TryParse(day, out var period).Should().BeTrue();

        period.Start.Should().Be(At(start));
        (period.End - period.Start).Should().Be(TimeSpan.FromHours(hours));
    }

    // Zones whose standard offset changed since: there the framework takes a skipped midnight for a valid one.
    [Theory]
    [InlineData("America/Asuncion", "2009-10-18", "2009-10-18T04:00Z")]
    [InlineData("America/Asuncion", "2024-10-06", "2024-10-06T04:00Z")]
    [InlineData("Asia/Amman", "2022-02-25", "2022-02-24T22:00Z")]
    [InlineData("Asia/Damascus", "2022-03-25", "2022-03-24T22:00Z")]
    public void A_day_of_a_zone_whose_rules_changed_begins_at_its_first_instant(string zone, string day, string start)
    {
        var calendar = Of(zone);
        calendar.TryParse(day, out var period).Should().BeTrue();

        period.Start.Should().Be(At(start));
        TimeZoneInfo.ConvertTime(period.Start, calendar.Zone).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).Should().Be(day);
        calendar.Containing(Frequency.Day, period.Start).Should().Be(period);
        calendar.Containing(Frequency.Day, period.Start.AddTicks(-1)).End.Should().Be(period.Start);
    }

    [Fact]
    public void Every_day_of_every_zone_follows_the_day_before()
    {
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var calendar = new ReportingCalendar(zone);
            var day = calendar.Containing(Frequency.Day, At("2009-01-01T12:00Z"));
            for (var i = 0; i < 5_900; i++)
            {
                var next = calendar.Next(day);
                (next.Start == day.End && next.End > next.Start && string.CompareOrdinal(next.Label, day.Label) > 0).Should().BeTrue($"{zone.Id} {day.Label} {next.Label}");
                day = next;
            }
        }
    }

    [Fact]
    public void A_date_that_a_zone_skipped_is_no_period_and_the_days_around_it_meet()
    {
        var samoa = Of("Pacific/Apia");

        samoa.TryParse("2011-12-30", out _).Should().BeFalse();
        samoa.TryParse("2011-12-29", out var before).Should().BeTrue();
        samoa.Next(before).Label.Should().Be("2011-12-31");
    }

    [Fact]
    public void Periods_of_any_zone_and_frequency_follow_each_other_without_gap_and_read_back() =>
        Gen.Select(Instant, Gen.Enum<Frequency>(), Gen.Int[0, Zones.Length - 1].Select(i => Zones[i]))
            .Sample((instant, frequency, zone) =>
            {
                var calendar = Of(zone);
                var period = calendar.Containing(frequency, instant);

                (period.Start <= instant && instant < period.End).Should().BeTrue();
                calendar.TryParse(period.Label, out var parsed).Should().BeTrue(period.Label);
                parsed.Should().Be(period);
                calendar.Next(period).Start.Should().Be(period.End);
                calendar.Previous(calendar.Next(period)).Should().Be(period);
                calendar.Containing(frequency, period.End.AddTicks(-1)).Should().Be(period);
            });

    [Theory]
    [InlineData(Frequency.Year, "2026", "2025")]
    [InlineData(Frequency.Quarter, "2026-Q3", "2025-Q3")]
    [InlineData(Frequency.Month, "2026-02", "2025-02")]
    [InlineData(Frequency.Week, "2026-W10", "2025-W10")]
    [InlineData(Frequency.Week, "2026-W53", null)]
    [InlineData(Frequency.Day, "2024-02-29", null)]
    [InlineData(Frequency.Day, "2025-03-01", "2024-03-01")]
    [InlineData(Frequency.Hour, "2026-10-25T02:00:00+01:00", "2025-10-25T02:00:00+02:00")]
    [InlineData(Frequency.Hour, "2027-03-29T02:00:00+02:00", "2026-03-29")]
    public void The_year_before_has_the_same_period_or_none(Frequency frequency, string label, string? before)
    {
        Berlin.TryParse(label, out var period).Should().BeTrue();
        period.Frequency.Should().Be(frequency);

        // 2026-03-29 02:00 was skipped in Berlin.
        var expected = frequency == Frequency.Hour && before?.Length == 10 ? null : before;
        Berlin.YearBefore(period)?.Label.Should().Be(expected);
        (Berlin.YearBefore(period) is null).Should().Be(expected is null);
    }

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("Asia/Kolkata", false)]
    [InlineData("Australia/Lord_Howe", false)]
    public void Zones_of_whole_hours_are_told_from_others(string zone, bool isWhole) =>
        Of(zone).HasWholeHours(At("2025-01-01T00:00Z"), At("2026-01-01T00:00Z")).Should().Be(isWhole);

    [Fact]
    public void Only_UTC_has_its_days()
    {
        ReportingCalendar.Utc.IsUtc.Should().BeTrue();
        Of("Etc/UTC").IsUtc.Should().BeTrue();
        Of("Europe/London").IsUtc.Should().BeFalse();
        Of("Asia/Shanghai").IsUtc.Should().BeFalse();
    }

    private static ReportingCalendar Of(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
}
