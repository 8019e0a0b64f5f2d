using CsCheck;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Catalog.Import;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Catalog.Import;

public sealed class ImportPlanTests
{
    private static readonly DateTimeOffset Observed = Day(20);

    [Fact]
    public void An_undated_price_is_known_from_when_it_was_read()
    {
        var step = ImportPlan.For([], [Price("a")], Observed, null).Single();

        step.Should().Match<ImportStep>(s => s.Outcome == ImportOutcome.Added && s.From == Observed && s.To == null && !s.IsAssumed);
    }

    [Fact]
    public void An_undated_price_may_be_assumed_where_nothing_is_known()
    {
        ImportPlan.For([], [Price("a")], Observed, Day(1)).Single().Should().Match<ImportStep>(s => s.From == Day(1) && s.IsAssumed);
        ImportPlan.For([Known(1, 5, null, "b")], [Price("a")], Observed, Day(1)).Single()
            .Should().Match<ImportStep>(s => s.From == Observed && !s.IsAssumed && s.Other!.Id == 1, "of a known scope nothing is assumed");
    }

    [Fact]
    public void What_is_known_already_stays_unchanged()
    {
        ImportPlan.For([Known(1, 5, null, "a")], [Price("a")], Observed, null).Single().Outcome.Should().Be(ImportOutcome.Unchanged);
        ImportPlan.For([Known(1, 5, 10, "a"), Known(2, 10, null, "b")], [Price("a", null, 10), Price("b", 10)], Observed, null)
            .Should().OnlyContain(s => s.Outcome == ImportOutcome.Unchanged);
    }

    [Fact]
    public void A_dated_change_that_was_not_known_is_put_in_its_place_and_the_price_of_the_day_of_reading_agrees()
    {
        // Read on the 15th as "a" from then on; now the catalogue knows that "b" came on the 10th.
        var steps = ImportPlan.For([Known(1, 15, null, "a")], [Price("a", null, 10), Price("b", 10)], Observed, null);

        steps.Select(s => (s.Outcome, s.From)).Should().Equal(
            (ImportOutcome.Added, Day(10)),
            (ImportOutcome.Added, Observed),
            (ImportOutcome.Refused, null)); // "a" until the 10th, since nobody knows when
        steps[2].Code.Should().Be("unknown_start");
    }

    [Fact]
    public void A_price_that_ended_with_nothing_after_it_ends()
    {
        var step = ImportPlan.For([Known(1, 5, null, "a")], [Price("a", null, 18)], Observed, null).Single();

        step.Should().Match<ImportStep>(s => s.Outcome == ImportOutcome.Ended && s.To == Day(18) && s.Other!.Id == 1);
    }

    [Fact]
    public void What_contradicts_a_card_of_the_same_instant_or_inside_an_interval_is_told_with_the_card()
    {
        ImportPlan.For([Known(1, 10, null, "a")], [Price("b", 10)], Observed, null)[0]
            .Should().Match<ImportStep>(s => s.Outcome == ImportOutcome.Refused && s.Code == "differs" && s.Other!.Id == 1);
        ImportPlan.For([Known(1, 10, 25, "a")], [Price("b", 12)], Observed, null)[0]
            .Should().Match<ImportStep>(s => s.Outcome == ImportOutcome.Refused && s.Code == "overlap" && s.Other!.Id == 1);
    }

    [Fact]
    public void A_card_of_another_source_is_left_unless_it_is_asked_for()
    {
        var own = new KnownCard(1, Day(5), null, "b", MayBeSuperseded: false);

        ImportPlan.For([own], [Price("a")], Observed, null).Single()
            .Should().Match<ImportStep>(s => s.Outcome == ImportOutcome.Refused && s.Code == "another_source" && s.Other!.Id == 1);
        ImportPlan.For([own], [Price("b")], Observed, null).Single().Outcome.Should().Be(ImportOutcome.Unchanged);
        ImportPlan.For([own with { To = Day(10) }], [Price("a")], Observed, null).Single().Outcome.Should().Be(ImportOutcome.Added, "it holds no more");
    }

    [Fact]
    public void Of_two_prices_of_one_time_in_a_file_the_first_counts()
    {
        var steps = ImportPlan.For([], [Price("a"), Price("b"), Price("a")], Observed, null);

        steps.Select(s => s.Outcome).Should().BeEquivalentTo([ImportOutcome.Added, ImportOutcome.Refused, ImportOutcome.Unchanged]);
        steps.Single(s => s.Outcome == ImportOutcome.Added).Card.Content.Should().Be("a");
    }

    // Whatever is known and whatever a file says: a second import changes nothing, no two cards begin at once, and at the moment of reading the
    // file's price holds unless the file was refused there.
    [Fact]
    public void A_second_import_changes_nothing() =>
        Gen.Select(Timeline(false), Timeline(true), Gen.Bool).Sample((known, file, assumes) =>
        {
            DateTimeOffset? assumed = assumes ? Day(1) : null;
            var cards = known.Select((c, i) => Known(i + 1, c.From ?? 3, c.To, c.Content)).ToList();
            var catalogue = file.Select(c => Price(c.Content, c.From, c.To)).ToList();

            var first = ImportPlan.For(cards, catalogue, Observed, assumed);
            var after = Applied(cards, first);
            var second = ImportPlan.For(after, catalogue, Observed, assumed);

            second.Should().NotContain(s => s.Outcome == ImportOutcome.Added || s.Outcome == ImportOutcome.Ended);
            first.Select(s => s.Card).Distinct().Should().HaveCount(catalogue.Count, "every price of the file is told of");
            after.Select(c => c.From).Should().OnlyHaveUniqueItems();
            if (catalogue.Find(c => c.HoldsAt(Observed)) is { } holds && !first.Any(s => ReferenceEquals(s.Card, holds) && s.Outcome == ImportOutcome.Refused))
                after.Where(c => c.From <= Observed).MaxBy(c => c.From)!.Content.Should().Be(holds.Content);
        });

    // Successive intervals of a month, as a catalogue has them: the first may have no beginning, the last no end.
    private static Gen<List<(int? From, int? To, string Content)>> Timeline(bool mayBeUndated) =>
        Gen.Select(Gen.Int[3, 28].Array[0, 4], Gen.Char['a', 'c'].Array[4], Gen.Bool, Gen.Bool).Select((days, contents, undated, ends) =>
        {
            var starts = days.Distinct().Order().ToList();
            var cards = starts.Select((day, i) => ((int?)day, i + 1 < starts.Count ? starts[i + 1] : (int?)null, contents[i].ToString())).ToList();
            if (mayBeUndated && undated && cards.Count > 0)
                cards[0] = (null, cards[0].Item2, cards[0].Item3);
            if (ends && cards.Count > 1)
                cards.RemoveAt(cards.Count - 1);
            return cards;
        });

    private static List<KnownCard> Applied(List<KnownCard> cards, IReadOnlyList<ImportStep> steps)
    {
        var after = cards.Select(c => steps.FirstOrDefault(s => s.Outcome == ImportOutcome.Ended && s.Other!.Id == c.Id) is { } end ? c with { To = end.To } : c).ToList();
        after.AddRange(steps.Where(s => s.Outcome == ImportOutcome.Added).Select((s, i) => new KnownCard(100 + i, s.From!.Value, s.To, s.Card.Content)));
        return after;
    }

    private static DateTimeOffset Day(int day) => new(2026, 3, day, 0, 0, 0, TimeSpan.Zero);

    private static KnownCard Known(long id, int from, int? to, string content) => new(id, Day(from), to is { } day ? Day(day) : null, content);

    private static CatalogueCard Price(string content, int? from = null, int? to = null) => new(
        new ImportedCard
        {
            Producer = "p", Model = "m", EffectiveFrom = from is { } first ? Day(first) : null, EffectiveTo = to is { } last ? Day(last) : null,
            Rates = [new RateTerms { TokenClass = TokenClass.Input, UnitValue = 1 }], Fallbacks = new Dictionary<TokenClass, TokenClass>(), Where = "line 1", Rows = 1,
        }, content);
}
