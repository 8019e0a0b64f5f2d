using System.Globalization;
using Npgsql;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Repricing;

/// <summary>
/// Does one repricing, or what is left of it, lane by lane. What it records is an identity per event, under the number of the next correction: an
/// event that it has been at is known by that, whenever it was cut off, and one that somebody else corrects meanwhile is looked at again.
/// </summary>
internal sealed class RepricingRun(NpgsqlConnection connection, Journal journal, RepricingTask task, RepricingPrices prices, TimeProvider time)
{
    // Small transactions: ingest waits for none of them longer than for another sender's.
    private const int MaxEventsPerPosting = 500;

    // A correction is refused because somebody else's was recorded before it. So many in a row are none of that.
    private const int MaxRefusals = 1_000;
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Works until everything is looked at.</summary>
    /// <returns>False: another has moved the repricing on meanwhile; what is left is to be read anew.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, mark) in task.Marks.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            var parts = key.Split('/');
            var lane = new RepricingLane(long.Parse(parts[0], CultureInfo.InvariantCulture), short.Parse(parts[1], CultureInfo.InvariantCulture),
                task.Position.GetValueOrDefault(key), mark);
            while (lane.Position < lane.Mark)
            {
                var (batches, reached) = await RepricingEventReader.ReadBatchesAsync(connection, task.Selection, lane, cancellationToken);
                var found = await RepriceAsync(lane, batches, cancellationToken);
                if (!await RepricingTasks.AdvanceAsync(connection, task.Id, key, lane.Position, reached, found, cancellationToken))
                    return false;
                lane = lane with { Position = reached };
            }
        }

        await RepricingTasks.CompleteAsync(connection, task.Id, time.GetUtcNow(), cancellationToken);
        return true;
    }

    // Until a look finds nothing more to record. What was recorded before comes out as it did then, so that the last look counts it all.
    private async Task<RepricingCells> RepriceAsync(RepricingLane lane, List<RepricingBatch> batches, CancellationToken cancellationToken)
    {
        for (var refusals = 0; refusals <= MaxRefusals; refusals++)
        {
            var found = new RepricingCells();
            var corrections = new List<LedgerEvent>();
            foreach (var sent in await RepricingEventReader.ReadEventsAsync(connection, task, lane, batches, cancellationToken))
            {
                if (task.Reverts is not null && sent.Reverted is null)
                    continue;
                var outcome = prices.Of(sent);
                found.Add(sent.SectorBefore, outcome);
                if (outcome.Posting is { } correction)
                    corrections.Add(correction);
            }

            if (task.IsDryRun || await PostAsync(lane.SourceId, corrections, cancellationToken))
                return found;
        }

        throw new InvalidOperationException($"Corrections of source {lane.SourceId} were refused {MaxRefusals} times.");
    }

    private async Task<bool> PostAsync(long sourceId, List<LedgerEvent> corrections, CancellationToken cancellationToken)
    {
        foreach (var chunk in corrections.Chunk(MaxEventsPerPosting))
        {
            var kind = task.Selection.ToSector is null ? BatchKind.Repricing : BatchKind.Reclassification;
            var posting = new Posting { SourceId = sourceId, Kind = kind, Events = chunk, Atomic = true };
            if ((await PostPatientlyAsync(posting, cancellationToken)).Refused)
                return false;
        }

        return true;
    }

    // Senders go first: where the queue is full, this waits.
    private async Task<PostingResult> PostPatientlyAsync(Posting posting, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await journal.PostAsync(posting, cancellationToken);
            }
            catch (JournalBusyException)
            {
                await Task.Delay(BusyInterval, time, cancellationToken);
            }
        }
    }
}
