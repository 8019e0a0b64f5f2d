using TokenFactory.Economics.Statistics;

namespace TokenFactory.Economics.Tests.Statistics;

public sealed class ChainedVolumeTests
{
    [Fact]
    public void A_volume_is_the_value_of_the_reference_period_moved_by_the_index()
    {
        // The reference period of the index is another one: only its movements count.
        var volumes = ChainedVolume.Compile([100, 150, 90], Levels(50, 100, 75), 1);

        volumes.Select(v => v.Real).Should().Equal(75, 150, 112.5);
        volumes.Select(v => v.Deflator).Should().Equal(100 / 75.0 * 100, 100, 80);
    }

    [Fact]
    public void An_empty_period_is_null_with_its_reason()
    {
        var volumes = ChainedVolume.Compile([100, 0, 90], [Level(100), new IndexPoint(null, "empty_period", null, 0, 0), Level(80)], 0);

        volumes.Should().Equal(new ChainedVolumePoint(100, 100, null), new ChainedVolumePoint(null, null, "empty_period"), new ChainedVolumePoint(80, 112.5, null));
    }

    [Fact]
    public void Free_periods_have_no_deflator()
    {
        ChainedVolume.Compile([100, 0], Levels(100, 50), 0)[1].Should().Be(new ChainedVolumePoint(50, 0, null));
        ChainedVolume.Compile([0, 100], Levels(100, 50), 0)[1].Should().Be(new ChainedVolumePoint(0, null, "zero_price"));
        ChainedVolume.Compile([100, 100], Levels(100, 0), 0)[1].Should().Be(new ChainedVolumePoint(0, null, "zero_quantity"));
        ChainedVolume.Compile([100, 100], Levels(0, 100), 0)[1].Should().Be(new ChainedVolumePoint(null, null, "zero_quantity"));
    }

    [Fact]
    public void Values_below_0_have_no_deflator_and_are_no_reference()
    {
        ChainedVolume.Compile([100, -5], Levels(100, 50), 0)[1].Should().Be(new ChainedVolumePoint(50, null, "negative_value"));
        ChainedVolume.Compile([-5, 100], Levels(100, 50), 0).Should().OnlyContain(v => v.Real == null && v.NullReason == "negative_value");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(0)]
    public void Without_a_reference_period_there_is_no_money_to_tell_volumes_in(int reference)
    {
        IndexPoint[] quantity = [new(null, "no_reference_period", null, 0, 0), Level(100)];

        ChainedVolume.Compile([1, 2], quantity, reference).Should().OnlyContain(v => v.Real == null && v.NullReason == "no_reference_period");
    }

    [Fact]
    public void The_residual_is_what_the_parts_leave_of_the_total()
    {
        ChainedVolume.Residual(100, [60, 30.5]).Should().Be(9.5);
        ChainedVolume.Residual(100, [60, null]).Should().BeNull();
        ChainedVolume.Residual(null, [60]).Should().BeNull();
        ChainedVolume.Residual(0.3, [0.1, 0.2]).Should().BeApproximately(0, 1e-16);
    }

    [Fact]
    public void Series_of_different_length_are_refused() =>
        FluentActions.Invoking(() => ChainedVolume.Compile([1], Levels(100, 100), 0)).Should().Throw<ArgumentException>();

    private static IndexPoint[] Levels(params double[] levels) => [.. levels.Select(Level)];

    private static IndexPoint Level(double level) => new(level, null, null, 0, 0);
}
