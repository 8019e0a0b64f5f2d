using System.Text.RegularExpressions;
using System.Xml.Linq;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.SupplyChain;

/// <summary>A restore brings what was reviewed: versions and contents of the lock files, audited for known vulnerabilities.</summary>
public sealed partial class RestoreTests
{
    [Theory]
    [InlineData("NuGetAudit", "true")]
    [InlineData("NuGetAuditMode", "all")]
    [InlineData("NuGetAuditLevel", "low")]
    [InlineData("TreatWarningsAsErrors", "true")]
    [InlineData("RestorePackagesWithLockFile", "true")]
    [InlineData("RestoreLockedMode", "true")]
    public void A_known_vulnerability_or_an_unlocked_package_fails_the_build(string property, string value)
    {
        var properties = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants(property).ToList();

        properties.Should().ContainSingle().Which.Value.Should().Be(value);
        // No project takes it back, and no advisory is waved through.
        foreach (var project in LockFiles.Projects)
        {
            var text = File.ReadAllText(Directory.EnumerateFiles(project, "*.csproj").Single());
            text.Should().NotContain(property).And.NotContain("NuGetAuditSuppress").And.NotContain("NU190");
        }
    }

    [Fact]
    public void Every_project_has_a_lock_file_that_holds_on_every_machine()
    {
        LockFiles.Projects.Should().HaveCountGreaterThanOrEqualTo(5);
        foreach (var project in LockFiles.Projects)
        {
            var text = File.ReadAllText(LockFiles.PathOf(project));
            // A runtime identifier in a target ("net10.0/linux-x64") would ask other machines for other packages.
            Target().Matches(text).Select(m => m.Groups[1].Value).Should().OnlyContain(target => target == "net10.0", project);
            Count(text, "\"resolved\"").Should().Be(Count(text, "\"contentHash\""), $"each package of {project} is pinned by its content");
        }
    }

    [Fact]
    public void CI_restores_what_is_locked() =>
        File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")).Should().Contain("export CI=true");

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("^    \"(net[^\"]*)\": \\{", RegexOptions.Multiline)]
    private static partial Regex Target();
}
