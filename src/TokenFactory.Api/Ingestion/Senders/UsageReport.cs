using System.Globalization;
using System.Text;
using System.Text.Json;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// A provider's own report of an organization's usage: pages of time buckets, each with a result per group. Facts of the two APIs:
/// <list type="bullet">
/// <item>OpenAI, <c>GET /v1/organization/usage/completions</c>, <c>.../embeddings</c> (API reference, openai-python and openai-ruby): data[] are buckets
/// with start_time and end_time (Unix seconds, end excluded) and results[], whose object is <c>organization.usage.completions.result</c> and whose
/// project_id, user_id, api_key_id, model, batch, service_tier are null unless the report is grouped by them.</item>
/// <item>Anthropic, <c>GET /v1/organizations/usage_report/messages</c> (Admin API reference): data[] with starting_at and ending_at (RFC 3339) and results[]
/// with api_key_id, workspace_id, model, service_tier, context_window in the same way; the default workspace's id is null.</item>
/// </list>
/// </summary>
internal sealed record UsageReport
{
    public static readonly UsageReport OpenAi = new()
    {
        Shape = SenderShapes.OpenAiUsage,
        Provider = "openai",
        Profile = UsageProfiles.OpenAiUsage,
        IdPrefix = "openai-usage",
        Start = "start_time",
        End = "end_time",
        Account = "project_id",
    };

    public static readonly UsageReport Anthropic = new()
    {
        Shape = SenderShapes.AnthropicUsage,
        Provider = "anthropic",
        Profile = UsageProfiles.AnthropicUsage,
        IdPrefix = "anthropic-usage",
        Start = "starting_at",
        End = "ending_at",
        Account = "workspace_id",
    };

    public required string Shape { get; init; }
    public required string Provider { get; init; }
    public required string Profile { get; init; }
    public required string IdPrefix { get; init; }

    /// <summary>The members of a bucket that hold its bounds.</summary>
    public required string Start { get; init; }
    public required string End { get; init; }

    /// <summary>The member of a result that names the account.</summary>
    public required string Account { get; init; }

    /// <summary>Unix seconds or RFC 3339; null where it is neither.</summary>
    public static DateTimeOffset? InstantOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var seconds) && seconds is >= 0 and < 4_102_444_800 => DateTimeOffset.FromUnixTimeSeconds(seconds),
        JsonValueKind.String when value.GetString() is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _] && value.TryGetDateTimeOffset(out var instant) =>
            instant.ToUniversalTime(),
        _ => null,
    };

    /// <summary>
    /// The id of a result: the bucket's bounds and whatever the report is grouped by, which is every member of the result that is a text or a truth value.
    /// The numbers are what is counted: with other ones it is the same result, corrected.
    /// </summary>
    public string IdOf(DateTimeOffset start, DateTimeOffset end, JsonElement result)
    {
        var group = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{start.ToUnixTimeMilliseconds()}/{end.ToUnixTimeMilliseconds()}"));
        foreach (var member in result.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)
                group.Append('\n').Append(member.Name).Append('=').Append(JsonSerializer.Serialize(member.Value.ToString()));
        }

        return ReportedUsage.IdOf(string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}-{start:yyyyMMdd'T'HHmm'Z'}"), Encoding.UTF8.GetBytes(group.ToString()));
    }
}
