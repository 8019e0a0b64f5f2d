using System.Runtime.InteropServices;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Where a browser may be on a machine, and what brings one there: decided without touching the machine.</summary>
internal sealed record ChromiumSearch
{
    /// <summary>The environment variable that names the program, or <see cref="PostgresBinaries.Npm"/>: not to look, straight to npm.</summary>
    public const string Variable = "TOKENFACTORY_TEST_CHROMIUM";

    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    public required OSPlatform System { get; init; }

    public required bool IsX64 { get; init; }

    /// <summary>What <see cref="Variable"/> says.</summary>
    public string? Configured { get; init; }

    public IReadOnlyList<string> PathFolders { get; init; } = [];

    /// <summary>Where Windows keeps programs, for all users and for this one.</summary>
    public IReadOnlyList<string> ProgramFolders { get; init; } = [];

    /// <summary>Packages of the distribution can be installed: this is root, and there is apt-get.</summary>
    public bool HasApt { get; init; }

    public bool HasNpm { get; init; }

    /// <summary>A run that must not pass with tests that did not run.</summary>
    public bool IsCi { get; init; }

    private bool IsOnlyNpm => Configured == PostgresBinaries.Npm;

    private bool IsNamed => !string.IsNullOrWhiteSpace(Configured) && !IsOnlyNpm;

    public static ChromiumSearch OfThisMachine() => new()
    {
        System = OperatingSystem.IsWindows() ? OSPlatform.Windows : OperatingSystem.IsMacOS() ? OSPlatform.OSX : OSPlatform.Linux,
        IsX64 = RuntimeInformation.OSArchitecture == global::System.Runtime.InteropServices.Architecture.X64,
        Configured = Environment.GetEnvironmentVariable(Variable),
        PathFolders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified)],
        ProgramFolders =
        [
            .. new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.LocalApplicationData }
                .Select(Environment.GetFolderPath).Where(Path.IsPathFullyQualified),
        ],
        HasApt = Infrastructure.AptPackages.Apt is not null,
        HasNpm = PostgresBinaries.OnPath(PostgresBinaries.Npm) is not null,
        IsCi = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")),
    };

    /// <summary>The files that may be one, the likeliest first. One that is named is the only one.</summary>
    public IEnumerable<string> Candidates()
    {
        if (IsOnlyNpm)
            return [];
        if (IsNamed)
            return [Configured!];
        if (System == OSPlatform.Windows)
            return ProgramFolders.SelectMany(folder => new[] { $@"{folder}\Google\Chrome\Application\chrome.exe", $@"{folder}\Chromium\Application\chrome.exe" });
        var onPath = PathFolders.Prepend("/usr/bin").Distinct().SelectMany(folder => Programs.Select(program => $"{folder.TrimEnd('/')}/{program}"));
        return System == OSPlatform.OSX
            ? ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium", .. onPath]
            : onPath;
    }

    /// <summary>A browser that is named is there, or the run says so: nothing else is brought in its place.</summary>
    public bool MayUseApt => HasApt && !IsNamed && !IsOnlyNpm;

    /// <summary>npm has one for Linux on x64.</summary>
    public bool MayUseNpm => HasNpm && !IsNamed && System == OSPlatform.Linux && IsX64;

    /// <summary>The one command that enables the tests.</summary>
    public string InstallCommand => System == OSPlatform.Windows ? "winget install Google.Chrome"
        : System == OSPlatform.OSX ? "brew install --cask google-chrome"
        : "sudo apt-get install -y chromium";

    /// <summary>What is told where there is none.</summary>
    /// <param name="whyNot">What those ways told that were tried.</param>
    public string Missing(string whyNot)
    {
        var told = IsNamed
            ? $"{Variable} names {Configured}, which is no Chromium that starts."
            : $"No Chromium was found. Install it: {InstallCommand} (or name one by {Variable}).";
        return $"The tests of pages in a browser (TokenFactory.Api.Tests.Browser) did not run. {told}{(whyNot.Length == 0 ? "" : $"\n{whyNot}")}";
    }
}
