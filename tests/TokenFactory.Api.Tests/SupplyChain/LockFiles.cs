using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.SupplyChain;

/// <summary>A package as a lock file names it.</summary>
internal sealed record LockedPackage(string Name, string Version, bool IsDirect, string Project);

/// <summary>The lock files of every project: all packages that a restore of the checkout brings in, direct and transitive.</summary>
internal static class LockFiles
{
    public static IReadOnlyList<string> Projects { get; } =
    [
        .. new[] { "src", "tests", "bench" }.SelectMany(folder => Directory.GetDirectories(Path.Combine(Repository.Root, folder)))
            .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any()).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<LockedPackage> Packages { get; } = [.. Projects.SelectMany(PackagesOf)];

    public static string PathOf(string project) => Path.Combine(project, "packages.lock.json");

    private static IEnumerable<LockedPackage> PackagesOf(string project)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(PathOf(project)));
        return
        [
            .. from target in file.RootElement.GetProperty("dependencies").EnumerateObject()
               from package in target.Value.EnumerateObject()
               let type = package.Value.GetProperty("type").GetString()
               where type != "Project"
               select new LockedPackage(package.Name, package.Value.GetProperty("resolved").GetString()!, type == "Direct", Path.GetFileName(project)),
        ];
    }
}
