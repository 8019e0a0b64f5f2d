using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Sends figures as JSON or CSV, with an entity tag over the content, so that a dashboard that asks again gets 304 until something changed.</summary>
internal static class FigureTable
{
    /// <summary>The null reason of what needs whole periods: one that is cut by the window, or not over yet, has less than its own (METHODOLOGY, edge rule 3).</summary>
    public const string PartialPeriod = "partial_period";

    /// <summary>Sends the rows of an answer, each a column's cells.</summary>
    public static IActionResult Answer<TRow>(
        HttpContext http, FigureAnswer answer, IReadOnlyList<TRow> rows, string[] measures, Func<TRow, CsvCell[]> cells) where TRow : FigureRow =>
        Document(http, answer, rows, measures, cells).Result(http, answer.CompleteThrough);

    /// <summary>The same of a table without periods.</summary>
    public static IActionResult Answer(HttpContext http, FigureAnswer answer, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<CsvCell>> rows) =>
        Document(http, answer, header, rows).Result(http, answer.CompleteThrough);

    /// <summary>The same of what is no figure.</summary>
    public static IActionResult Answer(HttpContext http, object answer, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<CsvCell>> rows)
    {
        var isCsv = Csv.IsAskedFor(http.Request);
        return isCsv
            ? Answer(http, Csv.Document(header, rows), "text/csv; charset=utf-8; header=present")
            : Answer(http, JsonSerializer.SerializeToUtf8Bytes(answer, answer.GetType(), WireJson.Options), "application/json; charset=utf-8");
    }

    /// <summary>The same of a document that is written already.</summary>
    public static IActionResult Answer(HttpContext http, byte[] body, string contentType) =>
        IsKnown(http, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\""))
            ? new StatusCodeResult(StatusCodes.Status304NotModified)
            : new FileContentResult(body, contentType);

    /// <summary>The rows of an answer in the form that the request asks for.</summary>
    public static FigureDocument Document<TRow>(
        HttpContext http, FigureAnswer answer, IReadOnlyList<TRow> rows, string[] measures, Func<TRow, CsvCell[]> cells) where TRow : FigureRow =>
        Document(http, answer, ["period", "start", "end", .. answer.By, .. measures, "partial", "status"],
            rows.Select(row => (IReadOnlyList<CsvCell>)[row.Period, UtcInstantConverter.Text(row.Start), UtcInstantConverter.Text(row.End),
                .. Groups(row), .. cells(row), row.Partial ? "true" : "false", row.Status]));

    /// <summary>Tells the tag of what is sent, and whether who asks has it already.</summary>
    public static bool IsKnown(HttpContext http, EntityTagHeaderValue tag)
    {
        http.Response.GetTypedHeaders().ETag = tag;
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.Vary = "Accept, Authorization, X-Api-Key";
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Tag == "*");
    }

    private static FigureDocument Document(HttpContext http, FigureAnswer answer, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<CsvCell>> rows) =>
        Csv.IsAskedFor(http.Request) ? FigureDocument.OfCsv(Csv.Document(header, rows)) : FigureDocument.OfJson(answer);

    /// <summary>Fills the columns of a group into a row.</summary>
    public static TRow WithGroup<TRow>(TRow row, IReadOnlyList<Dimension> by, IReadOnlyList<string> group) where TRow : GroupRow
    {
        return by.Count == 0 ? row : row with
        {
            Sector = NameIn(Dimension.Sector),
            Producer = NameIn(Dimension.Producer),
            Model = NameIn(Dimension.Model),
            TokenClass = NameIn(Dimension.TokenClass),
            ServiceTier = NameIn(Dimension.ServiceTier),
        };

        string? NameIn(Dimension dimension)
        {
            for (var i = 0; i < by.Count; i++)
            {
                if (by[i] == dimension)
                    return group[i];
            }

            return null;
        }
    }

    /// <summary>The cells of a total with what lies between them: an empty period is a nominal 0, not a gap (METHODOLOGY, edge rule 2).</summary>
    /// <exception cref="TooManyRowsException">There are more than <paramref name="limit"/>.</exception>
    public static List<TCell> WithEmptyPeriods<TCell>(FigureRequest request, List<TCell> cells, Func<Period, TCell> empty, int limit) where TCell : GroupedCell
    {
        if (request.By.Count > 0 || cells.Count == 0)
            return cells;
        var known = cells.ToDictionary(c => c.Period);
        var all = request.Calendar.Range(request.Frequency, cells[0].Period.Start, cells[^1].Period.End)
            .Select(period => known.GetValueOrDefault(period) ?? empty(period)).Take(limit + 1).ToList();
        return all.Count > limit ? throw new TooManyRowsException(limit) : all;
    }

    /// <summary>provisional -> estimated -> final, by how long the period has been over at the end of the vintage.</summary>
    public static string StatusOf(Period period, DateOnly asOf, StatisticsOptions options)
    {
        var daysOver = asOf.DayNumber - DateOnly.FromDateTime(period.End.UtcDateTime).DayNumber;
        return daysOver < options.ProvisionalDays ? "provisional" : daysOver < options.FinalDays ? "estimated" : "final";
    }

    /// <summary>
    /// The part of a period that the window covers, and whether that is only a part of it: because the window cuts it, or because the period
    /// is not over yet. A part is flagged and nothing is grossed up (METHODOLOGY, edge rule 3).
    /// </summary>
    public static (DateTimeOffset Start, DateTimeOffset End, bool IsPartial) Cover(Period period, FigureRequest request, FigureContext context)
    {
        var start = request.Start > period.Start ? request.Start.Value : period.Start;
        var end = request.End < period.End ? request.End.Value : period.End;
        return (start, end, start > period.Start || end < period.End || period.End > context.Reach);
    }

    /// <summary>As index numbers and shares are published. F6 rounds the number itself; multiplying it first, or a custom format (15 digits), would not.</summary>
    public static string? SixDecimals(double? value) =>
        // What rounds to 0 from below, and a zero that came from there, would be written -0.000000.
        value is <= 0 and > -0.000_000_5 ? "0.000000" : value?.ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>The columns of a row's group that were asked for.</summary>
    public static IEnumerable<CsvCell> Groups(GroupRow row) =>
        new[] { row.Sector, row.Producer, row.Model, row.TokenClass, row.ServiceTier }.Where(g => g is not null).Select(g => (CsvCell)g);
}
