using System.Text.Json;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>Usages that are priced and not recorded: an event whose source, id and time may be left out, or a provider's response.</summary>
internal sealed partial class EventParser
{
    /// <summary>Parses an event, or a raw usage: an object with <c>provider</c>, <c>flavor</c> or <c>response</c>.</summary>
    /// <param name="json">Exactly one JSON value.</param>
    /// <param name="violations">Receives every violation.</param>
    public QuotedUsage ParseQuoted(ReadOnlySpan<byte> json, EventViolations violations)
    {
        var form = IsRaw(json) ? Form.Raw : Form.Quoted;
        var draft = Parse(json, form, violations);
        var saysWhen = draft.Seen.HasFlag(Members.OccurredAt);
        if (!saysWhen)
            draft.Event.OccurredAt = ToMicroseconds(time.GetUtcNow());
        return new QuotedUsage(draft.Event, form == Form.Raw
            ? new RawUsage(draft.Flavor, draft.Response, saysWhen, draft.Seen.HasFlag(Members.ServiceTier))
            : null);
    }

    /// <summary>Parses a raw usage that is to be recorded.</summary>
    /// <param name="json">Exactly one JSON value.</param>
    /// <param name="mayLackSource">Whether its request says the source.</param>
    /// <param name="violations">Receives every violation.</param>
    /// <returns>The event without what its response says; and the response, null where there is none.</returns>
    public (UsageEvent Event, RawUsage? Raw) ParseRaw(ReadOnlySpan<byte> json, bool mayLackSource, EventViolations violations)
    {
        var draft = Parse(json, mayLackSource ? Form.RawOfSource : Form.RawRecorded, violations);
        return (draft.Event, draft.Seen.HasFlag(Members.Response)
            ? new RawUsage(draft.Flavor, draft.Response, draft.Seen.HasFlag(Members.OccurredAt), draft.Seen.HasFlag(Members.ServiceTier))
            : null);
    }

    /// <summary>Adds to an event what a provider's response says: tokens, and where the sender does not say it, model, tier and time.</summary>
    /// <param name="sent">Receives it.</param>
    /// <param name="raw">The response.</param>
    /// <param name="producer">The id of the producer that the provider's name stands for; null: it stands for none.</param>
    /// <param name="violations">Receives what can't be read, or is left open.</param>
    /// <returns>The profile that it was read with; null: there is none.</returns>
    public UsageProfile? ReadResponse(UsageEvent sent, RawUsage raw, string? producer, EventViolations violations)
    {
        if (ProfileOf(sent.Producer, raw, producer, violations) is not { } profile)
            return null;
        var response = RawResponse.Read(profile, raw.Response);
        if (response.Usage.Violation is { } violation)
        {
            violations.Add("/response", violation.Code, violation.Detail);
            return profile;
        }

        sent.UsageProfile = profile.NameOf(response.Usage);
        sent.Usage = [.. response.Usage.Leaves.Select(leaf => new UsageLine(leaf.TokenClass, leaf.Quantity, null))];
        foreach (var leaf in response.Usage.Leaves.Where(l => l.Quantity > options.MaxQuantity))
            violations.Add("/response", UsageViolation.OutOfRange, $"More than {options.MaxQuantity} tokens of one class.");
        if (sent.Model.Length == 0 && response.Model is { } model)
            sent.Model = CheckName(model, "/model", violations) ?? "";
        else if (sent.Model.Length == 0)
            violations.Add("/model", "required", "The response does not say which model made it; name it.");
        if (!raw.SaysWhen && response.CreatedAt is { } made)
            sent.OccurredAt = CheckInstant(made, "/occurred_at", Form.Raw, violations);
        if (!raw.SaysTier && response.ServiceTier is { } tier)
            sent.ServiceTier = tier;
        else if (!raw.SaysTier && response.ServiceTierAsSent is not null)
            violations.Add("/service_tier", "unknown_value", "The response names a service tier that has no counterpart here; say which of them it is.");
        return profile;
    }

    private static UsageProfile? ProfileOf(string provider, RawUsage raw, string? producer, EventViolations violations)
    {
        var all = string.Join(", ", UsageProfiles.All.Select(p => p.Id));
        if (raw.Flavor is { } flavor)
        {
            if (UsageProfiles.TryFind(flavor, out var named))
                return named;
            violations.Add("/flavor", "unknown_value", $"Must be one of {all}.");
            return null;
        }

        if ((UsageProfiles.For(provider, raw.Response) ?? (producer is null ? null : UsageProfiles.For(producer, raw.Response))) is { } known)
            return known;
        violations.Add("/flavor", "required", $"Nothing is known of this provider's responses; say which shape they have: one of {all}.");
        return null;
    }

    private static bool IsRaw(ReadOnlySpan<byte> json)
    {
        const Members raw = Members.Provider | Members.Flavor | Members.Response;
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if ((MemberOf(ref reader) & raw) != Members.None)
                    return true;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What is wrong is told when it is read in earnest.
        }

        return false;
    }
}
