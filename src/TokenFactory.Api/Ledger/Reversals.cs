namespace TokenFactory.Api.Ledger;

/// <summary>
/// Takes an event back by entries of the opposite sign that point at what they reverse: same item, sector, account, instant, unit value
/// and rate, recorded today. It owns an identity under a reserved key, so that it happens at most once.
/// </summary>
internal sealed class Reversals(Journal journal, EventReader events)
{
    // Whoever comes first wins the number, so that of many at once all but one look again.
    private const int MaxRetries = 100;

    /// <summary>Reverses an event: the entries of it that are in force. Asking again answers the first reversal.</summary>
    /// <returns>
    /// The outcome and the reversal's receipt; null when the source has recorded no such event. Where entries of the event are archived nothing is recorded, and the
    /// receipt is the event's own.
    /// </returns>
    public async Task<(EventOutcome Outcome, Receipt Receipt)?> ReverseAsync(
        string source, long sourceId, string eventId, string? reason, CancellationToken cancellationToken)
    {
        var key = ReservedKeys.Reversal(eventId);
        for (var attempt = 0; attempt < MaxRetries; attempt++)
        {
            if (await events.FindAsync(source, sourceId, eventId, "recorded", cancellationToken) is not { } original)
                return null;
            var outcome = EventOutcome.Duplicate;
            if (original.Receipt.Reversal is null)
            {
                // What would be taken back is not here.
                if (original.Event is not { } inForce)
                    return (EventOutcome.Rejected, original.Receipt);
                var result = await journal.PostAsync(PostingOf(sourceId, key, reason, inForce, original), cancellationToken);
                if (result.Refused)
                    continue;
                outcome = result.Events[0].Outcome;
            }

            var recorded = await events.FindAsync(source, sourceId, key, outcome == EventOutcome.Accepted ? "accepted" : "duplicate", cancellationToken)
                ?? throw new InvalidOperationException($"The reversal {key} was recorded but is not there.");
            return (outcome, recorded.Receipt);
        }

        throw new InvalidOperationException($"The event {eventId} is priced anew faster than it can be reversed.");
    }

    // What is reversed follows from the key alone, so that a second request with another reason is still the same reversal.
    private static Posting PostingOf(long sourceId, string key, string? reason, LedgerEvent inForce, LedgerEventRecord original)
    {
        var reversal = inForce with
        {
            EventId = key,
            Fingerprint = ReservedKeys.FingerprintOf(key),
            Reason = reason,
            Lines = [.. inForce.TakenBack(original.Positions)],
        };
        var fence = ReservedKeys.Repricing(inForce.EventId, original.Corrections + 1);
        return new Posting
        {
            SourceId = sourceId,
            Kind = BatchKind.Reversal,
            Events = [reversal, reversal with { EventId = fence, Fingerprint = ReservedKeys.FingerprintOf(fence, "reversal"), Reason = null, Lines = [] }],
            Atomic = true,
        };
    }
}
