using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Senders;

/// <summary>
/// Programs that send usage with the SDKs of JavaScript, in the folder beside this file. Node.js and npm are those of the machine; where there are
/// none and this is root, apt brings them; else the tests fail and say which command does. The packages are those of the lock file, brought once into a
/// cache folder.
/// </summary>
internal static partial class JavaScriptSenders
{
    private const int OldestNode = 18;
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(2);
    private static readonly string Sources = Path.Combine(Repository.Root, "tests", "TokenFactory.Api.Tests", "Senders", "JavaScript");
    private static readonly Lazy<Task<(string Node, string Folder)>> Ready = new(PrepareAsync);

    /// <summary>Runs one to its end, and expects success and nothing to complain about.</summary>
    /// <param name="script">Its file.</param>
    /// <param name="environment">What it is configured by.</param>
    /// <param name="arguments">What it is told.</param>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string script, Dictionary<string, string> environment, params string[] arguments)
    {
        var (node, folder) = await Ready.Value;
        var start = new ProcessStartInfo(node) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in (string[])[script, .. arguments])
            start.ArgumentList.Add(argument);
        // What the machine itself exports elsewhere, and its proxies, are no part of the test.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("OTEL_", StringComparison.Ordinal) || k.StartsWith("NODE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(RunLimit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        (process.ExitCode, await complaints).Should().Be((0, ""), $"{script} wrote: {await output}");
        return await output;
    }

    private static async Task<(string Node, string Folder)> PrepareAsync()
    {
        var (node, npm) = await FindAsync();
        return (node, await InstallAsync(npm));
    }

    private static async Task<(string Node, string Npm)> FindAsync()
    {
        if (OnPath() is null)
            await AptPackages.InstallAsync(() => OnPath() is not null, "nodejs", "npm");

        var (node, npm) = OnPath() ?? throw new InvalidOperationException($"Node.js and npm, which the senders of JavaScript run on, are not there. Install them: {InstallCommand()}");
        var told = (await Command.RunAsync(node, ["--version"], InstallLimit, CancellationToken.None)).Output;
        var version = int.Parse(MajorVersion().Match(told).Value, CultureInfo.InvariantCulture);
        return version >= OldestNode ? (node, npm)
            : throw new InvalidOperationException($"Node.js {told} is too old for the senders of JavaScript, which need {OldestNode} or later. Install it: {InstallCommand()}");

        static (string Node, string Npm)? OnPath() =>
            PostgresBinaries.OnPath("node") is { } node && PostgresBinaries.OnPath(PostgresBinaries.Npm) is { } npm ? (node, npm) : null;
    }

    private static string InstallCommand() => OperatingSystem.IsWindows() ? "winget install OpenJS.NodeJS.LTS"
        : OperatingSystem.IsMacOS() ? "brew install node"
        : "sudo apt-get install -y nodejs npm";

    // Made beside its place and moved there in one step: of two runs that make it at once, the later throws its copy away.
    private static async Task<string> InstallAsync(string npm)
    {
        var place = Path.Combine(PostgresBinaries.CacheFolder(), $"javascript-senders-{await KeyAsync()}");
        if (Directory.Exists(place))
            return place;
        var draft = $"{place}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(draft);
        try
        {
            foreach (var file in Directory.GetFiles(Sources))
                File.Copy(file, Path.Combine(draft, Path.GetFileName(file)));
            await Command.RunAsync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], InstallLimit, CancellationToken.None, workingFolder: draft);
            Directory.Move(draft, place);
        }
        catch (IOException) when (Directory.Exists(place))
        {
            // Another run was faster.
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }

        return place;
    }

    // The programs find their packages beside themselves: the key is of both, the lock file and the programs.
    private static async Task<string> KeyAsync()
    {
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(Sources).Order(StringComparer.Ordinal))
            content.AppendData(SHA256.HashData(await File.ReadAllBytesAsync(file)));
        return Convert.ToHexStringLower(content.GetHashAndReset())[..16];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex MajorVersion();
}
