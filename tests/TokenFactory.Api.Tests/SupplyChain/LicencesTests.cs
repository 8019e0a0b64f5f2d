using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.SupplyChain;

/// <summary>Every package that is restored is on the page docs/licences.md, with a licence that lets anybody use it for anything.</summary>
public sealed class LicencesTests
{
    // Permissive ones only: a package with another is not taken, and one that may be had under either is had under the permissive one.
    private static readonly string[] Allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL", "ISC", "0BSD", "MS-PL"];

    // Tests may use what asks for no more than that changes to its own files stay open: they are not handed on, and nothing is changed.
    private static readonly string[] AllowedInTests = ["MPL-2.0"];

    private static readonly string PackageFolder = FindPackageFolder();

    /// <summary>A change of the packages shows as a change of the page. Reviewed and wanted: copy the file that the failure names.</summary>
    [Fact]
    public async Task The_page_lists_what_is_restored()
    {
        var reviewed = Path.Combine(Repository.Root, "docs", "licences.md");
        var actual = Path.Combine(AppContext.BaseDirectory, "licences.md");
        var page = PageOf();
        await File.WriteAllTextAsync(actual, page);

        page.Split('\n').Should().Equal((await File.ReadAllTextAsync(reviewed)).ReplaceLineEndings("\n").Split('\n'),
            $"the packages are the reviewed ones; if the change is wanted: cp {actual} {reviewed}");
    }

    [Fact]
    public void Every_licence_is_permissive()
    {
        var others = LockFiles.Packages.GroupBy(p => (p.Name, p.Version))
            .Select(g => (Package: $"{g.Key.Name} {g.Key.Version}", Licence: LicenceOf(g.First()), IsForTests: !IsOfService(g)))
            .Where(p => !IsAllowed(p.Licence, p.IsForTests)).ToList();

        LockFiles.Packages.Should().HaveCountGreaterThan(100);
        others.Should().BeEmpty();
    }

    [Theory]
    [InlineData("MIT", true)]
    [InlineData("MS-PL OR Apache-2.0", true)]
    [InlineData("GPL-3.0-only OR MIT", true)]
    [InlineData("GPL-3.0-only", false)]
    [InlineData("MIT AND GPL-2.0-only", false)]
    [InlineData("Apache-2.0 WITH LLVM-exception", false)]
    [InlineData("LGPL-2.1-or-later", false)]
    [InlineData("https://xceed.com/license", false)]
    [InlineData("", false)]
    public void A_licence_that_is_not_on_the_list_would_be_noticed(string licence, bool isAllowed) => IsAllowed(licence, isForTests: false).Should().Be(isAllowed);

    [Theory]
    [InlineData("MPL-2.0", true)]
    [InlineData("MIT", true)]
    [InlineData("GPL-3.0-only", false)]
    public void Tests_alone_may_use_what_keeps_its_own_files_open(string licence, bool isAllowed)
    {
        IsAllowed(licence, isForTests: true).Should().Be(isAllowed);
        IsAllowed("MPL-2.0", isForTests: false).Should().BeFalse();
    }

    [Fact]
    public void The_assertions_stay_at_the_last_version_that_is_free() =>
        LockFiles.Packages.Where(p => p.Name == "FluentAssertions").Should().NotBeEmpty().And.OnlyContain(p => Version.Parse(p.Version).Major == 7)
            .And.OnlyContain(p => LicenceOf(p) == "Apache-2.0");

    private static bool IsAllowed(string licence, bool isForTests) =>
        licence.Split(" OR ").Any(l => Allowed.Contains(l) || (isForTests && AllowedInTests.Contains(l)));

    // Part of what is deployed or of building it.
    private static bool IsOfService(IEnumerable<LockedPackage> package) => package.Any(p => p.Project is "TokenFactory.Api" or "TokenFactory.Economics");

    private static string PageOf()
    {
        var text = new StringBuilder();
        text.Append("# Licences of the packages\n\n")
            .Append("All packages that a restore brings in, direct and transitive, as the lock files name them, with the licence that each tells in its\n")
            .Append("`.nuspec`. A test makes this page; it fails where the page differs, and where a licence is not permissive\n")
            .Append('(').AppendJoin(", ", Allowed).Append("). *Service*: part of what is deployed or of building it; *tests*: of tests and benchmarks alone,\n")
            .Append("which may use ").AppendJoin(", ", AllowedInTests).Append(" too: it asks only that changes to its own files stay open, and nothing is changed.\n\n")
            .Append("| package | version | licence | for | |\n|---|---|---|---|---|\n");
        foreach (var package in LockFiles.Packages.GroupBy(p => (p.Name, p.Version)).OrderBy(g => g.Key.Name, StringComparer.OrdinalIgnoreCase).ThenBy(g => g.Key.Version, StringComparer.Ordinal))
        {
            var use = IsOfService(package) ? "service" : "tests";
            text.Append("| ").Append(package.Key.Name).Append(" | ").Append(package.Key.Version).Append(" | ").Append(LicenceOf(package.First())).Append(" | ").Append(use)
                .Append(" | ").Append(package.Any(p => p.IsDirect) ? "direct" : "transitive").Append(" |\n");
        }

        return text.ToString();
    }

    // An SPDX expression; of a licence that is a file in the package, what the file is.
    private static string LicenceOf(LockedPackage package)
    {
        var folder = Path.Combine(PackageFolder, package.Name.ToLowerInvariant(), package.Version.ToLowerInvariant());
        var nuspec = Path.Combine(folder, $"{package.Name.ToLowerInvariant()}.nuspec");
        File.Exists(nuspec).Should().BeTrue($"{package.Name} {package.Version} of {package.Project} is restored; run `dotnet restore` for the whole solution first");
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        if (metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license") is not { } licence)
            return metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "licenseUrl")?.Value ?? "";
        if (licence.Attribute("type")?.Value == "expression")
            return licence.Value;
        var text = string.Join(' ', File.ReadAllText(Path.Combine(folder, licence.Value)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Contains("Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files", StringComparison.Ordinal)
            ? "MIT"
            : $"file {licence.Value}";
    }

    private static string FindPackageFolder()
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "TokenFactory.Api.Tests", "obj", "project.assets.json")));
        return assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
    }
}
