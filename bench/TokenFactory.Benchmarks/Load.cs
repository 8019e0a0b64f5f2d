using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TokenFactory.Benchmarks;

/// <summary>Events as a gateway would send them, and the rate at which they are durable.</summary>
internal sealed class Load(ServiceUnderLoad service)
{
    private static readonly string[] Sectors = ["household", "government", "enterprise"];
    private static readonly string[] Models = ["kimi-k2", "qwen3-max", "gpt-4o", "claude-sonnet-4", "gemini-2.5-pro"];
    private static readonly string[] Producers = ["moonshot", "alibaba", "openai", "anthropic", "google"];
    private readonly DateTimeOffset _begin = TimeProvider.System.GetUtcNow().AddDays(-60);

    /// <summary>Events per second in NDJSON bodies of <paramref name="perBody"/> events, each source over a connection of its own.</summary>
    public async Task<double> PostBatchesAsync(string prefix, int events, int perBody, int sources)
    {
        // Made before the clock runs: the sender shares the machine with the service.
        var bodies = Enumerable.Range(0, sources).Select(source => Enumerable.Range(0, events / sources / perBody)
            .Select(body => Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(body * perBody, perBody).Select(i => Event(prefix, source, i))))).ToList()).ToList();
        var started = Stopwatch.GetTimestamp();
        var accepted = await Task.WhenAll(bodies.Select(async ofSource =>
        {
            long sum = 0;
            foreach (var body in ofSource)
                sum += await PostAsync(body);
            return sum;
        }));
        return Rate(events, accepted.Sum(), Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Events per second one to a request, and the latencies in milliseconds, in order.</summary>
    public async Task<(double Rate, List<double> LatenciesMs)> PostSinglesAsync(string prefix, int events, int connections, int sources)
    {
        var latencies = new List<double>[connections];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async worker =>
        {
            var own = latencies[worker] = [];
            for (var i = worker; i < events; i += connections)
            {
                var sent = Stopwatch.GetTimestamp();
                using var content = new StringContent(Event(prefix, worker % sources, i), Encoding.UTF8, "application/json");
                using var answer = await service.Client.PostAsync("/v1/events", content);
                if ((int)answer.StatusCode != 201)
                    throw new InvalidOperationException($"An event answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        }));
        return (events / Stopwatch.GetElapsedTime(started).TotalSeconds, [.. latencies.SelectMany(l => l).Order()]);
    }

    /// <summary>Latencies of a query in milliseconds, in order, one after the other.</summary>
    public async Task<List<double>> QueryAsync(string path, int times)
    {
        var latencies = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            using var answer = await service.Client.GetAsync(path);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        }

        return [.. latencies.Order()];
    }

    private async Task<long> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await service.Client.PostAsync("/v1/events", content);
        answer.EnsureSuccessStatusCode();
        using var told = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return told.RootElement.GetProperty("accepted").GetInt64();
    }

    private string Event(string prefix, int source, int i)
    {
        var at = _begin.AddSeconds(i).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"source":"bench-{{source}}","id":"{{prefix}}-{{i:D9}}","occurred_at":"{{at}}","producer":"{{Producers[i % 5]}}","model":"{{Models[i % 5]}}","sector":"{{Sectors[i % 3]}}","account":"account-{{i % 100}}","usage":{"input":{{100 + (i % 900)}},"cache_read":{{i % 5000}},"output":{{10 + (i % 400)}}},"unit_values":{"input":"0.60","cache_read":"0.15","output":"2.50"},"currency":"USD"}""");
    }

    private static double Rate(int sent, long accepted, TimeSpan elapsed) => sent == accepted
        ? accepted / elapsed.TotalSeconds
        : throw new InvalidOperationException($"{sent} events were sent and {accepted} accepted.");
}
