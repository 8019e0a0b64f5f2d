using System.Runtime.InteropServices;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>What is looked at, in which order, and what may be brought.</summary>
public sealed class ChromiumSearchTests
{
    private static readonly ChromiumSearch Linux = new()
    {
        System = OSPlatform.Linux,
        IsX64 = true,
        PathFolders = ["/usr/local/bin", "/usr/bin", "/snap/bin/"],
        HasApt = true,
        HasNpm = true,
    };

    [Fact]
    public void The_distributions_browser_goes_before_others_on_the_path() =>
        Linux.Candidates().Should().StartWith(["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])
            .And.ContainInOrder("/usr/local/bin/chromium", "/snap/bin/chromium").And.OnlyHaveUniqueItems();

    [Fact]
    public void One_that_is_named_is_the_only_one_and_nothing_is_brought_in_its_place()
    {
        var named = Linux with { Configured = "/opt/mine/chrome" };

        named.Candidates().Should().Equal("/opt/mine/chrome");
        named.MayUseApt.Should().BeFalse();
        named.MayUseNpm.Should().BeFalse();
        named.Missing("").Should().Contain("TOKENFACTORY_TEST_CHROMIUM names /opt/mine/chrome").And.NotContain("apt-get");
    }

    [Fact]
    public void Npm_by_name_passes_over_what_is_there()
    {
        var npm = Linux with { Configured = "npm" };

        npm.Candidates().Should().BeEmpty();
        npm.MayUseApt.Should().BeFalse();
        npm.MayUseNpm.Should().BeTrue();
    }

    [Theory]
    [InlineData(true, true, true, true, true)]
    [InlineData(false, true, true, false, true)]
    [InlineData(true, true, false, true, false)]
    [InlineData(false, false, true, false, false)]
    public void Apt_brings_one_to_root_and_npm_to_x64(bool hasApt, bool hasNpm, bool isX64, bool byApt, bool byNpm)
    {
        var machine = Linux with { HasApt = hasApt, HasNpm = hasNpm, IsX64 = isX64 };

        machine.MayUseApt.Should().Be(byApt);
        machine.MayUseNpm.Should().Be(byNpm);
    }

    [Fact]
    public void On_a_Mac_applications_are_looked_at_before_the_path()
    {
        var mac = Linux with { System = OSPlatform.OSX, HasApt = false };

        mac.Candidates().First().Should().Be("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
        mac.Candidates().Should().Contain("/usr/local/bin/chromium");
        mac.MayUseNpm.Should().BeFalse();
    }

    [Fact]
    public void On_Windows_program_folders_are_looked_at()
    {
        var windows = Linux with { System = OSPlatform.Windows, HasApt = false, ProgramFolders = [@"C:\Program Files", @"C:\Users\a\AppData\Local"] };

        windows.Candidates().Should().Contain(@"C:\Program Files\Google\Chrome\Application\chrome.exe")
            .And.Contain(@"C:\Users\a\AppData\Local\Chromium\Application\chrome.exe").And.OnlyContain(c => c.EndsWith("chrome.exe", StringComparison.Ordinal));
        windows.MayUseNpm.Should().BeFalse();
    }

    [Theory]
    [InlineData("LINUX", "sudo apt-get install -y chromium")]
    [InlineData("OSX", "brew install --cask google-chrome")]
    [InlineData("WINDOWS", "winget install Google.Chrome")]
    public void Who_has_none_is_told_which_tests_did_not_run_and_the_one_command(string system, string command) =>
        (Linux with { System = OSPlatform.Create(system) }).Missing("apt-get: no such package").Should()
            .Contain("TokenFactory.Api.Tests.Browser").And.Contain(command).And.Contain("TOKENFACTORY_TEST_CHROMIUM").And.Contain("apt-get: no such package");

    [Fact]
    public async Task What_does_not_start_as_a_browser_is_none()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A program is asked for its version elsewhere alone.");

        var (found, missing) = await Chromium.FindAsync(Linux with { Configured = "/bin/true" });

        found.Should().BeNull();
        missing.Should().Contain("/bin/true");
    }
}
