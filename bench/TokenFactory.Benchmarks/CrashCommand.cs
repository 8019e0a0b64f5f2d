using System.Globalization;
using TokenFactory.Crashes;

namespace TokenFactory.Benchmarks;

/// <summary>Kills, freezes and cuts off the service and its database under load for a while, and tells what was lost, doubled or wrong.</summary>
internal static class CrashCommand
{
    /// <returns>0 when every promise held, 1 when one broke, 2 for arguments that can't be understood.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Length % 2 != 1 || !TryRead(args, "--minutes", 10, out var minutes) || !TryRead(args, "--seed", Random.Shared.Next(), out var seed)
            || !TryRead(args, "--instances", 3, out var instances) || instances == 0
            || !TryReadFolder(args, "--beside", out var beside) || (beside is not null && instances == 1))
        {
            await Console.Error.WriteLineAsync("Usage: dotnet run -c Release --project bench/TokenFactory.Benchmarks -- --crashes [--minutes M] [--seed S] [--instances N] [--beside FOLDER]\n"
                + "  --beside FOLDER  the first instance runs the service that is built there, another version: as while one is replaced by the other");
            return 2;
        }

        var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"token-factory-crashes-{Environment.ProcessId}"));
        try
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
            var round = new CrashRound(new CrashRoundOptions
            {
                Seed = seed,
                ApiFolder = AppContext.BaseDirectory,
                BesideFolder = beside,
                Folder = folder,
                Instances = instances,
                Duration = TimeSpan.FromMinutes(minutes),
            }, Console.WriteLine);
            var result = await round.RunAsync(cancellationToken);
            Console.Write(CrashReport.Of(result, seed));
            return result.Book.Findings.Count == 0 ? 0 : 1;
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static bool TryReadFolder(string[] args, string name, out string? folder)
    {
        var at = Array.IndexOf(args, name);
        folder = at < 0 ? null : Path.GetFullPath(args.ElementAtOrDefault(at + 1) ?? ".");
        return folder is null || File.Exists(Path.Combine(folder, "TokenFactory.Api.dll"));
    }

    private static bool TryRead(string[] args, string name, int otherwise, out int value)
    {
        value = otherwise;
        var at = Array.IndexOf(args, name);
        return at < 0 || (at + 1 < args.Length && int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out value));
    }
}
