using System.Text.RegularExpressions;
using Mono.Cecil;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Tests.Architecture.Specimens;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Architecture;

/// <summary>
/// The folders of TokenFactory.Api follow the flow of an event, and each may know only what stands before it. The ledger is where they
/// meet: what writes into it and what reads from it don't know each other.
/// </summary>
public sealed partial class ArchitectureTests
{
    private const string Root = "TokenFactory.Api";

    /// <summary>What each folder may reference, besides itself, Hosting and TokenFactory.Economics. Program.cs alone knows all.</summary>
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Hosting"] = [],
        ["Database"] = [],
        ["Access"] = ["Database"],
        ["Catalog"] = ["Database"],
        ["Ledger"] = ["Database"],
        ["Ingestion"] = ["Catalog", "Ledger", "Database"],
        ["RollUp"] = ["Ledger", "Database"],
        ["Statistics"] = ["RollUp", "Catalog", "Database"],
        // It sets the ledger's clock back, in a database of its own; its events come in over HTTP like anyone's.
        ["Demo"] = ["Ledger", "Database"],
    };

    private static readonly AssemblyDefinition Api = Read(typeof(Problems));

    [Fact]
    public void Each_folder_knows_only_what_it_may()
    {
        var trespasses =
            from type in Api.MainModule.Types
            let folder = FolderOf(type)
            where folder is not null
            from reference in TypeReferences.Of(type)
            let other = FolderOf(reference)
            where other is not null && !MayKnow(folder, other, type)
            select $"{type.FullName} references {reference.FullName}, but {folder} may not know {other}";

        trespasses.Should().BeEmpty();
    }

    // Without these the rule above could pass by seeing nothing.
    [Fact]
    public void References_that_are_there_are_seen()
    {
        var seen = (
            from type in Api.MainModule.Types
            let folder = FolderOf(type)
            where folder is not null
            from reference in TypeReferences.Of(type)
            let other = FolderOf(reference)
            where other is not null && other != folder
            select $"{folder} -> {other}").ToHashSet();

        seen.Should().Contain(["Ingestion -> Ledger", "Ingestion -> Catalog", "Statistics -> Catalog", "Catalog -> Database"]);
        MayKnow("RollUp", "Ingestion", Api.MainModule.Types[0]).Should().BeFalse();
    }

    [Theory]
    [InlineData(typeof(InAnAsyncLambda), "System.Text.StringBuilder")]
    [InlineData(typeof(InANestedType), "System.Collections.Specialized.BitVector32")]
    [InlineData(typeof(InAnAttributeArgument), "System.ComponentModel.GuidConverter")]
    [InlineData(typeof(InACatch), "System.Globalization.CultureNotFoundException")]
    [InlineData(typeof(InAGenericArgument), "System.Text.Rune")]
    [InlineData(typeof(InAnIterator), "System.Globalization.StringInfo")]
    [InlineData(typeof(InAConstraint<>), "System.IFormatProvider")]
    public void A_reference_is_seen_wherever_it_hides(Type specimen, string reference)
    {
        var type = Read(specimen).MainModule.GetType(specimen.FullName);

        TypeReferences.Of(type).Select(t => t.FullName).Should().Contain(reference);
    }

    [Fact]
    public void Every_folder_is_listed_and_its_files_are_in_its_namespace()
    {
        var source = Path.Combine(Repository.Root, "src", Root);
        var folders = Directory.GetDirectories(source).Select(d => Path.GetFileName(d)!)
            .Where(name => name is not ("bin" or "obj" or "Properties" or "wwwroot"));
        folders.Should().BeEquivalentTo(MayReference.Keys);

        var strays = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar))
            .Where(parts => parts.Length > 1 && parts[0] is not ("bin" or "obj"))
            .Where(parts => !File.ReadLines(Path.Combine([source, .. parts])).Any(line => line.StartsWith($"namespace {Root}.{parts[0]}", StringComparison.Ordinal)))
            .Select(parts => string.Join('/', parts));
        strays.Should().BeEmpty("a file's namespace begins with its folder");

        Api.MainModule.Types.Select(FolderOf).OfType<string>().Distinct().Should().BeSubsetOf(MayReference.Keys);
    }

    // The borders hold for SQL as well: it names tables and functions instead of types.
    [Fact]
    public void Each_folder_reads_only_tables_that_it_may_know()
    {
        var owners = MayReference.Keys.Select(folder => (folder, schema: Path.Combine(Repository.Root, "src", Root, folder, "schema.sql")))
            .Where(x => File.Exists(x.schema))
            .SelectMany(x => Created().Matches(File.ReadAllText(x.schema)).Select(m => (Name: m.Groups[1].Value, x.folder)))
            .Distinct().ToDictionary(x => x.Name, x => x.folder);
        owners.Should().Contain("event_identity", "Ledger").And.Contain("rollup_hour", "RollUp");

        var uses = (
            from folder in MayReference.Keys
            where folder != "Database" // lays the tables of every folder
            from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", Root, folder), "*", SearchOption.AllDirectories)
            where Path.GetExtension(file) is ".sql" or ".cs"
            from word in Word().Matches(WithoutComments(File.ReadAllText(file))).Select(m => m.Value).Distinct()
            where owners.TryGetValue(word, out var owner) && owner != folder
            select (folder, owner: owners[word], word, file: Path.GetFileName(file))).ToList();

        uses.Should().Contain(u => u.folder == "RollUp" && u.owner == "Ledger");
        uses.Where(u => !MayReference[u.folder].Contains(u.owner)).Should().BeEmpty();
    }

    [Fact]
    public void Economics_stands_on_the_base_library_alone()
    {
        var economics = Read(typeof(UnitValue));

        economics.MainModule.AssemblyReferences.Select(r => r.Name).Should().OnlyContain(name => name.StartsWith("System.", StringComparison.Ordinal));
        economics.MainModule.AssemblyReferences.Should().NotBeEmpty();
        File.ReadAllText(Path.Combine(Repository.Root, "src", "TokenFactory.Economics", "TokenFactory.Economics.csproj"))
            .Should().NotContain("PackageReference").And.NotContain("FrameworkReference");
    }

    private static bool MayKnow(string folder, string other, TypeDefinition type) =>
        other == folder || other == "Hosting" || MayReference[folder].Contains(other)
        // Figures come from roll-ups alone; only what explains a figure looks through to the ledger.
        || (folder == "Statistics" && other == "Ledger" && type.Name.StartsWith("Explain", StringComparison.Ordinal));

    /// <summary>The folder of a type of the service; null for types of others, and for what stands at the root.</summary>
    private static string? FolderOf(TypeReference type)
    {
        while (type.DeclaringType is { } around)
            type = around;
        return type.Namespace.StartsWith($"{Root}.", StringComparison.Ordinal) && !type.Namespace.StartsWith($"{Root}.Tests", StringComparison.Ordinal)
            ? type.Namespace.Split('.')[2]
            : null;
    }

    private static AssemblyDefinition Read(Type type) => AssemblyDefinition.ReadAssembly(type.Assembly.Location);

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"create\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(?:table|view|function)\s+(?:if\s+not\s+exists\s+)?([a-z_]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Created();

    [GeneratedRegex("[a-z]+(?:_[a-z]+)+")]
    private static partial Regex Word();

    [GeneratedRegex("(?://|--).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
