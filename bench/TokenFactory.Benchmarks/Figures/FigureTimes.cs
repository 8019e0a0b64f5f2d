using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Figures;

/// <summary>How long one figure took, asked again and again; milliseconds, in order.</summary>
/// <param name="Rows">In the answer.</param>
/// <param name="Anew">After an event that falls into its window: nothing of before holds.</param>
/// <param name="Again">The same once more: the service may have kept the answer.</param>
/// <param name="Unchanged">With the ETag of the answer: 304.</param>
internal sealed record FigureTimes(int Rows, double[] Anew, double[] Again, double[] Unchanged)
{
    public const int Requests = 100;

    // Of figures that take long, fewer requests tell as much.
    private const int LeastRequests = 20;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);
    private const int WarmUps = 200;
    private static readonly TimeSpan WarmEnough = TimeSpan.FromSeconds(20);

    /// <summary>Asks a path of the service.</summary>
    public static async Task<FigureTimes> MeasureAsync(FigureLedger ledger, string path)
    {
        var client = ledger.Ledger.Service.Client;
        var body = Array.Empty<byte>();
        EntityTagHeaderValue? tag = null;
        await WarmUpAsync(ledger, path);
        var anew = await RepeatAsync(async () =>
        {
            await ledger.MoveAsync();
            (var ms, body, tag) = await AskAsync(client, path, null);
            return ms;
        });
        var again = await RepeatAsync(async () =>
        {
            (var ms, _, tag) = await AskAsync(client, path, null);
            return ms;
        });
        var unchanged = await RepeatAsync(async () => (await AskAsync(client, path, tag)).Ms);
        using var answer = JsonDocument.Parse(body);
        return new FigureTimes(answer.RootElement.GetProperty("rows").GetArrayLength(), anew, again, unchanged);
    }

    /// <summary>Asks a path some times, each after a new event, and counts none: code is compiled to the end only after it has run for a while.</summary>
    public static async Task WarmUpAsync(FigureLedger ledger, string path)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < WarmUps && Stopwatch.GetElapsedTime(started) < WarmEnough; i++)
        {
            await ledger.MoveAsync();
            await AskAsync(ledger.Ledger.Service.Client, path, null);
        }
    }

    /// <summary>One request to its last byte.</summary>
    /// <param name="client">Of the service.</param>
    /// <param name="path">What is asked.</param>
    /// <param name="tag">Of an answer that is held already: then it must be 304.</param>
    public static async Task<(double Ms, byte[] Body, EntityTagHeaderValue? Tag)> AskAsync(HttpClient client, string path, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(tag);
        var started = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return answer.StatusCode == (tag is null ? HttpStatusCode.OK : HttpStatusCode.NotModified)
            ? (ms, body, answer.Headers.ETag)
            : throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
    }

    /// <summary>The same answer by plain SQL; throws where the two differ.</summary>
    /// <returns>Milliseconds.</returns>
    public static async Task<double> CompareAsync(FigureLedger ledger, FigureQuery query, CancellationToken cancellationToken)
    {
        var (_, body, _) = await AskAsync(ledger.Ledger.Service.Client, PathOf(ledger, query), null);
        using var answer = JsonDocument.Parse(body);
        var ofService = answer.RootElement.GetProperty("rows").EnumerateArray().Select(r => decimal.Parse(r.GetProperty("gdp").GetString()!, CultureInfo.InvariantCulture)).ToList();

        var started = Stopwatch.GetTimestamp();
        await using var command = ledger.Ledger.Database.CreateCommand(query.Sql);
        foreach (var day in (DateOnly[])[ledger.First, ledger.End])
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var gdp = row.GetOrdinal("gdp");
        var ofEntries = new List<decimal>();
        while (await row.ReadAsync(cancellationToken))
            ofEntries.Add(row.GetDecimal(gdp));
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        // A day without a sale is a row of the total all the same.
        return ofService.Where(v => v != 0).Order().SequenceEqual(ofEntries.Order())
            ? ms
            : throw new InvalidOperationException($"{query.What}: the service and the entries do not say the same.");
    }

    public static string PathOf(FigureLedger ledger, FigureQuery query) => $"/v1/gdp?{query.Parameters}&{ledger.Window}";

    public double P50 => Spread.Percentile(Anew, 0.5);

    public double P99 => Spread.Percentile(Anew, 0.99);

    /// <summary>As "p50 / p99".</summary>
    public static string Text(double[] times) => FormattableString.Invariant($"{Spread.Percentile(times, 0.5):0.0} / {Spread.Percentile(times, 0.99):0.0}");

    private static async Task<double[]> RepeatAsync(Func<Task<double>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        var times = new List<double>(Requests);
        while (times.Count < Requests && (times.Count < LeastRequests || Stopwatch.GetElapsedTime(started) < Enough))
            times.Add(await ask());
        return [.. times.Order()];
    }
}
