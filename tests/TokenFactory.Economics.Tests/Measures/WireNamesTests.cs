using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Tests.Measures;

public sealed class WireNamesTests
{
    [Fact]
    public void Every_measure_reads_back_from_its_name()
    {
        foreach (var tokenClass in Enum.GetValues<TokenClass>())
        {
            WireNames.TryParseTokenClass(tokenClass.Name(), out var parsed).Should().BeTrue();
            parsed.Should().Be(tokenClass);
        }

        foreach (var tier in Enum.GetValues<ServiceTier>())
        {
            WireNames.TryParseServiceTier(tier.Name(), out var parsed).Should().BeTrue();
            parsed.Should().Be(tier);
        }

        foreach (var sector in Enum.GetValues<Sector>())
        {
            WireNames.TryParseSector(sector.Name(), out var parsed).Should().BeTrue();
            parsed.Should().Be(sector);
        }
    }

    [Fact]
    public void The_stored_numbers_never_change() =>
        Enum.GetValues<TokenClass>().Select(c => $"{(int)c} {c.Name()}").Should().Equal(
            "1 input", "2 input_audio", "3 input_image", "4 input_video", "5 cache_read", "6 cache_write", "7 cache_write_1h",
            "8 output", "9 output_reasoning", "10 output_audio", "11 output_image", "12 output_video");

    [Theory]
    [InlineData("Output")]
    [InlineData("8")]
    [InlineData("")]
    [InlineData("outputs")]
    public void Anything_else_is_not_a_name(string name) => WireNames.TryParseTokenClass(name, out _).Should().BeFalse();
}
