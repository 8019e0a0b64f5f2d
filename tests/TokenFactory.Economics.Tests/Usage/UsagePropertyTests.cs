using System.Text;
using System.Text.Json;
using CsCheck;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>
/// Usage objects are made from leaves, as a provider makes them, so that what a reading must be is known beforehand. No leaf is read from
/// the object under test.
/// </summary>
public sealed class UsagePropertyTests
{
    private static readonly Gen<long> Tokens = Gen.OneOf(Gen.Const(0L), Gen.Long[1, 100_000], Gen.Long[0, Quantity.Maximum / 16]);

    /// <summary>The leaves of a usage: one quantity per class, in stored order, and whether optional fields of 0 are left out.</summary>
    private static readonly Gen<(long[] Leaves, bool Sparse)> Made = Gen.Select(Tokens.Array[12], Gen.Bool);

    public static TheoryData<string> Profiles { get; } = [.. UsageProfiles.All.Select(p => p.Id)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void What_a_provider_reports_is_read_back_leaf_by_leaf(string profileId)
    {
        UsageProfiles.TryFind(profileId, out var profile).Should().BeTrue();
        Made.Sample((leaves, sparse) =>
        {
            var made = leaves.ToArray();
            var usage = new UsageWriter(made, sparse).Write(profileId);

            var reading = profile!.Read(Readings.Json(usage.ToJsonString()));

            reading.Violation.Should().BeNull(usage.ToJsonString());
            reading.Leaves.Sum(leaf => leaf.Quantity).Should().Be(reading.Total);
            reading.Leaves.Should().Equal(made.Select((quantity, i) => new UsageLeaf((TokenClass)(i + 1), quantity)).Where(leaf => leaf.Quantity > 0));
        });
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_total_that_is_off_by_anything_is_refused(string profileId)
    {
        UsageProfiles.TryFind(profileId, out var profile).Should().BeTrue();
        Gen.Select(Made, Gen.Long[1, 1000]).Sample((made, off) =>
        {
            var leaves = made.Leaves.ToArray();
            var usage = new UsageWriter(leaves, made.Sparse).Write(profileId);
            // LiteLLM's total may tell that the writes, the whole cache or the reasoning are beside the prompt and the completion.
            if (profileId == "litellm" && MayBeBeside(leaves).Contains(off))
                return;
            var total = new[] { "total_tokens", "totalTokens", "totalTokenCount", "gen_ai.usage.total_tokens" }.FirstOrDefault(usage.ContainsKey);
            if (total is null)
                return; // Anthropic states none.
            usage[total] = (long)usage[total]! + off;

            profile!.Read(Readings.Json(usage.ToJsonString())).Line().Should().Be(UsageViolation.SumMismatch);
        });
    }

    private static long[] MayBeBeside(long[] leaves)
    {
        var writes = Of(TokenClass.CacheWrite) + Of(TokenClass.CacheWrite1h);
        return [writes, writes + Of(TokenClass.CacheRead), Of(TokenClass.OutputReasoning)];

        long Of(TokenClass tokenClass) => leaves[(int)tokenClass - 1];
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void No_object_makes_a_reading_throw_or_lose_tokens(string profileId)
    {
        UsageProfiles.TryFind(profileId, out var profile).Should().BeTrue();
        AnyObjects.Value.Sample(json =>
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            var reading = profile!.Read(document.RootElement);

            reading.Leaves.Sum(leaf => leaf.Quantity).Should().Be(reading.Total);
            reading.Leaves.Should().NotContain(leaf => leaf.Quantity <= 0 || leaf.Quantity > Quantity.Maximum);
            (reading.Violation is null || reading.Leaves.Count == 0).Should().BeTrue();
        }, iter: 2_000);
    }

    [Fact]
    public void No_response_makes_its_reading_throw() => Gen.Select(AnyObjects.Value, AnyObjects.OneOf([.. UsageProfiles.All.Select(p => p.Id)])).Sample((json, profileId) =>
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));

        RawResponse.Read(profileId, document.RootElement).Usage.Should().NotBeNull();
        UsageProfiles.For("openai", document.RootElement).Should().NotBeNull();
    }, iter: 5_000);
}
