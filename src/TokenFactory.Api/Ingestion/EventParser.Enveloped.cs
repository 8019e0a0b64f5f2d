namespace TokenFactory.Api.Ingestion;

/// <summary>Events that lie in an envelope, which says where they come from and when they occurred.</summary>
internal sealed partial class EventParser
{
    /// <summary>Parses an event that may leave its source, id and time to its envelope.</summary>
    /// <param name="json">Exactly one JSON value.</param>
    /// <param name="violations">Receives every violation of the event itself.</param>
    /// <returns>The event, with an empty source or id where it says none; and whether it says when it occurred.</returns>
    public (UsageEvent Event, bool SaysWhen) ParseEnveloped(ReadOnlySpan<byte> json, EventViolations violations)
    {
        var draft = Parse(json, Form.Enveloped, violations);
        return (draft.Event, draft.Seen.HasFlag(Members.OccurredAt));
    }
}
