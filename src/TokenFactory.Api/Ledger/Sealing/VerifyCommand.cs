using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>The command <c>verify</c>: a ledger, or the proof of an event, without the service.</summary>
internal sealed class VerifyCommand
{
    public const string Name = "verify";

    private const string Usage =
        """
        verify                       every record of the ledger, its chains, its tree and its checkpoints
          --checkpoint FILE          a checkpoint that was kept elsewhere; may be given several times
          --key FILE                 the public key in PEM that checkpoints must be signed with; may be given several times. Left out: those that the ledger names
          --origin NAME              the origin that kept checkpoints and proofs must name; token-factory when left out
          --unchained N              so many batches were recorded by a version without chains; 0 when left out
          --proof FILE               instead of the ledger: the proof of one event, as GET /v1/ledger/proofs/{source}/{id} answers it; needs --key
          --archive DIR              instead of the ledger: the folder of an archived month; needs --key
          --event SOURCE/ID          with --archive: makes the proof of one event of it, as that answer was
        """;

    private const long VerifyLock = 0x566572696679;

    private readonly List<string> _checkpoints = [];
    private readonly List<ECDsa> _keys = [];
    private string _origin = new LedgerOptions().CheckpointOrigin;
    private long _unchained;
    private string? _proof;
    private string? _archive;
    private string? _event;

    /// <summary>Whether it needs a database.</summary>
    public bool IsOfLedger => _proof is null && _archive is null;

    /// <exception cref="OptionsValidationException">It is not to be understood, or names a file that can't be read.</exception>
    public static VerifyCommand Parse(IReadOnlyList<string> args)
    {
        var command = new VerifyCommand();
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
                throw Refused($"The argument {args[i]} has no value.");
            switch (args[i])
            {
                case "--checkpoint":
                    command._checkpoints.Add(TextOf(args[i + 1]));
                    break;
                case "--proof":
                    command._proof = TextOf(args[i + 1]);
                    break;
                case "--archive":
                    command._archive = args[i + 1];
                    break;
                case "--event" when args[i + 1].Contains('/', StringComparison.Ordinal):
                    command._event = args[i + 1];
                    break;
                case "--key":
                    command._keys.Add(KeyOf(TextOf(args[i + 1]), args[i + 1]));
                    break;
                case "--origin":
                    command._origin = args[i + 1];
                    break;
                case "--unchained" when long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out command._unchained):
                    break;
                default:
                    throw Refused($"There is no argument {args[i]}.");
            }
        }

        if (command._event is not null && command._archive is null)
            throw Refused("An event is looked for in an archive: name its folder by --archive. The service answers proofs of what is in the ledger.");
        return command.IsOfLedger || command._keys.Count > 0 ? command : throw Refused("A proof or an archive is verified with the key that is trusted: name it by --key.");
    }

    /// <summary>Verifies what needs no database.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> VerifyOfflineAsync(TextWriter output, CancellationToken cancellationToken) =>
        _archive is null ? Task.FromResult(VerifyProof(output)) : VerifyArchiveAsync(output, cancellationToken);

    private async Task<int> VerifyArchiveAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = new ArchiveFolder(_archive!);
        var (manifest, report) = await new ArchiveVerifier(folder, new Trust(_keys, [], _origin)).VerifyAsync(cancellationToken);
        if (manifest is not null && report.IsIntact && _event is not null)
        {
            var slash = _event.IndexOf('/', StringComparison.Ordinal);
            if (new ArchiveProofs(folder, manifest).Find(_event[..slash], _event[(slash + 1)..], cancellationToken) is not { } proof)
            {
                await output.WriteLineAsync($"{ArchivedVolume.NameOf(manifest.Month, manifest.Volume)}, holds no event {_event}.");
                return 1;
            }

            await output.WriteLineAsync(JsonSerializer.Serialize(proof, WireJson.Options));
            return 0;
        }

        foreach (var fault in report.Faults)
            await output.WriteLineAsync(fault);
        if (manifest is not null)
        {
            await output.WriteLineAsync($"{manifest.Origin}, {ArchivedVolume.NameOf(manifest.Month, manifest.Volume)}, written {UtcInstantConverter.Text(manifest.WrittenAt)}: "
                + $"{report.Batches} batches, {report.Events} events, {report.Entries} entries, {report.OtherRows} held back or not taken; under a checkpoint over {manifest.Tree.Size} batches");
        }

        await output.WriteLineAsync(report.IsIntact ? "Intact." : $"NOT intact: {report.FaultCount} faults.");
        return report.IsIntact ? 0 : 1;
    }

    private int VerifyProof(TextWriter output)
    {
        if (ProofVerifier.FaultOf(_proof!, new Trust(_keys, [], _origin)) is { } fault)
        {
            output.WriteLine($"Not proved. {fault}");
            return 1;
        }

        foreach (var line in ProofVerifier.Describe(_proof!))
            output.WriteLine(line);
        output.WriteLine("Proved: the event was recorded exactly so, and is under the signed root.");
        return 0;
    }

    /// <summary>Verifies a ledger.</summary>
    /// <param name="connectionString">As a login that may read every table.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> VerifyLedgerAsync(string connectionString, TextWriter output, CancellationToken cancellationToken)
    {
        await using var source = DatabaseConnections.CreateOwnerSource(connectionString);
        if (await VerifyAsync(source, new Trust(_keys, _checkpoints, _origin), cancellationToken) is not { } report)
        {
            await output.WriteLineAsync("The ledger is being verified already: wait until that has ended.");
            return 1;
        }

        if (report.Unchained != _unchained)
        {
            report.Add($"{report.Unchained} batches are of a version without chains: nothing shows whether they were altered, or put there. "
                + $"If so many were recorded before the ledger was chained, say --unchained {report.Unchained}.");
        }

        foreach (var fault in report.Faults)
            await output.WriteLineAsync(fault);
        if (report.FaultCount > report.Faults.Count)
            await output.WriteLineAsync($"... and {report.FaultCount - report.Faults.Count} more.");
        await output.WriteLineAsync(
            $"{report.Batches} batches, {report.Events} events, {report.Entries} entries, {report.OtherRows} held back or not taken; "
            + $"{report.Sealed} batches in the tree, {report.Checkpoints} checkpoints"
            + (report.ArchivedEntries > 0 ? $"; {report.ArchivedEntries} entries are archived" : "")
            + (report.Unchained > 0 ? $"; {report.Unchained} batches are only counted" : ""));
        await output.WriteLineAsync(report.IsIntact
            ? _keys.Count > 0 ? "Intact." : "Intact, by keys that the ledger itself names: compare with a checkpoint that was kept elsewhere, and its key."
            : $"NOT intact: {report.FaultCount} faults.");
        return report.IsIntact ? 0 : 1;
    }

    /// <summary>Verifies what a database holds at this moment.</summary>
    /// <returns>Null: another verification is under way.</returns>
    public static async Task<VerificationReport?> VerifyAsync(NpgsqlDataSource source, Trust trust, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        // No month is dropped from under it: a lock needs no snapshot, and what is verified is of a moment after it.
        await using (var still = new NpgsqlCommand("lock table only ledger_entry in access share mode", connection) { CommandTimeout = 0 })
            await still.ExecuteNonQueryAsync(cancellationToken);
        await using (var hold = new NpgsqlCommand($"select pg_try_advisory_xact_lock({VerifyLock})", connection))
        {
            if (await hold.ExecuteScalarAsync(cancellationToken) is not true)
                return null;
        }

        await PrepareAsync(connection, cancellationToken);
        return await new LedgerVerifier(connection, trust).VerifyAsync(cancellationToken);
    }

    /// <summary>
    /// Sets a session's transaction to read the ledger as it is, whatever the database or its roles set for sessions: other schemas, other tables' rows, texts in
    /// another encoding.
    /// </summary>
    public static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var schema = new NpgsqlConnectionStringBuilder(connection.ConnectionString).SearchPath is { Length: > 0 } named ? named : "public";
        await using var command = new NpgsqlCommand(
            """
            select set_config('search_path', 'pg_catalog, ' || $1, true), set_config('row_security', 'off', true), set_config('client_encoding', 'UTF8', true),
                   set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true), set_config('work_mem', '256MB', true),
                   set_config('jit', 'off', true)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused($"{file} can't be read: {e.Message}");
        }
    }

    private static ECDsa KeyOf(string pem, string file)
    {
        try
        {
            return SigningKey.Read(pem, "public");
        }
        catch (CryptographicException e)
        {
            throw Refused($"{file}: {e.Message}");
        }
    }

    private static OptionsValidationException Refused(string why) => new(Name, typeof(VerifyCommand), [$"{why}\n\n{Usage}"]);
}
