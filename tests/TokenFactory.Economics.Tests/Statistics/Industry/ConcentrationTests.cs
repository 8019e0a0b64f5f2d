using System.Globalization;
using CsCheck;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ConcentrationTests
{
    private static readonly Gen<decimal> Output = Gen.Frequency(
        (6, Gen.Long[1, 1_000_000_000_000].Select(v => (decimal)v / 1_000_000)),
        (1, Gen.OneOf(0m, -1m, 0.0000000000000000000000000001m, decimal.MaxValue, decimal.MinValue)));

    private static readonly Gen<decimal[]> Market = Output.Array[0, 20];

    // The first: US Department of Justice, "Herfindahl-Hirschman Index", four firms of 30, 30, 20 and 20 percent: 2,600.
    [Theory]
    [InlineData("30 30 20 20", "2600", ConcentrationBand.HighlyConcentrated)]
    [InlineData("1", "10000", ConcentrationBand.HighlyConcentrated)]
    [InlineData("30 30", "5000", ConcentrationBand.HighlyConcentrated)]
    [InlineData("30 20 20 10 10 10", "2000", ConcentrationBand.HighlyConcentrated)]
    [InlineData("20 20 20 20 10 10", "1800", ConcentrationBand.ModeratelyConcentrated)]
    [InlineData("20 20 20 20 10 9.999999999999", "1800", ConcentrationBand.HighlyConcentrated)]
    [InlineData("1 1 1 1 1 1 1 1 1 1", "1000", ConcentrationBand.ModeratelyConcentrated)]
    [InlineData("1 1 1 1 1 1 1 1 1 1 0.000000000001", "999.9999999998", ConcentrationBand.Unconcentrated)]
    [InlineData("1 1 1", "3333.333333333333", ConcentrationBand.HighlyConcentrated)]
    public void The_index_and_its_band_are_those_of_the_guidelines(string outputs, string hhi, ConcentrationBand band)
    {
        var concentration = Concentration.Of(outputs.Split(' ').Select(Decimal));

        concentration.Hhi.Should().BeApproximately(Decimal(hhi), 0.00000001m);
        concentration.Band.Should().Be(band);
    }

    [Fact]
    public void The_share_of_the_largest_is_told_and_who_has_no_output_is_left_out()
    {
        var concentration = Concentration.Of([5, 0, 25, 10, -3, 10, 20, 5, 5, 5, 5, 10]);

        concentration.Should().Be(new ConcentrationFigures
        {
            Active = 10, LeftOut = 2, Hhi = 1_450, Band = ConcentrationBand.ModeratelyConcentrated, EquivalentNumber = 6.896551724138m,
            LargestShare = 0.25m, FourLargestShare = 0.65m, EightLargestShare = 0.9m, NullReason = null,
        });
    }

    [Fact]
    public void A_period_without_output_has_no_concentration()
    {
        foreach (var outputs in (decimal[][])[[], [0, -1]])
        {
            var concentration = Concentration.Of(outputs);

            concentration.NullReason.Should().Be("empty_period");
            concentration.LeftOut.Should().Be(outputs.Length);
            (concentration.Hhi ?? concentration.EquivalentNumber ?? concentration.LargestShare).Should().BeNull();
            (concentration.FourLargestShare ?? concentration.EightLargestShare).Should().BeNull();
            concentration.Band.Should().BeNull();
        }
    }

    [Fact]
    public void Who_came_and_who_went_is_told_with_the_share_of_when_they_were_active()
    {
        var turnover = Concentration.Turnover(
            Outputs(("stays", 50), ("goes", 30), ("fades", 20), ("rests", 0)),
            Outputs(("comes", 60), ("stays", 100), ("fades", 0), ("rests", -1), ("wakes", 40)));

        turnover.Entered.Should().Equal(new ProducerShare<string>("comes", 0.3m), new ProducerShare<string>("wakes", 0.2m));
        turnover.Exited.Should().Equal(new ProducerShare<string>("goes", 0.3m), new ProducerShare<string>("fades", 0.2m));
        turnover.EntryShare.Should().Be(0.5m);
        turnover.ExitShare.Should().Be(0.5m);
    }

    [Fact]
    public void Entry_into_an_empty_market_is_all_of_it_and_nothing_has_no_share()
    {
        var turnover = Concentration.Turnover(Outputs(("rests", 0)), Outputs(("comes", 1)));

        turnover.EntryShare.Should().Be(1);
        turnover.ExitShare.Should().BeNull();
    }

    [Fact]
    public void A_producer_counted_twice_is_refused()
    {
        var twice = Outputs(("a", 1), ("a", 2));
        var before = () => Concentration.Turnover(twice, Outputs());
        var now = () => Concentration.Turnover(Outputs(), twice);

        before.Should().Throw<ArgumentException>();
        now.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void The_index_lies_between_equal_shares_and_monopoly_and_more_producers_hold_more() => Market.Sample(outputs =>
    {
        var concentration = Concentration.Of(outputs);
        if (concentration.NullReason is not null)
        {
            outputs.All(o => o <= 0).Should().BeTrue();
            return;
        }

        (concentration.Active + concentration.LeftOut).Should().Be(outputs.Length);
        var equal = decimal.Round(10_000m / concentration.Active, 12, MidpointRounding.AwayFromZero);
        concentration.Hhi.Should().BeInRange(equal, 10_000);
        concentration.EquivalentNumber.Should().BeInRange(1, concentration.Active);
        (concentration.LargestShare <= concentration.FourLargestShare && concentration.FourLargestShare <= concentration.EightLargestShare
            && concentration.EightLargestShare <= 1).Should().BeTrue();
        (concentration.LargestShare * concentration.LargestShare * 10_000 <= concentration.Hhi + 0.00000001m).Should().BeTrue();
    });

    [Fact]
    public void Neither_the_order_of_producers_nor_the_unit_of_output_changes_a_digit() => Gen.Select(Market, Gen.Int[0, 1_000]).Sample((outputs, seed) =>
    {
        var small = outputs.Select(o => Math.Abs(o) > 1e12m ? 7 : decimal.Round(o, 6, MidpointRounding.AwayFromZero)).ToArray();
        var expected = Concentration.Of(small);
        var thousands = small.Select(o => o * 1_000).ToArray();
        new Random(seed).Shuffle(thousands);

        Concentration.Of(thousands).Should().Be(expected);
    });

    [Fact]
    public void Who_stays_and_who_came_make_the_whole_market() => Gen.Select(Market, Market).Sample((before, now) =>
    {
        var numbered = now.Select((o, i) => KeyValuePair.Create(i, o)).ToList();

        var turnover = Concentration.Turnover([.. before.Select((o, i) => KeyValuePair.Create(i, o))], numbered);

        (turnover.EntryShare is null).Should().Be(now.All(o => o <= 0));
        (turnover.EntryShare is null or (>= 0 and <= 1)).Should().BeTrue();
        (turnover.ExitShare is null or (>= 0 and <= 1)).Should().BeTrue();
        turnover.Entered.Select(p => p.Producer).Should().Equal(
            numbered.Where(o => o.Value > 0 && (o.Key >= before.Length || before[o.Key] <= 0)).Select(o => o.Key));
        turnover.Entered.Sum(p => p.Share).Should().BeApproximately(turnover.EntryShare ?? 0, 0.0000000001m);
    });

    private static decimal Decimal(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static KeyValuePair<string, decimal>[] Outputs(params (string Producer, decimal Output)[] outputs) =>
        [.. outputs.Select(o => KeyValuePair.Create(o.Producer, o.Output))];
}
