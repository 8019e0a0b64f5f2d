using System.Text;
using System.Text.Json;
using CsCheck;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>What is kept of a response reads as the response itself, and says nothing that was said to a model or by one.</summary>
public sealed class UsageDigestTests
{
    private const string Secret = "the minister's plan";

    private static readonly Gen<(long[] Leaves, bool Sparse)> Made =
        Gen.Select(Gen.OneOf(Gen.Const(0L), Gen.Long[1, Quantity.Maximum / 16]).Array[12], Gen.Bool);

    public static TheoryData<string> Profiles { get; } = [.. UsageProfiles.All.Select(p => p.Id)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void It_reads_as_the_response_itself(string profileId) => Made.Sample((leaves, sparse) =>
    {
        var usage = new UsageWriter(leaves.ToArray(), sparse).Write(profileId).ToJsonString();
        var response = Readings.Json(profileId switch
        {
            "otel_gen_ai" => usage,
            "gemini" => $$"""{"modelVersion":"m","responseId":"r","candidates":[{"content":"{{Secret}}"}],"usageMetadata":{{usage}}}""",
            _ => $$$$"""{"choices":[{"message":{"content":"{{{{Secret}}}}"}}],"id":"r","model":"m","usage":{{{{usage}}}}}""",
        });

        var kept = Keep(response);

        RawResponse.Read(profileId, Readings.Json(kept)).Should().BeEquivalentTo(RawResponse.Read(profileId, response));
        kept.Should().NotContain(Secret);
    }, iter: 500);

    [Fact]
    public void Whatever_a_response_holds_its_digest_finds_the_same_profile_and_reading() => AnyObjects.Value.Sample(json =>
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        string kept;
        try
        {
            kept = Keep(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            return; // Not valid Unicode: whoever keeps it refuses it.
        }

        foreach (var profile in UsageProfiles.All)
        {
            var whole = RawResponse.Read(profile, document.RootElement).Usage;
            var digest = RawResponse.Read(profile, Readings.Json(kept)).Usage;
            digest.IsRead.Should().Be(whole.IsRead, $"{json} is kept as {kept}");
            digest.Leaves.Should().Equal(whole.Leaves);
        }

        UsageProfiles.For("openai", Readings.Json(kept)).Should().Be(UsageProfiles.For("openai", document.RootElement));
    }, iter: 3_000);

    [Theory]
    [InlineData("""{"b":1,"a":{"d":2,"c":[1.50,true,null]}}""", """{"a":{"c":[1.50,true,null],"d":2},"b":1}""")]
    [InlineData("""{"note":"plan","modality":"TEXT","ttl":"the minister's plan","n":"17"}""", """{"modality":"TEXT","n":"17","note":"(text)","ttl":"(text)"}""")]
    [InlineData("""{"tokens":["the","minister","s","plan"]}""", """{"tokens":["(text)","(text)","(text)","(text)"]}""")]
    [InlineData("""{"the minister's plan":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":null,"b":{"c":null,"d":0},"e":1,"e":null}""", """{"b":{"d":0}}""")]
    [InlineData("""{"a":123456789012345678901234567890123}""", """{"a":"(number)"}""")]
    [InlineData("""[[[[[[[[[1]]]]]]]]]""", """[[[[[[["(nested)"]]]]]]]""")]
    public void It_is_canonical_and_keeps_no_text(string usage, string kept) =>
        Written(writer => UsageDigest.WriteUsage(Readings.Json(usage), writer)).Should().Be(kept);

    [Theory]
    [InlineData("""{"id":"r","service_tier":null,"usage":{"prompt_tokens":8,"completion_tokens":2,"completion_tokens_details":null}}""")]
    [InlineData("""{"created":null,"id":"r","usage":{"prompt_tokens":8,"completion_tokens":2,"prompt_tokens_details":null},"usageMetadata":null}""")]
    public void A_null_is_kept_as_what_is_not_there(string response) =>
        Keep(Readings.Json(response)).Should().Be("""{"id":"r","usage":{"completion_tokens":2,"prompt_tokens":8}}""");

    [Theory]
    [InlineData("""["the minister's plan"]""")]
    [InlineData("""{"object":"the minister's plan","type":"the minister's plan","id":"the minister's plan","created_at":"the minister's plan"}""")]
    [InlineData("""{"model":["the minister's plan"],"id":{"text":"the minister's plan"},"usage":"the minister's plan","type":"message"}""")]
    public void Nothing_said_gets_through_where_it_does_not_belong(string response) => Keep(Readings.Json(response)).Should().NotContain("minister");

    private static string Keep(JsonElement response) => Written(writer => UsageDigest.Write(response, writer));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
