using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>What a verification found.</summary>
internal sealed class VerificationReport
{
    private const int MostShown = 100;
    private readonly List<string> _faults = [];

    public long Batches { get; set; }
    public long Events { get; set; }
    public long Entries { get; set; }

    /// <summary>Entries of archived months: not here, by signed manifests.</summary>
    public long ArchivedEntries { get; set; }
    public long OtherRows { get; set; }
    public long Sealed { get; set; }
    public long Checkpoints { get; set; }

    /// <summary>Batches that a version without chains wrote: nothing shows whether they were altered.</summary>
    public long Unchained { get; set; }

    /// <summary>What is wrong, the first hundred.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public long FaultCount { get; private set; }

    public bool IsIntact => FaultCount == 0;

    public void Add(string fault)
    {
        FaultCount++;
        if (_faults.Count < MostShown)
            _faults.Add(fault);
    }
}

/// <summary>What whoever verifies knows by himself.</summary>
/// <param name="Keys">Public keys that are trusted; none: those that the database names, which shows less.</param>
/// <param name="Checkpoints">Checkpoints that were kept elsewhere, as notes.</param>
/// <param name="Origin">The origin that these must name; null: any.</param>
internal sealed record Trust(IReadOnlyList<ECDsa> Keys, IReadOnlyList<string> Checkpoints, string? Origin = null);

/// <summary>
/// Verifies a ledger from its rows alone: every record against the leaf of its batch, batches against their roots and chains, chains against the tree, the tree
/// against its signed checkpoints, and against those that were kept elsewhere.
/// </summary>
/// <param name="connection">In a transaction that sees one moment (REPEATABLE READ).</param>
/// <param name="trust">What is known otherwise.</param>
internal sealed class LedgerVerifier(NpgsqlConnection connection, Trust trust)
{
    private static readonly string[] Tables =
        ["ledger_batch", "journal_lane", LedgerColumns.Identity.Table, LedgerColumns.Entry.Table, LedgerColumns.Refusal.Table, LedgerColumns.Quarantined.Table];

    private readonly VerificationReport _report = new();

    /// <summary>Reads everything once.</summary>
    public async Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken)
    {
        await VerifyTablesAsync(cancellationToken);
        var keys = trust.Keys.Count > 0 ? trust.Keys : await KeysAsync(connection, _report, cancellationToken);
        var archived = await ArchivedMonths.LoadAsync(connection, keys, _report, cancellationToken);
        foreach (var sourceId in await SourcesAsync(cancellationToken))
            await VerifyRecordsAsync(sourceId, archived, cancellationToken);
        archived.End();
        await new ChainVerifier(connection, _report).VerifyAsync(cancellationToken);
        await new TreeVerifier(connection, trust, keys, _report).VerifyAsync(archived.Checkpoints, cancellationToken);
        return _report;
    }

    // A view in the place of a table, or a policy on its rows, would show to whoever verifies what the service does not read.
    private async Task VerifyTablesAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select t.name from unnest($1) t (name) left join pg_class c on c.oid = to_regclass(t.name)
            where c.oid is null or c.relkind not in ('r', 'p') or c.relrowsecurity or c.relforcerowsecurity
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Tables, .. TreeVerifier.Tables, .. ArchivedMonths.Tables] });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            _report.Add($"{row.GetString(0)} is not there as a table whose rows everybody sees alike.");
    }

    // Every source that any row names, also one that nothing else knows.
    private async Task<List<long>> SourcesAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{string.Join(" union ", Tables.Select(t => $"select source_id from {t}"))} order by 1", connection) { CommandTimeout = 0 };
        var sources = new List<long>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            sources.Add(row.GetInt64(0));
        return sources;
    }

    private async Task VerifyRecordsAsync(long sourceId, ArchivedMonths archived, CancellationToken cancellationToken)
    {
        // Entries have an index of this order.
        var of = string.Create(CultureInfo.InvariantCulture, $"where source_id = {sourceId} order by recorded_at, batch_id");
        const string place = "source_id, recorded_at, batch_id";
        await new RecordVerifier(_report, archived).VerifyAsync(new RecordCursors(
            await RowCursor<BatchRow>.OpenAsync(connection, "verify_batches", $"select {BatchRow.Columns} from ledger_batch {of}, lane, seq", BatchRow.Read, cancellationToken),
            await RowCursor<IdentityRow>.OpenAsync(connection, "verify_identities",
                $"select {place}, event_id, first_entry_no, entry_count, {LedgerColumns.Identity.RowSql} from event_identity {of}, first_entry_no, event_id", IdentityRow.Read, cancellationToken),
            await RowCursor<EntryRow>.OpenAsync(connection, "verify_entries",
                $"select {place}, entry_no, {LedgerColumns.Entry.RowSql} from ledger_entry {of}, entry_no", EntryRow.Read, cancellationToken),
            await RowCursor<OtherRow>.OpenAsync(connection, "verify_refusals",
                $"select {place}, 'R', {LedgerColumns.Refusal.RowSql} from event_refusal {of}", OtherRow.Read, cancellationToken),
            await RowCursor<OtherRow>.OpenAsync(connection, "verify_quarantined",
                $"select {place}, 'Q', {LedgerColumns.Quarantined.RowSql} from quarantined_event {of}", OtherRow.Read, cancellationToken)), cancellationToken);
        archived.EndSource(sourceId);
    }

    /// <summary>The keys that a ledger names itself.</summary>
    public static async Task<List<ECDsa>> KeysAsync(NpgsqlConnection connection, VerificationReport report, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select key_id, public_key from ledger_checkpoint_key", connection);
        var keys = new List<ECDsa>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var key = ECDsa.Create();
            try
            {
                key.ImportSubjectPublicKeyInfo(row.GetFieldValue<byte[]>(1), out _);
                if (Convert.ToHexStringLower(SigningKey.IdOf(key)) != row.GetString(0))
                    report.Add($"The key {row.GetString(0)} of checkpoints has another id.");
                keys.Add(key);
            }
            catch (CryptographicException)
            {
                report.Add($"The key {row.GetString(0)} of checkpoints can't be read.");
            }
        }

        return keys;
    }
}
