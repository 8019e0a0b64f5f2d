using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>What may be left out of a usage that is only priced, and what may not of one that is recorded.</summary>
public sealed class QuotedUsageTests
{
    private const string Event = """{"producer":"moonshot","model":"kimi-k2","usage":{"input":86,"output":40}}""";
    private const string Raw = """{"provider":"openai","response":{"model":"m","created":1790000000,"service_tier":"flex","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}}""";
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);
    private static readonly EventParser Parser = new(new IngestionOptions(), new FakeTimeProvider(Now));

    [Fact]
    public void An_event_needs_neither_source_nor_id_nor_time()
    {
        var usage = Parse(Event, out var violations);

        violations.Should().BeEmpty();
        usage.Raw.Should().BeNull();
        usage.Event.OccurredAt.Should().Be(Now.AddTicks(-7), "it is now, to the microsecond");
    }

    [Theory]
    [InlineData("\"producer\"", "\"source\":null,\"id\":null,\"occurred_at\":null,\"producer\"")]
    [InlineData("\"producer\"", "\"occurred_at\":\"2099-12-31T23:59:59.999999Z\",\"producer\"")]
    public void What_may_be_left_out_may_be_null_and_prices_may_be_asked_for_ahead(string part, string instead)
    {
        Parse(Event.Replace(part, instead, StringComparison.Ordinal), out var violations);

        violations.Should().BeEmpty();
    }

    [Fact]
    public void What_is_recorded_still_needs_them_and_is_no_response()
    {
        var violations = new EventViolations();
        Parser.Parse(Encoding.UTF8.GetBytes(Event), violations);
        violations.Errors.Select(e => e.Pointer).Should().Equal("/source", "/id", "/occurred_at");

        var raw = new EventViolations();
        Parser.Parse(Encoding.UTF8.GetBytes(Raw), raw);
        raw.Errors.Should().Contain(e => e.Pointer == "/provider" && e.Code == "unknown_member" && e.Detail.StartsWith("An event has no member"))
            .And.Contain(e => e.Pointer == "/response" && e.Code == "unknown_member");
    }

    [Fact]
    public void A_response_says_what_the_sender_does_not()
    {
        var usage = Parse(Raw, out var violations);
        var profile = Parser.ReadResponse(usage.Event, usage.Raw!, "openai", new EventViolations());

        violations.Should().BeEmpty();
        profile!.Id.Should().Be("openai_chat");
        usage.Event.Model.Should().Be("m");
        usage.Event.ServiceTier.Should().Be(Economics.Measures.ServiceTier.Flex);
        usage.Event.OccurredAt.Should().Be(new DateTimeOffset(2026, 9, 21, 14, 13, 20, TimeSpan.Zero));
    }

    [Fact]
    public void Nothing_that_is_sent_throws() =>
        Gen.Select(Gen.Bool, Gen.Int[0, Raw.Length], Gen.Byte.Array[0, 6], Gen.Int[0, 8]).Sample((isRaw, at, bytes, cut) =>
        {
            var text = Encoding.UTF8.GetBytes(isRaw ? Raw : Event);
            at = Math.Min(at, text.Length);
            byte[] spoilt = [.. text[..at], .. bytes, .. text[Math.Min(text.Length, at + cut)..]];
            var violations = new EventViolations();

            var usage = Parser.ParseQuoted(spoilt, violations);

            if (!violations.Any && usage.Raw is { } raw)
                Parser.ReadResponse(usage.Event, raw, null, violations);
            if (!violations.Any)
                usage.Event.Model.Should().NotBeEmpty();
        }, iter: 20_000);

    private static QuotedUsage Parse(string json, out IReadOnlyList<FieldError> violations)
    {
        var collected = new EventViolations();
        var usage = Parser.ParseQuoted(Encoding.UTF8.GetBytes(json), collected);
        violations = collected.Errors;
        return usage;
    }
}
