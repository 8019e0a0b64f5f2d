namespace TokenFactory.Benchmarks.Reporting;

/// <summary>A part of a Markdown file between two comments that name it; what is between them is made by a program.</summary>
internal static class MarkedBlock
{
    /// <exception cref="InvalidOperationException">The file has no such block.</exception>
    public static void Write(string file, string name, string text)
    {
        var page = File.ReadAllText(file);
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- /{name} -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
            throw new InvalidOperationException($"{file} has no block {begin.Trim()} ... {end}.");
        File.WriteAllText(file, $"{page[..(from + begin.Length)]}\n{text}\n{page[to..]}");
    }
}
