using System.Globalization;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// What is read of one record of LiteLLM's logging, its StandardLoggingPayload. The fields are those of LiteLLM's logging specification
/// (docs.litellm.ai/docs/proxy/logging_spec) and of its source, <c>types/utils.py</c>.
/// </summary>
internal readonly struct LitellmRecord
{
    private const string SectorPrefix = "sector:";
    private const string PlanPrefix = "plan:";
    private static readonly string[] Counts = ["prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens"];

    // Whom the tokens were for, the closest first: the end user that the application names; the team, which is the customer or department that a key
    // is given to; the organization above it; the person who made the key; the key's own name. An id only where there is no name.
    private static readonly string[] Accounts =
    [
        "user_api_key_end_user_id", "user_api_key_team_alias", "user_api_key_team_id", "user_api_key_org_alias", "user_api_key_org_id",
        "user_api_key_user_id", "user_api_key_alias",
    ];

    private readonly JsonElement _record;
    private readonly JsonElement _metadata;

    /// <param name="record">A JSON object.</param>
    public LitellmRecord(JsonElement record)
    {
        _record = record;
        _metadata = Member(record, "metadata");
        var usage = Member(_metadata, "usage_object");
        HasUsageObject = CountsTokens(usage) || (usage.ValueKind == JsonValueKind.Object && !CountsTokens(record));
        Usage = HasUsageObject ? usage : record;
        var (provider, model) = (Text(record, "custom_llm_provider"), Text(record, "model"));
        // LiteLLM routes by provider/model; where the provider is told beside it, only its own name is a prefix.
        if (model?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            && (provider is null || model.AsSpan(0, slash).Equals(provider, StringComparison.OrdinalIgnoreCase)))
        {
            provider ??= model[..slash];
            model = model[(slash + 1)..];
        }

        (Provider, Model) = (provider, model);
    }

    /// <summary>Whether the usage comes as an object, with its details; else only three totals are known.</summary>
    public bool HasUsageObject { get; }

    /// <summary>What holds the counts of tokens.</summary>
    public JsonElement Usage { get; }

    /// <summary>As LiteLLM names it, such as <c>vertex_ai</c>.</summary>
    public string? Provider { get; }

    /// <summary>Without the provider in front.</summary>
    public string? Model { get; }

    public string? Id => Text(_record, "id");

    /// <summary>When the answer was complete.</summary>
    public DateTimeOffset? OccurredAt => InstantOf(Member(_record, "endTime")) ?? InstantOf(Member(_record, "startTime"));

    /// <summary>
    /// Whether nothing was produced: an answer from LiteLLM's own cache; a call that only looks something up (a stored response repeats the usage of
    /// the call that made it); and what states no token, such as speech, or a request that failed before the model.
    /// </summary>
    public bool ProducedNothing
    {
        get
        {
            if (Says(_record, "cache_hit", "true") || (Text(_record, "call_type") is { } call && OnlyLooksUp(call)))
                return true;
            if (CountsTokens(Usage))
                return false;
            var usage = Usage;
            return Says(_record, "status", "failure") || Counts.Any(name => Member(usage, name).ValueKind == JsonValueKind.Number);
        }
    }

    /// <summary>end_user, else the first name that the key's metadata holds.</summary>
    public string? Account
    {
        get
        {
            var metadata = _metadata;
            return Text(_record, "end_user") ?? Accounts.Select(name => Text(metadata, name))
                // LiteLLM's name for whoever uses the master key: nobody in particular.
                .FirstOrDefault(name => name is not (null or "default_user_id"));
        }
    }

    /// <summary>
    /// The sector that a tag <c>sector:...</c> names; null without one. Words that are no sector are somebody's own tags. Two sectors, with a comma
    /// between, are none: the event is held back for it.
    /// </summary>
    public string? SectorTag
    {
        get
        {
            var sectors = Tags(SectorPrefix).Select(tag => tag.ToLowerInvariant()).Where(tag => WireNames.TryParseSector(tag, out _)).Distinct().Order(StringComparer.Ordinal).ToList();
            return sectors.Count == 0 ? null : string.Join(',', sectors);
        }
    }

    /// <summary>The plan that a tag <c>plan:...</c> names.</summary>
    public string? Plan => Tags(PlanPrefix).FirstOrDefault(tag => tag.Length <= 128 && !tag.Any(char.IsControl));

    /// <summary>The tier that the provider says it served; else the one that was asked for, where it has a price of its own.</summary>
    public string? ServiceTier
    {
        get
        {
            var served = Text(Member(_record, "response"), "service_tier");
            if (served is not null)
                return served;
            if (Text(_record, "call_type") is "retrieve_batch" or "aretrieve_batch")
                return "batch";
            return Text(Member(_record, "model_parameters"), "service_tier") is { } asked && WireNames.TryParseServiceTier(asked, out _) ? asked : null;
        }
    }

    /// <summary>
    /// response_cost: US dollars, rounded to 12 decimals. Null where LiteLLM could not work it out (it then says 0, or why not) and for what is no
    /// amount: a cost that can't be read is no reason to refuse tokens.
    /// </summary>
    public decimal? Cost
    {
        get
        {
            var cost = Member(_record, "response_cost");
            if (cost.ValueKind != JsonValueKind.Number || Member(_record, "response_cost_failure_debug_info").ValueKind == JsonValueKind.Object)
                return null;
            return ExactDecimal.TryRound(cost.GetRawText(), UnitValue.Decimals, out var amount) && amount >= 0 ? amount : null;
        }
    }

    /// <summary>Writes the counts that stand in the record itself.</summary>
    public void WriteTotals(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var name in Counts.AsSpan(0, 3))
        {
            if (Member(_record, name) is { ValueKind: JsonValueKind.Number } count && count.GetRawText() is { Length: <= 32 } number)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(number);
            }
        }

        writer.WriteEndObject();
    }

    private static bool OnlyLooksUp(string call)
    {
        var name = call.TrimStart('_');
        return Looks(name) || (name.StartsWith('a') && Looks(name[1..]));

        static bool Looks(string name) => name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("list_", StringComparison.Ordinal)
            || name.StartsWith("delete_", StringComparison.Ordinal) || name.StartsWith("cancel_", StringComparison.Ordinal)
            || name is "count_tokens" or "token_counter";
    }

    /// <summary>Whether something there is meant as a count other than 0, readable or not.</summary>
    private static bool CountsTokens(JsonElement usage) => Counts.Any(name => Member(usage, name) switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => false,
        { ValueKind: JsonValueKind.Number } count => !count.TryGetInt64(out var tokens) || tokens != 0,
        _ => true,
    });

    private IEnumerable<string> Tags(string prefix) =>
        new[] { Member(_record, "request_tags"), Member(_metadata, "tags"), Member(Member(_metadata, "requester_metadata"), "tags") }
            .Where(list => list.ValueKind == JsonValueKind.Array)
            .SelectMany(list => list.EnumerateArray())
            .Select(TextOf)
            .Where(tag => tag is not null && tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(tag => tag![prefix.Length..].Trim())
            .Where(tag => tag.Length > 0);

    /// <summary>Unix seconds with a fraction, as a number or in a text, or an RFC 3339 instant. An instant without its offset would be a guess.</summary>
    private static DateTimeOffset? InstantOf(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : TextOf(value);
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
                : null;
        }

        return text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _] && value.TryGetDateTimeOffset(out var instant) ? instant.ToUniversalTime() : null;
    }

    private static bool Says(JsonElement owner, string name, string text) => Member(owner, name) switch
    {
        { ValueKind: JsonValueKind.True } => text == "true",
        { ValueKind: JsonValueKind.String } value => string.Equals(TextOf(value), text, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement owner, string name) => TextOf(Member(owner, name));

    // Null too for a text that is not Unicode: half an emoji in a name must not cost the tokens.
    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString()!.Trim() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
