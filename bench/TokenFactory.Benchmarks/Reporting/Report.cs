using System.Globalization;
using System.Text;

namespace TokenFactory.Benchmarks.Reporting;

/// <summary>What was measured, as Markdown.</summary>
internal sealed class Report(IReadOnlyList<string> facts)
{
    private readonly MarkdownTable _rows = new("work", "service", "yardstick", "ratio: median (min-max)", "goal", "met");
    private readonly MarkdownTable _cpu = new("processor time per event, us", "API", "PostgreSQL", "sender", "yardstick: PostgreSQL", "yardstick: client");
    private readonly List<MarkdownTable> _tables = [];
    private readonly List<MarkdownTable> _profiles = [];
    private readonly List<string> _notes = [];

    /// <summary>Where the time went; null: it was not asked for.</summary>
    public string? Profile => _profiles.Count == 0 ? null : string.Join('\n', _profiles);

    public void Add(ResultRow row)
    {
        _rows.Add(row.Work, row.Service, row.Yardstick, row.Ratio, row.Goal, row.IsMet switch { true => "yes", false => "**no**", null => "" });
        Console.WriteLine($"  {row.Work}: {row.Service}; yardstick {row.Yardstick}; ratio {row.Ratio}");
    }

    /// <summary>Medians of microseconds per event.</summary>
    public void AddCpu(string work, IReadOnlyList<CpuTimes> service, IReadOnlyList<CpuTimes> yardstick)
    {
        _cpu.Add(work, Median(service, c => c.Service), Median(service, c => c.Database), Median(service, c => c.Sender),
            Median(yardstick, c => c.Database), Median(yardstick, c => c.Sender));
    }

    /// <summary>A table of its own.</summary>
    public void AddTable(MarkdownTable table) => _tables.Add(table);

    /// <summary>Who spent the time of one run.</summary>
    public void AddProfile(MarkdownTable table) => _profiles.Add(table);

    /// <summary>A sentence below the table.</summary>
    public void Note(string note)
    {
        _notes.Add(note);
        Console.WriteLine($"  {note}");
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var fact in facts)
            text.Append(CultureInfo.InvariantCulture, $"* {fact}\n");
        if (!_rows.IsEmpty)
            text.Append('\n').Append(_rows);
        if (!_cpu.IsEmpty)
            text.Append('\n').Append(_cpu);
        foreach (var table in _tables)
            text.Append('\n').Append(table);
        if (_notes.Count > 0)
            text.Append('\n');
        foreach (var note in _notes)
            text.Append(CultureInfo.InvariantCulture, $"* {note}\n");
        return text.ToString();
    }

    private static string Median(IReadOnlyList<CpuTimes> times, Func<CpuTimes, double> part) =>
        times.Count == 0 ? "-" : Spread.Of(times.Select(part)).Median.ToString("0.0", CultureInfo.InvariantCulture);
}
