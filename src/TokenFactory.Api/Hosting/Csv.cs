using System.Globalization;
using System.Text;

namespace TokenFactory.Api.Hosting;

/// <summary>One cell of a CSV row: a text, which is escaped, or a number, which is written as it is.</summary>
internal readonly record struct CsvCell(string? Text, bool IsNumber)
{
    public static CsvCell Number(string? number) => new(number, true);

    public static CsvCell Number(long number) => new(number.ToString(CultureInfo.InvariantCulture), true);

    public static implicit operator CsvCell(string? text) => new(text, false);
}

/// <summary>
/// CSV as RFC 4180 has it, safe to open in a spreadsheet: a text that a spreadsheet would take for a formula (= + - @, tab, CR first) gets an
/// apostrophe in front. Null is an empty cell.
/// </summary>
internal static class Csv
{
    public const string ContentType = "text/csv";

    public static byte[] Document(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<CsvCell>> rows)
    {
        var text = new StringBuilder();
        AppendRow(text, [.. header.Select(h => (CsvCell)h)]);
        foreach (var row in rows)
            AppendRow(text, row);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// Whether the request asks for CSV, or a kind of it: <c>?format=</c>, where it is given, else the Accept header: <c>text/csv</c>, unless
    /// something else that is named ranks higher, or as high and first.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="contentType">What is to be accepted.</param>
    /// <param name="name">What <c>?format=</c> calls it.</param>
    public static bool IsAskedFor(HttpRequest request, string contentType = ContentType, string name = "csv")
    {
        if (request.Query["format"].ToString() is { Length: > 0 } format)
            return format == name;
        // Stable: of the same quality the first comes first. A wildcard asks for nothing in particular.
        var best = request.GetTypedHeaders().Accept.Where(type => !type.MatchesAllTypes && type.Quality is null or > 0)
            .OrderByDescending(type => type.Quality ?? 1).FirstOrDefault();
        return best is not null && best.MediaType.Equals(contentType, StringComparison.OrdinalIgnoreCase);
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<CsvCell> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            Append(text, cells[i]);
        }

        text.Append("\r\n");
    }

    private static void Append(StringBuilder text, CsvCell cell)
    {
        if (string.IsNullOrEmpty(cell.Text))
            return;
        var value = !cell.IsNumber && cell.Text[0] is ('=' or '+' or '-' or '@' or '\t' or '\r') ? "'" + cell.Text : cell.Text;
        if (value.AsSpan().IndexOfAny(",\"\r\n") < 0)
            text.Append(value);
        else
            text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
