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
        ["Repricing"] = ["Catalog", "Ledger", "Database"],
        ["RollUp"] = ["Ledger", "Database"],
        ["Statistics"] = ["RollUp", "Catalog", "Database"],
        // It sets the ledger's clock back, in a database of its own; its events come in over HTTP like anyone's.
        ["Demo"] = ["Ledger", "Database"],
    };

    /// <summary>
    /// Whose tables SQL may read beyond that: who has ids and publishes names looks them up in the small tables that all share. Nobody
    /// writes into a table of another folder but through the ledger's own functions.
    /// </summary>
    private static readonly Dictionary<string, string[]> MayLookUp = new()
    {
        ["Ledger"] = ["Catalog"],
        ["RollUp"] = ["Catalog"],
        ["Demo"] = ["Catalog"],
        // What a repricing or a settlement has still to do is read from the ledger; what it does is posted to the journal.
        ["Repricing"] = ["Catalog", "Ledger"],
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
            where other is not null && !MayKnow(folder, other, type.Name)
            select $"{type.FullName} references {reference.FullName}, but {folder} may not know {other}";

        string.Join('\n', trespasses).Should().BeEmpty();
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
        MayKnow("RollUp", "Ingestion", "ExplainController").Should().BeFalse();
    }

    [Theory]
    [InlineData(typeof(InAnAsyncLambda), "System.Text.StringBuilder")]
    [InlineData(typeof(InANestedType), "System.Collections.Specialized.BitVector32")]
    [InlineData(typeof(InAnAttributeArgument), "System.ComponentModel.GuidConverter")]
    [InlineData(typeof(InACatch), "System.Globalization.CultureNotFoundException")]
    [InlineData(typeof(InAGenericArgument), "System.Text.Rune")]
    [InlineData(typeof(InAGenericMethodArgument), "System.Range")]
    [InlineData(typeof(InABaseTypeArgument), "System.Globalization.SortKey")]
    [InlineData(typeof(InAnAttributeOfAGenericParameter<>), "System.ComponentModel.ReadOnlyAttribute")]
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
            .Where(parts => NamespacesOf(Path.Combine([source, .. parts])) is var names
                && (names.Count == 0 || names.Any(name => name != $"{Root}.{parts[0]}" && !name.StartsWith($"{Root}.{parts[0]}.", StringComparison.Ordinal))))
            .Select(parts => string.Join('/', parts));
        strays.Should().BeEmpty("a file's namespace begins with its folder");
        Directory.EnumerateFiles(source, "*.cs").Select(Path.GetFileName).Should().Equal(["Program.cs"], "it alone knows all folders");

        Api.MainModule.Types.Select(FolderOf).OfType<string>().Distinct().Should().BeSubsetOf(MayReference.Keys);
    }

    // A constant or a nameof leaves no trace in the assembly, but in the source it has to be named.
    [Fact]
    public void The_source_names_only_folders_that_it_may_know()
    {
        FoldersNamedIn($"using {Root}.Ledger;").Should().Equal("Ledger");
        FoldersNamedIn("var none = Ledger.DeltaSet.NoCurrency; // not Ingestion.This").Should().Equal("Ledger");
        FoldersNamedIn("totals.Ledger.Amount + \"Ledger/ledger_entries.sql\"").Should().BeEmpty();

        var trespasses =
            from folder in MayReference.Keys
            from file in Sources(folder, ".cs")
            where !file.Contains("Migrations", StringComparison.Ordinal)
            from other in FoldersNamedIn(File.ReadAllText(file))
            where !MayKnow(folder, other, Path.GetFileName(file))
            select $"{folder}/{Path.GetFileName(file)} names {other}";
        string.Join('\n', trespasses).Should().BeEmpty();
    }

    // The borders hold for SQL as well: it names tables and functions instead of types.
    [Fact]
    public void Each_folder_reads_only_tables_that_it_may_know()
    {
        var owners = OwnersOfTables();
        owners.Should().Contain("event_identity", "Ledger").And.Contain("rollup_hour", "RollUp").And.Contain("items", "Catalog").And.Contain("api_keys", "Access");
        TablesNamedIn("SELECT 1 FROM Ledger_Entry_2026_08 e JOIN only items i -- join rollup_hour", owners).Should().BeEquivalentTo("ledger_entry", "items");
        Written().IsMatch("insert into items (id)").Should().BeTrue();

        var uses = (
            from folder in MayReference.Keys
            where folder != "Database" // lays the tables of every folder
            from file in Sources(folder, ".sql", ".cs")
            from table in TablesNamedIn(File.ReadAllText(file), owners)
            where owners[table] != folder
            select (folder, owner: owners[table], table, file: Path.GetFileName(file))).ToList();

        uses.Should().Contain(u => u.folder == "RollUp" && u.owner == "Ledger");
        uses.Where(u => !MayReference[u.folder].Contains(u.owner) && !MayLookUp.GetValueOrDefault(u.folder, []).Contains(u.owner)
            && !(u.folder == "Statistics" && u.owner == "Ledger" && IsExplain(u.file))).Should().BeEmpty();
    }

    [Fact]
    public void No_folder_writes_into_tables_of_another()
    {
        var owners = OwnersOfTables();
        var writes = (
            from folder in MayReference.Keys
            where folder != "Database"
            from file in Sources(folder, ".sql", ".cs")
            from table in Written().Matches(WithoutComments(File.ReadAllText(file))).Select(m => m.Groups[1].Value.ToLowerInvariant())
            where owners.ContainsKey(table)
            select (folder, owner: owners[table], table, file: Path.GetFileName(file))).ToList();

        writes.Should().Contain(w => w.folder == "RollUp" && w.table == "rollup_cell_hour").And.Contain(w => w.folder == "Ledger");
        writes.Where(w => w.owner != w.folder).Should().BeEmpty();
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

    private static bool MayKnow(string folder, string other, string name) =>
        other == folder || other == "Hosting" || MayReference[folder].Contains(other)
        || (folder == "Statistics" && other == "Ledger" && IsExplain(name));

    // Figures come from roll-ups alone; only what explains a figure looks through to the ledger.
    private static bool IsExplain(string name) => name.StartsWith("Explain", StringComparison.OrdinalIgnoreCase);

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

    private static IEnumerable<string> Sources(string folder, params string[] extensions) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", Root, folder), "*", SearchOption.AllDirectories)
            .Where(file => extensions.Contains(Path.GetExtension(file)));

    private static List<string> NamespacesOf(string file) =>
        [.. Namespace().Matches(WithoutComments(File.ReadAllText(file))).Select(m => m.Groups[1].Value)];

    private static IEnumerable<string> FoldersNamedIn(string source) =>
        Folder().Matches(WithoutComments(source)).Select(m => m.Groups["folder"].Value).Where(MayReference.ContainsKey).Distinct();

    // What schema.sql creates, and the tables of the entities.
    private static Dictionary<string, string> OwnersOfTables() => (
        from folder in MayReference.Keys
        from file in Sources(folder, ".sql", ".cs")
        where Path.GetFileName(file) == "schema.sql" || (Path.GetExtension(file) == ".cs" && folder != "Database")
        from created in (Path.GetExtension(file) == ".sql" ? Created() : Mapped()).Matches(File.ReadAllText(file))
        select (Name: created.Groups[1].Value, folder)).Distinct().ToDictionary(x => x.Name, x => x.folder);

    // A name with an underscore is one wherever it stands; a plain word such as items only where SQL expects a table.
    private static IEnumerable<string> TablesNamedIn(string source, Dictionary<string, string> owners)
    {
        var text = WithoutComments(source);
        return Word().Matches(text).Select(m => m.Value).Concat(Table().Matches(text).Select(m => m.Groups[1].Value))
            .Select(name => name.ToLowerInvariant()).Distinct().Where(owners.ContainsKey);
    }

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"create\s+(?:or\s+replace\s+)?(?:unlogged\s+|materialized\s+)?(?:table|view|function|procedure|sequence|type)\s+(?:if\s+not\s+exists\s+)?([a-z_]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Created();

    [GeneratedRegex("ToTable\\(\"([a-z_]+)\"")]
    private static partial Regex Mapped();

    [GeneratedRegex("[a-z]+(?:_[a-z]+)+", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(?:from|join|into|update|references|table|copy|truncate)\s+(?:only\s+)?([a-z]+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Table();

    [GeneratedRegex(@"\b(?:insert\s+into|delete\s+from|merge\s+into|update|truncate|copy)\s+(?:only\s+|table\s+)*([a-z_]+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Written();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"TokenFactory\.Api\.(?<folder>\w+)|(?<![\w.""/])(?<folder>[A-Z]\w+)(?=\.[A-Z])")]
    private static partial Regex Folder();

    [GeneratedRegex("(?://|--).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
