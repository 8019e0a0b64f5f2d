using System.Globalization;

namespace TokenFactory.Api.Ledger;

/// <summary>A table whose rows go into a volume.</summary>
/// <param name="Columns">Its columns, in the order of the file.</param>
/// <param name="Order">The order of its rows.</param>
/// <param name="Of">Which rows: what follows <c>from</c>, with <c>t</c> for the table.</param>
internal sealed record ArchiveTable(LedgerColumns Columns, string Order, string Of)
{
    public string FileName => FileNameOf(Columns);

    public static string FileNameOf(LedgerColumns columns) => $"{columns.Table}.copy.gz";

    /// <summary>Sends the rows. COPY takes no parameters: what is in it are dates and numbers.</summary>
    public string CopySql => $"copy (select {string.Join(", ", Columns.Names.Select(n => $"t.{n}"))} from {Of} order by {Order}) to stdout (format binary)";
}

/// <summary>
/// What a volume holds: every record of its batches, so that each batch can be verified whole. Of these only entries leave the ledger. Deltas leave it too, and
/// are not here: they are made from the entries.
/// </summary>
internal static class ArchiveTables
{
    /// <summary>The order of closing balances.</summary>
    public const string BalanceOrder = "source_id, hour, item_id, sector, buyer_id, currency collate \"C\", vintage";

    /// <summary>The tables whose partitions of the month are dropped. A month that only batches without entries were recorded in, late, may have none.</summary>
    public static readonly string[] Partitioned = [LedgerColumns.Entry.Table, "rollup_delta"];

    private const string Place = "t.source_id, t.recorded_at, t.batch_id";

    public static IReadOnlyList<ArchiveTable> Of(ArchiveMonth month, short volume)
    {
        var which = string.Create(CultureInfo.InvariantCulture, $"a.month = '{month.First:yyyy-MM-dd}' and a.volume = {volume}");
        // By hash: identities have no index by batch, and are read once.
        string OfBatches(string table) =>
            $"{table} t join ledger_archived_batch a on a.source_id = t.source_id and a.batch_id = t.batch_id and a.recorded_at = t.recorded_at where {which}";
        return
        [
            new(LedgerColumns.Entry, $"{Place}, t.entry_no", $"{LedgerColumns.Entry.Table} t where {month.RecordedSql("t")}"),
            new(LedgerColumns.Identity, $"{Place}, t.first_entry_no, t.event_id", OfBatches(LedgerColumns.Identity.Table)),
            new(LedgerColumns.Quarantined, $"{Place}, t.event_id, t.fingerprint", OfBatches(LedgerColumns.Quarantined.Table)),
            new(LedgerColumns.Refusal, $"{Place}, t.refusal_no", OfBatches(LedgerColumns.Refusal.Table)),
            new(LedgerColumns.Batch, $"{Place}, t.lane, t.seq",
                $"ledger_batch t join ledger_archived_batch a on a.source_id = t.source_id and a.lane = t.lane and a.seq = t.seq where {which}"),
            new(LedgerColumns.Run, "t.first_leaf",
                $"ledger_tree_run t join ledger_archive_lane a on a.source_id = t.source_id and a.lane = t.lane and t.last_seq >= a.first_seq and t.first_seq <= a.last_seq where {which}"),
            new(LedgerColumns.ClosingBalance, BalanceOrder, $"{LedgerColumns.ClosingBalance.Table} t where t.month = '{month.First:yyyy-MM-dd}' and t.volume = {volume}"),
        ];
    }
}
