using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Benchmarks.Reporting;

/// <summary>On what it was measured: a rate without it says nothing.</summary>
internal static class Machine
{
    // What the promise of durability rests on.
    private static readonly string[] Durable = ["fsync", "synchronous_commit", "full_page_writes"];
    private static readonly string[] Told = ["shared_buffers", "max_wal_size", "wal_compression", "checkpoint_timeout"];

    /// <exception cref="InvalidOperationException">The server would not keep what it acknowledges.</exception>
    public static async Task<IReadOnlyList<string>> DescribeAsync(BenchServer server, BenchOptions options, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        async Task<string> ShowAsync(string setting)
        {
            await using var show = source.CreateCommand($"show {setting}");
            return (string)(await show.ExecuteScalarAsync(cancellationToken))!;
        }

        var durable = new List<string>();
        foreach (var setting in Durable)
        {
            if (await ShowAsync(setting) is not "on")
                throw new InvalidOperationException($"{setting} is off: nothing measured like this would be durable.");
            durable.Add($"`{setting}` on");
        }

        foreach (var setting in Told)
            durable.Add($"`{setting}` {await ShowAsync(setting)}");
        var disk = DriveInfo.GetDrives().Where(d => server.Folder.StartsWith(d.RootDirectory.FullName, StringComparison.Ordinal)).MaxBy(d => d.RootDirectory.FullName.Length);
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC; {Processor()}, {Environment.ProcessorCount} processors, "
                + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB of memory; {RuntimeInformation.OSDescription}; data on {disk?.DriveFormat ?? "an unknown file system"}{Disk(disk)}"),
            $"PostgreSQL {await ShowAsync("server_version")}, {RuntimeInformation.FrameworkDescription}, commit {await CommitAsync(cancellationToken)}",
            string.Join(", ", durable),
            string.Create(CultureInfo.InvariantCulture, $"{options.Runs} runs of each, yardstick and service in turn; {options.Events:N0} events in one run of batches, "
                + $"{(options.IsDeclared ? "values declared by the events" : "values from rate cards")}; load over loopback from the same machine"),
        ];
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 2)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    // What the block device says of itself.
    private static string Disk(DriveInfo? drive)
    {
        const string file = "/proc/mounts";
        var mount = drive is null || !File.Exists(file) ? null : File.ReadLines(file).Select(l => l.Split(' ')).LastOrDefault(f => f[1] == drive.RootDirectory.FullName.TrimEnd('/') || f[1] == drive.RootDirectory.FullName);
        return mount is null ? "" : $" ({mount[0]})";
    }

    private static async Task<string> CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            var head = await Command.RunAsync("git", ["-C", AppContext.BaseDirectory, "describe", "--always", "--dirty", "--abbrev=10"], TimeSpan.FromSeconds(10), cancellationToken, mayFail: true);
            return head.ExitCode == 0 ? head.Output : "unknown";
        }
        catch (PrivateServerException)
        {
            return "unknown";
        }
    }
}
