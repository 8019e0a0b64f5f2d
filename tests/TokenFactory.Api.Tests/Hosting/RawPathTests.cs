using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Tests.Hosting;

public sealed class RawPathTests
{
    [Theory]
    [InlineData("/v1/accounts/acme", 0, "acme")]
    [InlineData("/v1/accounts/a%2Fb?x=/y", 0, "a/b")]
    [InlineData("/v1/accounts/a%252Fb", 0, "a%2Fb")]
    [InlineData("/v1/accounts/100%25", 0, "100%")]
    [InlineData("/v1/accounts/100%", 0, "100%")]
    [InlineData("/v1/accounts/a%2", 0, "a%2")]
    [InlineData("/v1/accounts/K%C3%B6ln/", 0, "Köln")]
    [InlineData("/v1/accounts/a+b%20c", 0, "a+b c")]
    [InlineData("/v1/events/one%2Ftwo/a%2Fb/reversal", 1, "a/b")]
    [InlineData("/v1/events/one%2Ftwo/a%2Fb/reversal", 2, "one/two")]
    [InlineData("http://host/v1/accounts/acme", 0, "acme")]
    [InlineData("/v1/accounts/%FF", 0, null)]
    [InlineData("/v1/accounts/%ED%A0%80", 0, null)]
    [InlineData("/v1", 1, null)]
    [InlineData("", 0, null)]
    public void A_segment_is_unescaped_once(string target, int fromEnd, string? expected) => RawPath.Segment(target, fromEnd).Should().Be(expected);
}
