using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Ledger;

/// <summary>The command <c>archive</c>: a closed month goes from the ledger into a folder.</summary>
internal sealed class ArchiveCommand
{
    public const string Name = "archive";

    private const int DefaultAfterDays = 90;
    private const int MostDays = 36_500;

    private const string Usage =
        """
        archive                      the entries of a closed month go into a folder, and leave the ledger (docs/retention.md)
          --month YYYY-MM            the month of recording, of UTC; the oldest goes first
          --folder DIR               new or empty
          --after-days N             for so long the month must be over; 90 when left out
          --unreleased               also where months are released to the public and one that its entries occurred in is not: it never will be
        """;

    private ArchiveMonth? _month;
    private string? _folder;
    private int _afterDays = DefaultAfterDays;
    private bool _isUnreleasedToo;

    /// <exception cref="OptionsValidationException">It is not to be understood.</exception>
    public static ArchiveCommand Parse(IReadOnlyList<string> args)
    {
        var command = new ArchiveCommand();
        for (var i = 0; i < args.Count; i += 2)
        {
            if (args[i] == "--unreleased")
            {
                command._isUnreleasedToo = true;
                i--;
                continue;
            }

            if (i + 1 == args.Count)
                throw Refused($"The argument {args[i]} has no value.");
            switch (args[i])
            {
                case "--month" when ArchiveMonth.TryParse(args[i + 1], out var month):
                    command._month = month;
                    break;
                case "--folder" when args[i + 1].Length > 0:
                    command._folder = args[i + 1];
                    break;
                case "--after-days" when int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out command._afterDays) && command._afterDays is >= 1 and <= MostDays:
                    break;
                case "--month" or "--folder" or "--after-days":
                    throw Refused($"The argument {args[i]} can't be {args[i + 1]}.");
                default:
                    throw Refused($"There is no argument {args[i]}.");
            }
        }

        return command is { _month: not null, _folder: not null } ? command : throw Refused("Say which month, and the folder: --month and --folder.");
    }

    /// <summary>Archives the month.</summary>
    /// <param name="connectionString">As the owner of the schema.</param>
    /// <param name="options">As the service has them: the origin of checkpoints.</param>
    /// <param name="keyFile">The file of the service's key.</param>
    /// <param name="obstacles">What else may stand in the way.</param>
    /// <param name="unreleased">That what it holds is not released yet: passed over where the command says so.</param>
    /// <param name="output">Where it tells how far it is.</param>
    /// <param name="cancellationToken">Ends it; until the month is dropped nothing has changed.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(
        string connectionString, LedgerOptions options, string keyFile, IReadOnlyList<ArchiveObstacle> obstacles, ArchiveVolumeObstacle unreleased, TextWriter output,
        CancellationToken cancellationToken)
    {
        try
        {
            using var key = LoadKey(keyFile);
            var folder = new ArchiveFolder(_folder!);
            await using var source = DatabaseConnections.CreateOwnerSource(connectionString);
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var plan = new ArchivePlan(_month!.Value, _afterDays, options.CheckpointOrigin, key, obstacles, _isUnreleasedToo ? null : unreleased);
            var manifest = await new ArchiveRun(connection, plan, folder, output).RunAsync(cancellationToken);
            await output.WriteLineAsync(
                $"Archived {ArchivedVolume.NameOf(manifest.Month, manifest.Volume)}: {manifest.Entries} entries of {manifest.Events} events in {manifest.Batches} batches.\n"
                + $"Keep {folder.Path}, and a copy of it elsewhere: the ledger does not have these entries any more.");
            return 0;
        }
        catch (Exception e) when (e is ArchiveRefusedException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await output.WriteLineAsync($"Not archived. {e.Message}");
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync($"Not archived: it was ended. Nothing has changed in the ledger; remove {_folder}.");
        }
        catch (NpgsqlException e)
        {
            // A commit whose answer is lost may be done: the ledger says so.
            await output.WriteLineAsync(
                $"The database refused, or was lost: {e.Message}\nLook into ledger_archive whether the month is archived before you remove {_folder}.");
        }

        return 1;
    }

    private static SigningKey LoadKey(string file)
    {
        try
        {
            return SigningKey.Load(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ArchiveRefusedException($"The key that checkpoints are signed with can't be read: {e.Message} Name its file by TokenFactory__Ledger__SigningKeyFile.");
        }
    }

    private static OptionsValidationException Refused(string why) => new(Name, typeof(ArchiveCommand), [$"{why}\n\n{Usage}"]);
}
