using CsCheck;
using TokenFactory.Economics.Statistics;
using static TokenFactory.Economics.Tests.Statistics.RandomBaskets;

namespace TokenFactory.Economics.Tests.Statistics;

/// <summary>What every series must satisfy, over random baskets with entry, exit, empty periods and free items.</summary>
public sealed class IndexSeriesAxiomTests
{
    private static readonly BilateralFormula[] Formulas = Enum.GetValues<BilateralFormula>();

    [Fact]
    public void A_series_never_holds_a_NaN_or_an_infinity_and_says_why_a_level_is_missing() =>
        Gen.Select(Gen.OneOf(Any, Extreme).Array[1, 8], Gen.Int[-1, 8]).Sample((baskets, reference) =>
        {
            foreach (var kind in Enum.GetValues<IndexKind>())
            foreach (var formula in Formulas)
            foreach (var linking in Enum.GetValues<Linking>())
            foreach (var selection in Enum.GetValues<ItemSelection>())
            {
                var series = IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = kind, Formula = formula, Linking = linking, Items = selection });

                series.Should().HaveCount(baskets.Length);
                for (var t = 0; t < series.Count; t++)
                {
                    var point = series[t];
                    (point.Level is null).Should().Be(point.NullReason is not null);
                    (point.Level is null || double.IsFinite(point.Level.Value)).Should().BeTrue();
                    (point.MatchedShare is null or (>= 0 and <= 1.0000001)).Should().BeTrue();
                    (point.ComparedWith is null || point.ComparedWith < t || linking == Linking.FixedBase).Should().BeTrue();
                }
            }
        });

    [Fact]
    public void A_level_follows_from_the_period_that_it_was_compared_with() => Gen.Select(Any.Array[2, 8], Gen.Int[0, 7]).Sample((baskets, reference) =>
    {
        var series = IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = IndexKind.Quantity });

        for (var t = 0; t < series.Count; t++)
        {
            if (series[t] is not { Level: { } level, ComparedWith: { } from, IsBreak: false } || series[from].Level is not { } before)
                continue;
            var link = Bilateral.FisherQuantity(Union(baskets[from], baskets[t])).Value!.Value;
            level.Should().BeApproximately(before * link, 1e-9 * level);
        }
    });

    [Fact]
    public void The_reference_period_is_100_whatever_the_method() => Full.Array[2, 6].Sample(baskets =>
    {
        foreach (var linking in Enum.GetValues<Linking>())
        foreach (var formula in Formulas)
        {
            for (var reference = 0; reference < baskets.Length; reference++)
            {
                IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = IndexKind.Price, Formula = formula, Linking = linking })[reference].Level
                    .Should().Be(100);
            }
        }
    });

    [Fact]
    public void Another_reference_period_scales_a_chain_and_changes_no_movement() => Gen.Select(Full.Array[3, 6], Gen.Int[1, 2]).Sample((baskets, other) =>
    {
        var method = new IndexMethod { Kind = IndexKind.Quantity };
        var first = IndexSeries.Compile(baskets, 0, method);
        var second = IndexSeries.Compile(baskets, other, method);

        for (var t = 1; t < baskets.Length; t++)
        {
            var movement = first[t].Level!.Value / first[t - 1].Level!.Value;
            (second[t].Level!.Value / second[t - 1].Level!.Value).Should().BeApproximately(movement, 1e-9 * movement);
        }
    });

    [Fact]
    public void Nominal_is_real_times_deflator_in_every_period_that_is_linked() => Gen.Select(Churning.Array[2, 6], Gen.Int[0, 1]).Sample((baskets, reference) =>
    {
        var quantity = IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = IndexKind.Quantity });
        var price = IndexSeries.Compile(baskets, reference, new IndexMethod { Kind = IndexKind.Price });
        var volumes = ChainedVolume.Compile([.. baskets.Select(b => b.Value)], quantity, reference);

        for (var t = 0; t < baskets.Length; t++)
        {
            var (nominal, real, deflator) = ((double)baskets[t].Value, volumes[t].Real!.Value, volumes[t].Deflator!.Value);
            (real * deflator / 100).Should().BeApproximately(nominal, 1e-9 * nominal);
            // With the union Fisher the implicit deflator is the price index itself.
            deflator.Should().BeApproximately(price[t].Level!.Value, 1e-9 * deflator);
        }
    });
}
