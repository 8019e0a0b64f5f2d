using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using TokenFactory.Api.Ingestion;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Ingestion;

public sealed class EventParserTests
{
    private const string Valid = """
        {"source":"gateway-1","id":"req-8f2","occurred_at":"2026-11-23T10:00:00Z","producer":"moonshot","model":"kimi-k2",
         "account":"acme","sector":"enterprise","service_tier":"batch","usage":{"input":86,"cache_read":17817,"output":40},
         "unit_values":{"output":"2.50"},"currency":"USD","reported_cost":{"amount":"0.0123","currency":"USD"}}
        """;

    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private static readonly EventParser Parser = new(new IngestionOptions(), Clock);

    [Fact]
    public void Every_member_of_an_event_is_read()
    {
        var sent = Parse(Valid, out var violations);

        violations.Should().BeEmpty();
        sent.Source.Should().Be("gateway-1");
        sent.Id.Should().Be("req-8f2");
        sent.OccurredAt.Should().Be(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
        sent.Sector.Should().Be(Sector.Enterprise);
        sent.ServiceTier.Should().Be(ServiceTier.Batch);
        sent.Usage.Select(u => (u.TokenClass, u.Quantity)).Should().Equal(
            (TokenClass.Input, 86), (TokenClass.CacheRead, 17817), (TokenClass.Output, 40));
        sent.Usage[2].Declared!.Value.UnitValue.ValuePerMillionTokens.Should().Be(2.5m);
        sent.Usage[0].Declared.Should().BeNull();
        sent.ReportedAmount.Should().Be(0.0123m);
    }

    [Theory]
    [InlineData("\"account\":\"acme\"", "\"account\":null")]
    [InlineData("\"sector\":\"enterprise\"", "\"sector\":null")]
    [InlineData("\"service_tier\":\"batch\"", "\"service_tier\":null")]
    [InlineData("\"input\":86", "\"input\":\"86\"")]
    [InlineData("\"2.50\"", "2.50")]
    [InlineData("10:00:00Z", "10:00:00.1234567+00:00")]
    [InlineData("10:00:00Z", "11:00:00\\u002B01:00")] // as some writers escape it
    [InlineData("\"account\":\"acme\"", "\"region\":\"eu-west\"")]
    [InlineData("10:00:00Z", "12:04:59Z")] // within the tolerated skew
    [InlineData("req-8f2", "\\u00e9\\ud83d\\ude00/#?")]
    public void What_means_something_is_taken(string part, string instead)
    {
        Parse(Valid.Replace(part, instead, StringComparison.Ordinal), out var violations);

        violations.Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"source\":\"gateway-1\",", "", "/source", "required")]
    [InlineData("\"usage\":{\"input\":86,\"cache_read\":17817,\"output\":40},", "", "/usage", "required")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"\"", "/id", "empty")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":null", "/id", "wrong_type")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":7", "/id", "wrong_type")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"~x\"", "/id", "reserved_id")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"a\\u0000b\"", "/id", "invalid_text")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\" x\"", "/id", "invalid_text")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"\\ud83d\"", "", "invalid_text")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"req-8f2\",\"id\":\"req-8f3\"", "/id", "repeated_member")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"req-8f2\",\"cost\":1", "/cost", "unknown_member")]
    [InlineData("\"id\":\"req-8f2\"", "\"id\":\"req-8f2\",\"a/b~c\":{\"d\":[1]}", "/a~1b~0c", "unknown_member")]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00", "/occurred_at", "invalid_instant")]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23", "/occurred_at", "invalid_instant")]
    [InlineData("2026-11-23T10:00:00Z", "2026-02-30T10:00:00Z", "/occurred_at", "invalid_instant")]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T12:05:01Z", "/occurred_at", "in_the_future")]
    [InlineData("2026-11-23T10:00:00Z", "1999-12-31T23:59:59Z", "/occurred_at", "out_of_range")]
    [InlineData("\"2026-11-23T10:00:00Z\"", "1700000000", "/occurred_at", "wrong_type")]
    [InlineData("\"sector\":\"enterprise\"", "\"sector\":\"military\"", "/sector", "unknown_value")]
    [InlineData("\"service_tier\":\"batch\"", "\"service_tier\":\"Batch\"", "/service_tier", "unknown_value")]
    [InlineData("\"input\":86", "\"input\":-1", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":1.0", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":1e3", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":1e400", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":1000000000000001", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":99999999999999999999", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":null", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":[1]", "/usage/input", "invalid_quantity")]
    [InlineData("\"input\":86", "\"input\":86,\"input\":86", "/usage/input", "repeated_member")]
    [InlineData("\"input\":86", "\"prompt_tokens\":86", "/usage/prompt_tokens", "unknown_token_class")]
    [InlineData("{\"input\":86,\"cache_read\":17817,\"output\":40}", "{}", "/unit_values/output", "no_quantity")]
    [InlineData("{\"input\":86,\"cache_read\":17817,\"output\":40}", "[]", "/usage", "wrong_type")]
    [InlineData("\"2.50\"", "\"-2.50\"", "/unit_values/output", "invalid_unit_value")]
    [InlineData("\"2.50\"", "\"0.0000000000001\"", "/unit_values/output", "invalid_unit_value")]
    [InlineData("\"2.50\"", "\"0.00000000000000000000000000001\"", "/unit_values/output", "invalid_decimal")]
    [InlineData("\"2.50\"", "\"1e-7\"", "/unit_values/output", "invalid_decimal")]
    [InlineData("\"2.50\"", "\"1000000.01\"", "/unit_values/output", "invalid_unit_value")]
    [InlineData("\"unit_values\":{\"output\":\"2.50\"},\"currency\":\"USD\"", "\"unit_values\":{\"output\":\"2.50\"}", "/currency", "required")]
    [InlineData("\"unit_values\":{\"output\":\"2.50\"},\"currency\":\"USD\"", "\"currency\":\"USD\"", "/currency", "unexpected")]
    [InlineData("\"currency\":\"USD\",\"reported_cost\"", "\"currency\":\"usd\",\"reported_cost\"", "/currency", "invalid_currency")]
    [InlineData("\"currency\":\"USD\",\"reported_cost\"", "\"currency\":\"XXX\",\"reported_cost\"", "/currency", "invalid_currency")]
    [InlineData("{\"amount\":\"0.0123\",\"currency\":\"USD\"}", "{\"amount\":\"0.0123\"}", "/reported_cost", "incomplete")]
    public void What_does_not_is_refused_with_its_place(string part, string instead, string pointer, string code)
    {
        var json = Valid.Replace(part, instead, StringComparison.Ordinal);
        json.Should().NotBe(Valid);

        Parse(json, out var violations);

        violations.Should().Contain(v => v.Pointer == pointer && v.Code == code);
    }

    [Fact]
    public void Every_violation_is_collected_at_once()
    {
        Parse("""{"id":"","occurred_at":"yesterday","usage":{"input":-1,"what":1},"sector":"x"}""", out var violations);

        violations.Select(v => v.Pointer).Should().BeEquivalentTo(
            "/id", "/occurred_at", "/usage/input", "/usage/what", "/sector", "/source", "/producer", "/model");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("{\"source\":\"a\"} {\"source\":\"b\"}")]
    public void What_is_not_one_JSON_object_is_malformed(string text)
    {
        Parse(text, out var violations);

        violations.Should().Contain(v => v.Code == "malformed_json");
    }

    [Fact]
    public void Deep_nesting_ends_in_a_violation_not_in_a_stack_overflow()
    {
        Parse("{\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}", out var violations);

        violations.Should().Contain(v => v.Code == "malformed_json");
    }

    [Fact]
    public void Any_bytes_at_all_give_an_event_or_violations_and_never_an_exception() =>
        Gen.Select(Gen.Int[0, Valid.Length - 1], Gen.Byte.Array[0, 8], Gen.Int[0, 20]).Sample((at, bytes, cut) =>
        {
            var text = Encoding.UTF8.GetBytes(Valid);
            byte[] mutated = [.. text[..at], .. bytes, .. text[Math.Min(text.Length, at + cut)..]];
            var violations = new EventViolations();

            var sent = Parser.Parse(mutated, violations);

            if (!violations.Any)
                sent.Usage.Should().NotBeEmpty();
        }, iter: 20_000);

    [Fact]
    public void The_fingerprint_follows_the_values_and_not_their_spelling()
    {
        var fingerprint = Fingerprint(Valid);

        Fingerprint(Valid.Replace("\"2.50\"", "2.5", StringComparison.Ordinal)).Should().Equal(fingerprint);
        Fingerprint(Valid.Replace("\"input\":86,\"cache_read\":17817", "\"cache_read\":\"17817\",\"input\":86", StringComparison.Ordinal)).Should().Equal(fingerprint);
        Fingerprint(Valid.Replace("10:00:00Z", "11:00:00+01:00", StringComparison.Ordinal)).Should().Equal(fingerprint);
        Fingerprint(Valid.Replace("10:00:00Z", "10:00:00.0000009Z", StringComparison.Ordinal)).Should().Equal(fingerprint, "PostgreSQL keeps microseconds");
    }

    [Theory]
    [InlineData("gateway-1", "gateway-2")]
    [InlineData("req-8f2", "req-8f3")]
    [InlineData("10:00:00Z", "10:00:00.000001Z")]
    [InlineData("\"moonshot\"", "\"moonshot_ai\"")]
    [InlineData("kimi-k2", "kimi-k3")]
    [InlineData("\"account\":\"acme\",", "")]
    [InlineData("\"sector\":\"enterprise\",", "")]
    [InlineData("batch", "flex")]
    [InlineData("\"input\":86", "\"input\":87")]
    [InlineData("\"input\":86", "\"input\":86,\"output_audio\":0")]
    [InlineData("2.50", "2.51")]
    [InlineData("\"currency\":\"USD\",\"rep", "\"currency\":\"EUR\",\"rep")]
    [InlineData("0.0123", "0.0124")]
    public void Any_other_value_gives_another_fingerprint(string part, string instead) =>
        Fingerprint(Valid.Replace(part, instead, StringComparison.Ordinal)).Should().NotEqual(Fingerprint(Valid));

    private static UsageEvent Parse(string json, out IReadOnlyList<TokenFactory.Api.Hosting.FieldError> violations)
    {
        var collected = new EventViolations();
        var sent = Parser.Parse(Encoding.UTF8.GetBytes(json), collected);
        violations = collected.Errors;
        return sent;
    }

    private static byte[] Fingerprint(string json)
    {
        var sent = Parse(json, out var violations);
        violations.Should().BeEmpty();
        return EventFingerprint.Of(sent);
    }
}
