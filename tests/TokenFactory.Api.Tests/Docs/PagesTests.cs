using System.Globalization;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>The pages are true: every curl line gives the printed answer, and every link leads somewhere.</summary>
public sealed class PagesTests
{
    public static TheoryData<string> Pages => [.. Page.Names];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_examples_of_a_page_hold_on_an_empty_ledger(string name)
    {
        var page = Page.Read(name);
        if (!page.Blocks().Any(b => b.Language == "sh"))
            return;
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);

        await new PageReader(api.Address, ApiProcess.AdminKey).ReadAsync(page);
    }

    [Fact]
    public async Task The_pages_hold_one_after_the_other_on_one_ledger()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        var compared = new Dictionary<string, int>();

        foreach (var name in Page.Names)
            compared[name] = await new PageReader(api.Address, ApiProcess.AdminKey).ReadAsync(Page.Read(name));

        // A page whose examples are not seen would hold whatever it says.
        foreach (var name in (string[])["README.md", "docs/events.md", "docs/figures.md", "docs/catalog.md", "docs/operations.md"])
            compared[name].Should().BePositive($"{name} has examples");
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        var links = Page.Names.SelectMany(name => Page.Read(name).Links().Select(l => (Page: name, l.Target, l.Anchor))).ToList();

        links.Should().Contain(l => l.Page == "README.md" && l.Target == "docs/events.md");
        foreach (var (name, target, anchor) in links)
        {
            var file = target.Length == 0 ? name : Path.Combine(Path.GetDirectoryName(name)!, target);
            var path = Path.GetFullPath(Path.Combine(Repository.Root, file));
            (File.Exists(path) || Directory.Exists(path)).Should().BeTrue($"{name} links to {target}");
            if (anchor.Length > 0)
                Page.Read(Path.GetRelativePath(Repository.Root, path)).Anchors().Should().Contain(anchor, string.Create(CultureInfo.InvariantCulture, $"{name} links to {target}#{anchor}"));
        }
    }
}
