using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

/// <summary>The statements of one ledger transaction, in their order.</summary>
/// <remarks>Values are written synchronously into Npgsql's buffer: a writer owns its thread while it copies, and an await per value costs more than it saves.</remarks>
internal sealed partial class JournalWriter
{
    private static async Task CopyIdentitiesAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, BatchPlan plan, CancellationToken cancellationToken)
    {
        if (plan.NewEvents.Count == 0)
            return;
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy event_identity (source_id, event_id, fingerprint, recorded_at, batch_id, first_entry_no, entry_count,
                                 reported_amount, reported_currency, region, reason, repricing_id, usage_profile, sent_model)
            from stdin (format binary)
            """, cancellationToken);
        foreach (var (ledgerEvent, firstEntryNo) in plan.NewEvents)
        {
            copy.StartRow();
            copy.Write(sourceId, NpgsqlDbType.Bigint);
            copy.Write(ledgerEvent.EventId, NpgsqlDbType.Text);
            copy.Write(ledgerEvent.Fingerprint, NpgsqlDbType.Bytea);
            copy.Write(recordedAt, NpgsqlDbType.TimestampTz);
            copy.Write(batchId, NpgsqlDbType.Bigint);
            copy.Write(firstEntryNo, NpgsqlDbType.Integer);
            copy.Write((short)ledgerEvent.Lines.Length, NpgsqlDbType.Smallint);
            WriteOrNull(copy, ledgerEvent.ReportedAmount, NpgsqlDbType.Numeric);
            WriteOrNull(copy, ledgerEvent.ReportedCurrency);
            WriteOrNull(copy, ledgerEvent.Region);
            WriteOrNull(copy, ledgerEvent.Reason);
            WriteOrNull(copy, ledgerEvent.RepricingId, NpgsqlDbType.Bigint);
            WriteOrNull(copy, ledgerEvent.UsageProfile);
            WriteOrNull(copy, ledgerEvent.SentModel);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyEntriesAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, BatchPlan plan, CancellationToken cancellationToken)
    {
        if (plan.NewEvents.Count == 0)
            return;
        var deltas = new DeltaSet();
        await using (var copy = await connection.BeginBinaryImportAsync(
            """
            copy ledger_entry (source_id, recorded_at, batch_id, entry_no, event_id, occurred_at, item_id, account_id, buyer_id, sector,
                               quantity, basis, unit_value, currency, rate_id, amount, fx_rate_id, reporting_amount,
                               reverses_recorded_at, reverses_batch_id, reverses_entry_no, sector_basis, sector_rule_id)
            from stdin (format binary)
            """, cancellationToken))
        {
            var entryNo = 0;
            foreach (var (ledgerEvent, _) in plan.NewEvents)
            {
                foreach (ref readonly var line in ledgerEvent.Lines.AsSpan())
                {
                    copy.StartRow();
                    copy.Write(sourceId, NpgsqlDbType.Bigint);
                    copy.Write(recordedAt, NpgsqlDbType.TimestampTz);
                    copy.Write(batchId, NpgsqlDbType.Bigint);
                    copy.Write(entryNo++, NpgsqlDbType.Integer);
                    WriteEntry(copy, ledgerEvent, line);
                    deltas.Add(ledgerEvent, line);
                }
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await CopyDeltasAsync(connection, sourceId, recordedAt, batchId, deltas, cancellationToken);
    }

    private static void WriteEntry(NpgsqlBinaryImporter copy, LedgerEvent ledgerEvent, in LedgerLine line)
    {
        copy.Write(ledgerEvent.EventId, NpgsqlDbType.Text);
        copy.Write(ledgerEvent.OccurredAt, NpgsqlDbType.TimestampTz);
        copy.Write(line.ItemId, NpgsqlDbType.Integer);
        WriteOrNull(copy, ledgerEvent.AccountId, NpgsqlDbType.Bigint);
        copy.Write(ledgerEvent.BuyerId, NpgsqlDbType.Integer);
        copy.Write((short)line.Sector.Sector, NpgsqlDbType.Smallint);
        copy.Write(line.Quantity, NpgsqlDbType.Bigint);
        copy.Write((short)line.Basis, NpgsqlDbType.Smallint);
        WriteOrNull(copy, line.UnitValue?.ValuePerMillionTokens, NpgsqlDbType.Numeric);
        WriteOrNull(copy, line.Currency);
        WriteOrNull(copy, line.RateId, NpgsqlDbType.Bigint);
        WriteOrNull(copy, line.Amount, NpgsqlDbType.Numeric);
        WriteOrNull(copy, line.FxRateId, NpgsqlDbType.Bigint);
        WriteOrNull(copy, line.ReportingAmount, NpgsqlDbType.Numeric);
        WriteOrNull(copy, line.Reverses?.RecordedAt, NpgsqlDbType.TimestampTz);
        WriteOrNull(copy, line.Reverses?.BatchId, NpgsqlDbType.Bigint);
        WriteOrNull(copy, line.Reverses?.EntryNo, NpgsqlDbType.Integer);
        WriteOrNull(copy, line.Sector.Basis == SectorBasis.Unrecorded ? (short?)null : (short)line.Sector.Basis, NpgsqlDbType.Smallint);
        WriteOrNull(copy, line.Sector.RuleId, NpgsqlDbType.Integer);
    }

    private static async Task CopyDeltasAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, DeltaSet deltas, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy rollup_delta (source_id, recorded_at, batch_id, hour, item_id, sector, buyer_id, currency,
                               entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
            from stdin (format binary)
            """, cancellationToken);
        foreach (var (cell, delta) in deltas.Deltas)
        {
            copy.StartRow();
            copy.Write(sourceId, NpgsqlDbType.Bigint);
            copy.Write(recordedAt, NpgsqlDbType.TimestampTz);
            copy.Write(batchId, NpgsqlDbType.Bigint);
            copy.Write(cell.Hour, NpgsqlDbType.TimestampTz);
            copy.Write(cell.ItemId, NpgsqlDbType.Integer);
            copy.Write((short)cell.Sector, NpgsqlDbType.Smallint);
            copy.Write(cell.BuyerId, NpgsqlDbType.Integer);
            copy.Write(cell.Currency, NpgsqlDbType.Text);
            copy.Write(delta.EntryCount, NpgsqlDbType.Bigint);
            copy.Write(delta.Quantity, NpgsqlDbType.Numeric);
            copy.Write(delta.PricedQuantity, NpgsqlDbType.Numeric);
            copy.Write(delta.FreeQuantity, NpgsqlDbType.Numeric);
            copy.Write(delta.Amount, NpgsqlDbType.Numeric);
            copy.Write(delta.ReportingAmount, NpgsqlDbType.Numeric);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task InsertRefusalsAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, IReadOnlyList<Refusal> refusals,
        CancellationToken cancellationToken)
    {
        if (refusals.Count == 0)
            return;
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy event_refusal (source_id, recorded_at, batch_id, refusal_no, outcome, event_id, code, detail, fingerprint)
            from stdin (format binary)
            """, cancellationToken);
        for (var i = 0; i < refusals.Count; i++)
        {
            var refusal = refusals[i];
            copy.StartRow();
            copy.Write(sourceId, NpgsqlDbType.Bigint);
            copy.Write(recordedAt, NpgsqlDbType.TimestampTz);
            copy.Write(batchId, NpgsqlDbType.Bigint);
            copy.Write(i, NpgsqlDbType.Integer);
            copy.Write((short)refusal.Outcome, NpgsqlDbType.Smallint);
            WriteOrNull(copy, refusal.EventId);
            copy.Write(refusal.Code, NpgsqlDbType.Text);
            copy.Write(refusal.Detail, NpgsqlDbType.Text);
            if (refusal.Fingerprint is { } fingerprint)
                copy.Write(fingerprint, NpgsqlDbType.Bytea);
            else
                copy.WriteNull();
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyQuarantinedAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, IReadOnlyList<LedgerEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return;
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy quarantined_event (source_id, event_id, fingerprint, recorded_at, batch_id, shape, code, detail, occurred_at, producer, model, payload)
            from stdin (format binary)
            """, cancellationToken);
        foreach (var ledgerEvent in events)
        {
            var held = ledgerEvent.Quarantine!;
            copy.StartRow();
            copy.Write(sourceId, NpgsqlDbType.Bigint);
            copy.Write(ledgerEvent.EventId, NpgsqlDbType.Text);
            copy.Write(ledgerEvent.Fingerprint, NpgsqlDbType.Bytea);
            copy.Write(recordedAt, NpgsqlDbType.TimestampTz);
            copy.Write(batchId, NpgsqlDbType.Bigint);
            copy.Write(held.Shape, NpgsqlDbType.Text);
            copy.Write(held.Code, NpgsqlDbType.Text);
            copy.Write(held.Detail, NpgsqlDbType.Text);
            WriteOrNull(copy, held.OccurredAt, NpgsqlDbType.TimestampTz);
            WriteOrNull(copy, held.Producer);
            WriteOrNull(copy, held.Model);
            copy.Write(held.Payload, NpgsqlDbType.Json);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task CloseBatchAsync(
        NpgsqlConnection connection, long sourceId, DateTimeOffset recordedAt, long batchId, BatchKind kind, BatchPlan plan,
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

        if (await command.ExecuteNonQueryAsync(cancellationToken) != 1)
            throw new StaleTransactionException();
    }

    private static void WriteOrNull<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type) where T : struct
    {
        if (value is { } present)
            copy.Write(present, type);
        else
            copy.WriteNull();
    }

    private static void WriteOrNull(NpgsqlBinaryImporter copy, string? value)
    {
        if (value is not null)
            copy.Write(value, NpgsqlDbType.Text);
        else
            copy.WriteNull();
    }
}
