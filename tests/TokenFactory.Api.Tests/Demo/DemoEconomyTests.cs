using System.Globalization;
using System.Text.Json;
using TokenFactory.Api.Demo;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Demo;

/// <summary>What the demonstration promises to show, held against the generator alone.</summary>
public sealed class DemoEconomyTests
{
    private static readonly DateOnly Until = new(2026, 10, 17);
    private static readonly DemoEconomy Economy = new(Until);
    private static readonly List<DemoEvent> Events = [.. Economy.RecordingDays().SelectMany(Economy.RecordedOn)];
    private static readonly List<DemoReversal> Reversals = [.. Economy.RecordingDays().SelectMany(Economy.ReversedOn)];

    [Fact]
    public void The_same_last_day_gives_the_same_economy()
    {
        var again = new DemoEconomy(Until);

        again.RecordingDays().SelectMany(again.RecordedOn).Select(Text).Should().Equal(Events.Select(Text));
        again.RecordingDays().SelectMany(again.ReversedOn).Should().Equal(Reversals);
        again.RateCards().Select(c => JsonSerializer.Serialize(c)).Should().Equal(Economy.RateCards().Select(c => JsonSerializer.Serialize(c)));

        static string Text(DemoEvent e) => $"{e.RecordedOn:O} {JsonSerializer.Serialize(e.Body)}";
    }

    [Theory]
    [InlineData("2026-10-17", "2024-11-01")]
    [InlineData("2026-12-31", "2025-01-01")]
    [InlineData("2028-02-29", "2026-03-01")]
    public void It_begins_with_the_first_of_a_month_and_covers_twenty_four_of_them(string until, string start) =>
        new DemoEconomy(DateOnly.Parse(until, CultureInfo.InvariantCulture)).Start.Should().Be(DateOnly.Parse(start, CultureInfo.InvariantCulture));

    [Fact]
    public void It_is_small_enough_to_load_at_once_and_large_enough_to_look_at() => Events.Count.Should().BeInRange(30_000, 80_000);

    [Fact]
    public void No_two_events_share_a_source_and_id() =>
        Events.Select(e => (e.Body["source"], e.Body["id"])).Should().OnlyHaveUniqueItems();

    [Fact]
    public void Everything_comes_in_after_it_was_produced_and_by_the_morning_after_the_last_day() =>
        Events.Should().OnlyContain(e => OccurredOn(e) >= Economy.Start && OccurredOn(e) < e.RecordedOn && e.RecordedOn <= Until.AddDays(1));

    [Fact]
    public void Some_events_are_late_but_few()
    {
        var late = Events.Where(e => !IsCorrection(e)).Count(e => e.RecordedOn > OccurredOn(e).AddDays(1));

        late.Should().BeInRange(Events.Count / 200, Events.Count / 50);
    }

    [Fact]
    public void Every_wrong_event_is_reversed_after_it_came_in_and_sent_right_with_a_tenth_of_its_tokens()
    {
        var byId = Events.ToDictionary(e => (Text(e, "source"), Text(e, "id")));
        Reversals.Count.Should().BeGreaterThan(50);
        Reversals.Select(r => (r.Source, r.Id)).Should().BeEquivalentTo(byId.Keys.Where(k => k.Item2.EndsWith("-wrong", StringComparison.Ordinal)));

        foreach (var reversal in Reversals)
        {
            var wrong = byId[(reversal.Source, reversal.Id)];
            var right = byId[(reversal.Source, reversal.Id[..^"-wrong".Length])];
            wrong.RecordedOn.Should().BeBefore(reversal.RecordedOn);
            right.RecordedOn.Should().Be(reversal.RecordedOn);
            Usage(wrong)["output"].Should().Be(10 * Usage(right)["output"]);
            Text(wrong, "occurred_at").Should().Be(Text(right, "occurred_at"));
        }
    }

    [Fact]
    public void Households_grow_fastest_then_enterprises_then_government_then_the_rest()
    {
        double Growth(Sector sector) => Output(sector, Until.AddDays(-89), Until) / Output(sector, Economy.Start, Economy.Start.AddDays(89));

        var growth = new[] { Sector.Household, Sector.Enterprise, Sector.Government, Sector.Unclassified }.Select(Growth).ToList();

        growth.Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
        growth[^1].Should().BeGreaterThan(1);
        growth[0].Should().BeGreaterThan(1.5 * growth[1], "the difference has to be seen at a glance");
    }

    [Fact]
    public void Enterprises_rest_at_the_weekend_and_households_do_not()
    {
        double Weekend(Sector sector)
        {
            var days = Events.Where(e => SectorOf(e) == sector && !IsWrong(e)).ToLookup(e => OccurredOn(e).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
            return days[true].Average(e => (double)Usage(e)["output"]) / days[false].Average(e => (double)Usage(e)["output"]);
        }

        Weekend(Sector.Enterprise).Should().BeLessThan(0.5);
        Weekend(Sector.Household).Should().BeGreaterThan(1.1);
    }

    [Fact]
    public void Every_price_falls_from_card_to_card_and_free_stays_free()
    {
        foreach (var cards in Economy.RateCards().GroupBy(c => (c["producer"], c["model"], c["service_tier"])))
        {
            var ordered = cards.OrderBy(c => (string)c["effective_from"], StringComparer.Ordinal).ToList();
            ordered.Select(c => c["effective_from"]).Should().OnlyHaveUniqueItems($"one card of {cards.Key} holds at a time");
            var outputs = ordered.Select(c => decimal.Parse(Prices(c)["output"], CultureInfo.InvariantCulture)).ToList();
            if (outputs[0] == 0)
                outputs.Should().OnlyContain(p => p == 0);
            else
                outputs.Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
        }
    }

    [Fact]
    public void Models_appear_and_vanish_while_others_stay()
    {
        var lives = Events.GroupBy(e => (Text(e, "producer"), Text(e, "model"))).Select(g => (From: g.Min(OccurredOn), To: g.Max(OccurredOn))).ToList();

        lives.Should().HaveCount(DemoCatalog.Models.Count, "every model of the catalog is sold");
        lives.Count(l => l.From > Economy.Start.AddDays(27)).Should().BeGreaterThan(5);
        lives.Count(l => l.To < Until.AddDays(-27)).Should().BeGreaterThan(3);
        lives.Should().Contain(l => l.From < Economy.Start.AddDays(7) && l.To > Until.AddDays(-7));
    }

    [Fact]
    public void Each_token_has_a_card_in_force_but_for_the_preview_that_nobody_priced()
    {
        var cards = Economy.RateCards().ToLookup(c => (c["producer"], c["model"], c["service_tier"]));

        var unpriced = Events.Where(e => !Usage(e).Keys.All(tokenClass => cards[(e.Body["producer"], e.Body["model"], e.Body["service_tier"])]
            .Any(c => string.CompareOrdinal((string)c["effective_from"], Text(e, "occurred_at")) <= 0 && Prices(c).ContainsKey(tokenClass)))).ToList();

        unpriced.Should().NotBeEmpty();
        unpriced.Select(e => Text(e, "model")).Distinct().Should().Equal("ember-preview");
    }

    [Fact]
    public void Every_kind_of_entry_is_there_to_be_looked_at()
    {
        Events.Select(e => Text(e, "source")).Distinct().Should().HaveCount(2);
        Events.Select(e => Text(e, "service_tier")).Distinct().Should().BeEquivalentTo(["standard", "batch", "priority"]);
        Events.SelectMany(e => Usage(e).Keys).Distinct().Should().BeEquivalentTo(["input", "cache_read", "output", "output_reasoning"]);
        Events.Should().Contain(e => e.Body.ContainsKey("unit_values"), "some prices are declared");
        Events.Should().Contain(e => Text(e, "account") == "demo-router", "a producer that buys is intermediate consumption");
        Events.SelectMany(e => Usage(e).Values).Should().OnlyContain(q => q > 0);
    }

    [Fact]
    public void Nothing_is_said_about_a_real_producer() =>
        Events.Select(e => Text(e, "producer")).Concat(Economy.RateCards().Select(c => (string)c["producer"])).Should().OnlyContain(p => p.StartsWith("demo-"));

    private static double Output(Sector sector, DateOnly from, DateOnly to) =>
        Events.Where(e => !IsWrong(e) && SectorOf(e) == sector && OccurredOn(e) >= from && OccurredOn(e) <= to).Sum(e => (double)Usage(e)["output"]);

    private static Sector SectorOf(DemoEvent e) => DemoCatalog.Accounts.Single(a => a.Id == Text(e, "account")).Sector ?? Sector.Unclassified;

    private static bool IsWrong(DemoEvent e) => Text(e, "id").EndsWith("-wrong", StringComparison.Ordinal);

    private static bool IsCorrection(DemoEvent e) => Reversals.Exists(r => r.Id == Text(e, "id") + "-wrong");

    private static DateOnly OccurredOn(DemoEvent e) => DateOnly.ParseExact(Text(e, "occurred_at")[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(DemoEvent e, string member) => (string)e.Body[member];

    private static Dictionary<string, long> Usage(DemoEvent e) => (Dictionary<string, long>)e.Body["usage"];

    private static Dictionary<string, string> Prices(Dictionary<string, object> card) => (Dictionary<string, string>)card["unit_values"];
}
