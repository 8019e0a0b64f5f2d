using System.Data;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;

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
          --proof FILE               instead of the ledger: the proof of one event, as GET /v1/ledger/proofs/{source}/{id} answers it; needs --key
        """;

    private readonly List<string> _checkpoints = [];
    private readonly List<ECDsa> _keys = [];
    private string? _proof;

    /// <summary>Whether it needs a database.</summary>
    public bool IsOfLedger => _proof is null;

    /// <exception cref="OptionsValidationException">It is not to be understood, or names a file that can't be read.</exception>
    public static VerifyCommand Parse(IReadOnlyList<string> args)
    {
        var command = new VerifyCommand();
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
                throw Refused($"The argument {args[i]} has no value.");
            var text = TextOf(args[i + 1]);
            switch (args[i])
            {
                case "--checkpoint":
                    command._checkpoints.Add(text);
                    break;
                case "--proof":
                    command._proof = text;
                    break;
                case "--key":
                    command._keys.Add(KeyOf(text, args[i + 1]));
                    break;
                default:
                    throw Refused($"There is no argument {args[i]}.");
            }
        }

        return command._proof is null || command._keys.Count > 0 ? command : throw Refused("A proof is verified with the key that is trusted: name it by --key.");
    }

    /// <summary>Verifies a proof.</summary>
    /// <returns>The exit code.</returns>
    public int VerifyProof(TextWriter output)
    {
        if (ProofVerifier.FaultOf(_proof!, _keys) is { } fault)
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
        var report = await VerifyAsync(source, _keys, _checkpoints, cancellationToken);
        foreach (var fault in report.Faults)
            await output.WriteLineAsync(fault);
        if (report.FaultCount > report.Faults.Count)
            await output.WriteLineAsync($"... and {report.FaultCount - report.Faults.Count} more.");
        await output.WriteLineAsync(
            $"{report.Batches} batches, {report.Events} events, {report.Entries} entries, {report.OtherRows} held back or not taken; "
            + $"{report.Sealed} batches in the tree, {report.Checkpoints} checkpoints"
            + (report.Unchained > 0 ? $"; {report.Unchained} batches are of a version without chains, and only counted" : ""));
        await output.WriteLineAsync(report.IsIntact
            ? _keys.Count > 0 ? "Intact." : "Intact, by keys that the ledger itself names: compare with a checkpoint that was kept elsewhere, and its key."
            : $"NOT intact: {report.FaultCount} faults.");
        return report.IsIntact ? 0 : 1;
    }

    /// <summary>Verifies what a database holds at this moment.</summary>
    public static async Task<VerificationReport> VerifyAsync(
        NpgsqlDataSource source, IReadOnlyList<ECDsa> keys, IReadOnlyList<string> kept, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var limits = new NpgsqlCommand("set local statement_timeout = 0; set local work_mem = '256MB'; set local jit = off; set transaction read only", connection))
            await limits.ExecuteNonQueryAsync(cancellationToken);
        return await new LedgerVerifier(connection, keys).VerifyAsync(kept, cancellationToken);
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
