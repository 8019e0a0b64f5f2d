using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

/// <summary>The statements of one ledger transaction, in their order.</summary>
internal sealed partial class JournalWriter
{
    private static async Task CopyIdentitiesAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, BatchPlan plan, BatchSeal seal, CancellationToken cancellationToken)
    {
        if (plan.NewEvents.Count == 0)
            return;
        await using var copy = await CopyWriter.BeginAsync(connection, LedgerColumns.Identity.Table, LedgerColumns.Identity.Names, cancellationToken);
        for (var index = 0; index < plan.NewEvents.Count; index++)
        {
            var (ledgerEvent, firstEntryNo) = plan.NewEvents[index];
            var mark = copy.Mark;
            copy.StartRow();
            copy.Add(sourceId);
            copy.Add(ledgerEvent.EventId);
            copy.Add(ledgerEvent.Fingerprint);
            copy.Add(recordedAt);
            copy.Add(batchId);
            copy.Add(firstEntryNo);
            copy.Add((short)ledgerEvent.Lines.Length);
            copy.Add(ledgerEvent.ReportedAmount);
            copy.Add(ledgerEvent.ReportedCurrency);
            copy.Add(ledgerEvent.Region);
            copy.Add(ledgerEvent.Reason);
            copy.Add(ledgerEvent.RepricingId);
            copy.Add(ledgerEvent.UsageProfile);
            copy.Add(ledgerEvent.SentModel);
            seal.AddIdentity(index, copy.Since(mark));
            if (copy.IsFull)
                await copy.FlushAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyEntriesAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, BatchPlan plan, BatchSeal seal, CancellationToken cancellationToken)
    {
        if (plan.NewEvents.Count == 0)
            return;
        var deltas = new DeltaSet();
        await using (var copy = await CopyWriter.BeginAsync(connection, LedgerColumns.Entry.Table, LedgerColumns.Entry.Names, cancellationToken))
        {
            for (var index = 0; index < plan.NewEvents.Count; index++)
            {
                var (ledgerEvent, firstEntryNo) = plan.NewEvents[index];
                var mark = copy.Mark;
                for (var i = 0; i < ledgerEvent.Lines.Length; i++)
                {
                    copy.StartRow();
                    copy.Add(sourceId);
                    copy.Add(recordedAt);
                    copy.Add(batchId);
                    copy.Add(firstEntryNo + i);
                    AddEntry(copy, ledgerEvent, ledgerEvent.Lines[i]);
                    deltas.Add(ledgerEvent, ledgerEvent.Lines[i]);
                }

                seal.AddEntries(index, copy.Since(mark));
                if (copy.IsFull)
                    await copy.FlushAsync(cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await CopyDeltasAsync(connection, sourceId, recordedAt, batchId, deltas, cancellationToken);
    }

    private static void AddEntry(CopyWriter copy, LedgerEvent ledgerEvent, in LedgerLine line)
    {
        copy.Add(ledgerEvent.EventId);
        copy.Add(ledgerEvent.OccurredAt);
        copy.Add(line.ItemId);
        copy.Add(ledgerEvent.AccountId);
        copy.Add(ledgerEvent.BuyerId);
        copy.Add((short)line.Sector.Sector);
        copy.Add(line.Quantity);
        copy.Add((short)line.Basis);
        copy.Add(line.UnitValue?.ValuePerMillionTokens);
        copy.Add(line.Currency);
        copy.Add(line.RateId);
        copy.Add(line.Amount);
        copy.Add(line.FxRateId);
        copy.Add(line.ReportingAmount);
        copy.Add(line.Reverses?.RecordedAt);
        copy.Add(line.Reverses?.BatchId);
        copy.Add(line.Reverses?.EntryNo);
        copy.Add(line.Sector.Basis == SectorBasis.Unrecorded ? null : (short)line.Sector.Basis);
        copy.Add(line.Sector.RuleId);
    }

    private static async Task CopyDeltasAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, DeltaSet deltas, CancellationToken cancellationToken)
    {
        await using var copy = await CopyWriter.BeginAsync(connection, "rollup_delta",
            ["source_id", "recorded_at", "batch_id", "hour", "item_id", "sector", "buyer_id", "currency",
                "entry_count", "quantity", "priced_quantity", "free_quantity", "amount", "reporting_amount"], cancellationToken);
        foreach (var (cell, delta) in deltas.Deltas)
        {
            copy.StartRow();
            copy.Add(sourceId);
            copy.Add(recordedAt);
            copy.Add(batchId);
            copy.Add(cell.Hour);
            copy.Add(cell.ItemId);
            copy.Add((short)cell.Sector);
            copy.Add(cell.BuyerId);
            copy.Add(cell.Currency);
            copy.Add(delta.EntryCount);
            copy.Add(delta.Quantity);
            copy.Add(delta.PricedQuantity);
            copy.Add(delta.FreeQuantity);
            copy.Add(delta.Amount);
            copy.Add(delta.ReportingAmount);
            if (copy.IsFull)
                await copy.FlushAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyRefusalsAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, IReadOnlyList<Refusal> refusals, BatchSeal seal,
        CancellationToken cancellationToken)
    {
        if (refusals.Count == 0)
            return;
        await using var copy = await CopyWriter.BeginAsync(connection, LedgerColumns.Refusal.Table, LedgerColumns.Refusal.Names, cancellationToken);
        for (var i = 0; i < refusals.Count; i++)
        {
            var refusal = refusals[i];
            var mark = copy.Mark;
            copy.StartRow();
            copy.Add(sourceId);
            copy.Add(recordedAt);
            copy.Add(batchId);
            copy.Add(i);
            copy.Add((short)refusal.Outcome);
            copy.Add(refusal.EventId);
            copy.Add(refusal.Code);
            copy.Add(refusal.Detail);
            if (refusal.Fingerprint is { } fingerprint)
                copy.Add(fingerprint);
            else
                copy.AddNull();
            seal.AddOther('R', copy.Since(mark));
            if (copy.IsFull)
                await copy.FlushAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyQuarantinedAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, IReadOnlyList<LedgerEvent> events, BatchSeal seal,
        CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return;
        await using var copy = await CopyWriter.BeginAsync(connection, LedgerColumns.Quarantined.Table, LedgerColumns.Quarantined.Names, cancellationToken);
        foreach (var ledgerEvent in events)
        {
            var held = ledgerEvent.Quarantine!;
            var mark = copy.Mark;
            copy.StartRow();
            copy.Add(sourceId);
            copy.Add(ledgerEvent.EventId);
            copy.Add(ledgerEvent.Fingerprint);
            copy.Add(recordedAt);
            copy.Add(batchId);
            copy.Add(held.Shape);
            copy.Add(held.Code);
            copy.Add(held.Detail);
            copy.Add(held.OccurredAt);
            copy.Add(held.Producer);
            copy.Add(held.Model);
            copy.Add(held.Payload.Span);
            seal.AddOther('Q', copy.Since(mark));
            if (copy.IsFull)
                await copy.FlushAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task CloseBatchAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, BatchKind kind, BatchPlan plan, BatchSeal seal,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("Ledger/close_batch.sql"), connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sourceId });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = _lane });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batchId });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)kind });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = recordedAt });
        foreach (var count in (ReadOnlySpan<int>)[plan.Counts.Received, plan.Counts.Accepted, plan.Counts.Duplicate, plan.Counts.Conflict,
            plan.Counts.Rejected, plan.Counts.Quarantined, plan.EntryCount])
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        }

        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = LedgerColumns.Format });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = seal.Root() });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = seal.Leaves });

        // Planned once for the connection; asked for again, it is there already.
        await command.PrepareAsync(cancellationToken);
        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
            throw new StaleTransactionException();
    }
}
