using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>What a panel draws.</summary>
/// <param name="Periods">The categories of its axis.</param>
/// <param name="Series">What is drawn, with null where there is nothing.</param>
/// <param name="Selected">By name, which series are shown.</param>
/// <param name="Zoom">The first and the last place that is seen; null: it has no zoom.</param>
internal sealed record Drawing(string[] Periods, DrawnSeries[] Series, Dictionary<string, bool> Selected, int[]? Zoom, bool IsLog, bool IsDark);

internal sealed record DrawnSeries(string Name, double?[] Data);

/// <summary>A table with names of columns and, by row, the exact texts.</summary>
internal sealed record Grid(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public IEnumerable<string> Column(string name)
    {
        var at = Columns.ToList().IndexOf(name);
        at.Should().BeGreaterThanOrEqualTo(0, $"{name} is one of {string.Join(", ", Columns)}");
        return Rows.Select(r => r[at]);
    }
}

/// <summary>A panel of the dashboard: a chart with its controls, its table and its tools.</summary>
internal sealed class Panel(IPage page, string id)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public ILocator Root { get; } = page.Locator($"#panel-{id}");

    public ILocator Chart => Root.Locator(".chart");

    public ILocator Legend(string series) => Root.Locator($".legend button[data-series='{series}']");

    public ILocator Tool(string act) => Root.Locator($"[data-act={act}]");

    public ILocator Field(string name) => Root.Locator($"[name={name}]");

    /// <summary>Waits until it shows what was asked for.</summary>
    public async Task ReadyAsync()
    {
        await Expect(Root).ToHaveAttributeAsync("data-state", "ready");
        if (await Chart.CountAsync() > 0)
            await Expect(Root).ToHaveAttributeAsync("data-drawn", new System.Text.RegularExpressions.Regex("[1-9]"));
    }

    /// <summary>Does something that it answers by drawing anew.</summary>
    public async Task RedrawAsync(Func<Task> act)
    {
        var before = await Root.GetAttributeAsync("data-drawn");
        await act();
        await Expect(Root).Not.ToHaveAttributeAsync("data-drawn", before!);
        await ReadyAsync();
    }

    public Task ChooseAsync(string name, string value) => RedrawAsync(() => Field(name).SelectOptionAsync(value));

    public async Task<Drawing> DrawingAsync() => JsonSerializer.Deserialize<Drawing>(await Root.EvaluateAsync<string>(
        """
        root => {
          const option = echarts.getInstanceByDom(root.querySelector('.canvas')).getOption();
          const number = item => item === null || item === undefined || item === '-' ? null : Array.isArray(item) ? item.at(-1) : typeof item === 'object' ? number(item.value) : item;
          return JSON.stringify({
            periods: option.xAxis[0].data ?? [], series: option.series.map(each => ({ name: each.name, data: each.data.map(number) })),
            selected: option.legend?.[0]?.selected ?? {}, zoom: option.dataZoom?.length ? [option.dataZoom[0].startValue, option.dataZoom[0].endValue] : null,
            isLog: option.yAxis[0].type === 'log', isDark: document.documentElement.dataset.theme === 'dark',
          });
        }
        """), Json)!;

    /// <summary>The table, opened if it is not; periods and names as a reader sees them.</summary>
    public async Task<Grid> TableAsync()
    {
        if (await Root.Locator(".table-wrap").IsHiddenAsync())
            await Tool("table").ClickAsync();
        await Expect(Root.Locator(".table-wrap table")).ToBeVisibleAsync();
        var rows = JsonSerializer.Deserialize<string[][]>(await Root.EvaluateAsync<string>(
            """
            root => JSON.stringify([...root.querySelectorAll('.table-wrap tr')].map(row => [...row.cells]
              .filter(cell => !cell.querySelector('button') && !(cell.tagName === 'TD' && cell.dataset.exact === undefined))
              .map(cell => cell.dataset.exact ?? cell.textContent)))
            """))!;
        return new Grid(rows[0], rows[1..]);
    }

    /// <summary>The table as a file.</summary>
    public async Task<Grid> CsvAsync()
    {
        var download = await SaveAsync("csv");
        var bytes = await File.ReadAllBytesAsync(await download.PathAsync());
        bytes.Should().StartWith(Encoding.UTF8.GetPreamble(), "spreadsheets take it for another encoding else");
        using var reader = new CsvHelper.CsvReader(new StreamReader(new MemoryStream(bytes)), CultureInfo.InvariantCulture);
        var lines = new List<IReadOnlyList<string>>();
        while (await reader.ReadAsync())
            lines.Add(reader.Parser.Record!);
        return new Grid(lines[0], lines[1..]);
    }

    public async Task<IDownload> SaveAsync(string act)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => Tool(act).ClickAsync());
        download.SuggestedFilename.Should().MatchRegex($"^token-factory-{id}-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\\.{act}$");
        return download;
    }
}
