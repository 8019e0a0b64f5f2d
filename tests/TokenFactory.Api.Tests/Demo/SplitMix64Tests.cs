using TokenFactory.Api.Demo;

namespace TokenFactory.Api.Tests.Demo;

public sealed class SplitMix64Tests
{
    [Fact]
    public void It_gives_the_published_numbers_of_its_algorithm()
    {
        // The widely published test vector for the seed 1234567.
        var random = new SplitMix64(1_234_567);

        var numbers = Enumerable.Range(0, 5).Select(_ => random.Next()).ToList();

        numbers.Should().Equal(6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431, 16_408_922_859_458_223_821);
    }

    [Fact]
    public void Its_fractions_lie_in_the_unit_interval_and_fill_it()
    {
        var random = new SplitMix64(42);

        var fractions = Enumerable.Range(0, 10_000).Select(_ => random.NextDouble()).ToList();

        fractions.Should().OnlyContain(f => f >= 0 && f < 1);
        fractions.Average().Should().BeApproximately(0.5, 0.02);
        fractions.Min().Should().BeLessThan(0.01);
        fractions.Max().Should().BeGreaterThan(0.99);
    }
}
