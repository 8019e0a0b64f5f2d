using System.Collections.Frozen;
using CsCheck;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Repricing;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>What is posted of a month, without a ledger.</summary>
public sealed class SettlementMonthTests
{
    private static readonly DateTimeOffset October = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SettlementKey Key = new(7, 3, new DateOnly(2026, 10, 1));

    // Some cells are taken back in part or are more than taken back; some were settled at anything before.
    private static readonly Gen<SettlementCell[]> AnyCells = Gen.Select(Gen.Int[0, 743], Gen.Int[1, 3], Gen.Int[0, 3], Gen.Long[-1_000_000, 9_000_000], Gen.Int[-90_000, 90_000])
        .Select((hour, item, sector, quantity, settled) => new SettlementCell(October.AddHours(hour), item, (Sector)sector, 0, quantity,
            UnitValue.PerMillionTokens(3.000001m).AmountOf(quantity), settled * 0.000300000007m, settled * 0.000300000007m))
        .Array[1, 30]
        .Select(cells => cells.DistinctBy(c => (c.Hour, c.Sector, c.ItemId)).OrderBy(c => c.Hour).ThenBy(c => c.Sector).ThenBy(c => c.ItemId).ToArray());

    [Fact]
    public void Settled_in_parts_of_any_size_a_month_comes_to_the_same_cells()
    {
        Gen.Select(AnyCells, Gen.Int[1, 40], Gen.Bool).Sample((cells, maxLines, isVolume) =>
        {
            var (inParts, postings) = Settle(cells, maxLines, isVolume);
            var (atOnce, _) = Settle([.. cells.Select(c => c with { Settled = 0, SettledReporting = 0 })], int.MaxValue, isVolume);

            inParts.Select(Paid).Should().Equal(atOnce.Select(Paid));
            inParts.Sum(Paid).Should().Be(Month(cells, isVolume).Target());
            inParts.Should().OnlyContain(c => c.SettledReporting == c.Settled);
            postings.Should().OnlyContain(p => p.Events.Sum(e => e.Lines.Length) <= maxLines);
            postings.SelectMany(p => p.Events).Select(e => e.EventId).Should().OnlyHaveUniqueItems();
        });
    }

    [Fact]
    public void Two_settlements_of_one_number_agree_in_everything_or_in_nothing()
    {
        SettlementCell[] cells = [new(October, 1, Sector.Household, 0, 2_000_000, 6, 0, 0), new(October.AddHours(1), 1, Sector.Household, 0, 2_000_000, 6, 0, 0)];

        var one = Posting(cells);
        var same = Posting([.. cells]);
        var more = Posting([.. cells, cells[1] with { Hour = October.AddHours(2) }]);

        one.Atomic.Should().BeTrue();
        one.Kind.Should().Be(BatchKind.Settlement);
        one.Events.Select(e => e.EventId).Should().Equal("~settlement/7/3/2026-10/000001/0000", "~settlement/7/3/2026-10/000001/0001");
        same.Events.Select(e => Convert.ToHexString(e.Fingerprint)).Should().Equal(one.Events.Select(e => Convert.ToHexString(e.Fingerprint)));
        more.Events[0].EventId.Should().Be(one.Events[0].EventId);
        more.Events[0].Fingerprint.Should().NotEqual(one.Events[0].Fingerprint);
    }

    [Fact]
    public void What_is_settled_in_another_currency_leaves_nothing_behind_when_it_is_taken_back()
    {
        var exchange = new ExchangeRates([new FxPublication(5, October, "USD", new Dictionary<string, decimal> { ["CNY"] = 7.3m }.ToFrozenDictionary())]);
        var cell = new SettlementCell(October.AddHours(5), 1, Sector.Household, 0, 0, 0, 0, 0);
        foreach (var quantity in (decimal[])[1_000_001, 3_000_017, 2_000_000, 0])
        {
            var month = new SettlementMonth(Key, 0, Tiers(isVolume: false), "CNY", [cell with { Quantity = quantity, Amount = quantity * 3 / 1_000_000 }]);
            if (month.NextPosting(1, exchange, "USD", 9)?.Events[0].Lines[0] is { } line)
            {
                line.FxRateId.Should().Be(5);
                cell = cell with { Settled = cell.Settled + line.Amount!.Value, SettledReporting = cell.SettledReporting + line.ReportingAmount!.Value };
            }

            cell.SettledReporting.Should().Be(decimal.Round(cell.Settled / 7.3m, 12, MidpointRounding.AwayFromZero));
        }

        cell.Settled.Should().Be(0);
    }

    [Fact]
    public void A_month_beyond_what_tiers_can_reckon_is_refused()
    {
        var half = new SettlementCell(October, 1, Sector.Household, 0, MonthTiers.MaxQuantity, 0, 0, 0);

        var act = () => Month([half, half with { ItemId = 2, Quantity = 1 }], false).NextPosting(1, ExchangeRates.None, "USD", 9);

        act.Should().Throw<OverflowException>();
    }

    private static decimal Paid(SettlementCell cell) => cell.Amount + cell.Settled;

    private static Posting Posting(SettlementCell[] cells) => Month(cells, false).NextPosting(1, ExchangeRates.None, "USD", 9)!;

    private static SettlementMonth Month(IReadOnlyList<SettlementCell> cells, bool isVolume, int settlements = 0) =>
        new(Key, settlements, Tiers(isVolume), "USD", cells);

    private static MonthTiers Tiers(bool isVolume) => new(isVolume, UnitValue.PerMillionTokens(3.000001m),
        [new MonthTier(1_000_000, UnitValue.PerMillionTokens(0.333333333333m)), new MonthTier(20_000_000, UnitValue.PerMillionTokens(0))]);

    // As the fold adds what was posted.
    private static (SettlementCell[] Cells, List<Posting> Postings) Settle(SettlementCell[] cells, int maxLines, bool isVolume)
    {
        var (now, postings) = (cells.ToArray(), new List<Posting>());
        while (Month(now, isVolume, postings.Count).NextPosting(1, ExchangeRates.None, "USD", maxLines) is { } posting)
        {
            foreach (var ledgerEvent in posting.Events)
            {
                foreach (var line in ledgerEvent.Lines)
                {
                    var at = Array.FindIndex(now, c => (c.Hour, c.Sector, c.ItemId) == (ledgerEvent.OccurredAt, line.Sector.Sector, line.ItemId));
                    now[at] = now[at] with { Settled = now[at].Settled + line.Amount!.Value, SettledReporting = now[at].SettledReporting + line.ReportingAmount!.Value };
                }
            }

            postings.Add(posting);
            postings.Count.Should().BeLessThanOrEqualTo(cells.Length, "each settlement settles at least one cell for good");
        }

        return (now, postings);
    }
}
