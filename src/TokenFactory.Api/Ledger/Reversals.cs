using System.Security.Cryptography;
using System.Text;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Takes an event back by entries of the opposite sign that point at what they reverse: same item, sector, account, instant, unit value
/// and rate, recorded today. It owns an identity under a reserved key, so that it happens at most once.
/// </summary>
internal sealed class Reversals(Journal journal, EventReader events)
{
    private const byte FingerprintVersion = 1;

    /// <summary>Reverses an event. Asking again answers the first reversal.</summary>
    /// <returns>The outcome and the reversal's receipt; null when the source has recorded no such event.</returns>
    public async Task<(EventOutcome Outcome, Receipt Receipt)?> ReverseAsync(
        string source, long sourceId, string eventId, string? reason, CancellationToken cancellationToken)
    {
        if (await events.FindAsync(source, sourceId, eventId, "recorded", cancellationToken) is not { } original)
            return null;

        var key = ReservedKeys.Reversal(eventId);
        var reversal = original.Event with
        {
            EventId = key,
            Fingerprint = FingerprintOf(key),
            Reason = reason,
            Lines = [.. original.Event.Lines.Select((line, index) => line with
            {
                Quantity = -line.Quantity,
                Amount = -line.Amount,
                ReportingAmount = -line.ReportingAmount,
                Reverses = original.First with { EntryNo = original.First.EntryNo + index },
            })],
        };
        var result = await journal.PostAsync(
            new Posting { SourceId = sourceId, Kind = BatchKind.Reversal, Events = [reversal] }, cancellationToken);
        var outcome = result.Events[0].Outcome;
        var recorded = await events.FindAsync(source, sourceId, key, outcome == EventOutcome.Accepted ? "accepted" : "duplicate", cancellationToken)
            ?? throw new InvalidOperationException($"The reversal {key} was recorded but is not there.");
        return (outcome, recorded.Receipt);
    }

    // What is reversed follows from the key alone, so that a second request with another reason is still the same reversal.
    private static byte[] FingerprintOf(string key) => [FingerprintVersion, .. SHA256.HashData(Encoding.UTF8.GetBytes(key))];
}
