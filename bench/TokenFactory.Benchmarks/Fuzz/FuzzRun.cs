using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace TokenFactory.Fuzz;

/// <summary>
/// Sends spoilt bodies to every entrance, and holds each answer against what was promised: a success or a problem that says why, never a fault of the
/// server; and what the answers say was taken is what the ledger holds.
/// </summary>
/// <param name="client">With a key that may write for <see cref="Source"/> and <see cref="SpanSource"/>.</param>
/// <param name="seed">Of the run: the same seed sends the same bodies.</param>
/// <param name="acceptedInLedger">Counts the accepted events of a source in the ledger.</param>
internal sealed class FuzzRun(HttpClient client, long seed, Func<string, Task<long>> acceptedInLedger)
{
    public const string Source = "fuzz";

    /// <summary>Spans and metrics are recorded under a source of their own: their answers don't count what was accepted.</summary>
    public const string SpanSource = "fuzz-spans";

    /// <summary>Counts the accepted events of a source ($1).</summary>
    public const string AcceptedSql =
        "select coalesce(sum(b.accepted), 0)::bigint from ledger_batch b join sources s on s.id = b.source_id where s.slug = $1";

    private const int MaxFaults = 20;
    private const int Senders = 16;

    private readonly IReadOnlyList<FuzzSpecimen> _specimens = FuzzSpecimens.All;
    private readonly List<string> _faults = [];
    private readonly Dictionary<int, long> _statuses = [];
    private long _accepted;

    /// <summary>How many answers had each status.</summary>
    public IReadOnlyDictionary<int, long> Statuses => _statuses;

    /// <summary>Sends the bodies from one number on.</summary>
    /// <returns>What broke a promise, with the number that repeats it; empty when all held.</returns>
    public async Task<IReadOnlyList<string>> SendAsync(long from, long count, CancellationToken cancellationToken)
    {
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < from + count && _faults.Count < MaxFaults)
                await SendAsync(number, cancellationToken);
        }, cancellationToken)));
        if (_faults.Count == 0 && await acceptedInLedger(Source) is var inLedger && inLedger != _accepted)
            _faults.Add($"The answers accepted {_accepted} events, the ledger has {inLedger}.");
        return _faults;
    }

    private async Task SendAsync(long number, CancellationToken cancellationToken)
    {
        var shot = FuzzShot.Make(seed, number, _specimens);
        try
        {
            using var request = RequestOf(shot);
            using var answer = await client.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var fault = Judge(shot, answer, body, out var accepted);
            lock (_faults)
            {
                _accepted += accepted;
                _statuses[(int)answer.StatusCode] = _statuses.GetValueOrDefault((int)answer.StatusCode) + 1;
                if (fault is not null)
                    _faults.Add(Told(number, shot, $"{fault}: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 400)))}"));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            lock (_faults)
                _faults.Add(Told(number, shot, $"no answer: {e.Message} {e.InnerException?.Message}"));
        }
    }

    private static HttpRequestMessage RequestOf(FuzzShot shot)
    {
        var content = new ReadOnlyMemoryContent(shot.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", shot.ContentType);
        if (shot.ContentEncoding is { } encoding)
            content.Headers.ContentEncoding.Add(encoding);
        var request = new HttpRequestMessage(HttpMethod.Post, shot.Path) { Content = content };
        foreach (var (name, value) in shot.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (IsOfSpans(shot))
            request.Headers.Add("X-TokenFactory-Source", SpanSource);
        return request;
    }

    private static string? Judge(FuzzShot shot, HttpResponseMessage answer, byte[] body, out long accepted)
    {
        accepted = 0;
        var type = answer.Content.Headers.ContentType?.MediaType;
        if ((int)answer.StatusCode >= 500)
            return $"answered {(int)answer.StatusCode}";
        if (IsOfSpans(shot))
            return type is "application/json" or "application/x-protobuf" or "application/problem+json" ? null : $"answered {(int)answer.StatusCode} as {type}";
        if (type is not ("application/json" or "application/problem+json"))
            return $"answered {(int)answer.StatusCode} as {type}";
        try
        {
            using var document = JsonDocument.Parse(body);
            var told = document.RootElement;
            if (!answer.IsSuccessStatusCode && !told.TryGetProperty("code", out _) && !told.TryGetProperty("received", out _))
                return $"answered {(int)answer.StatusCode} without a reason";
            if (told.TryGetProperty("received", out var received))
            {
                accepted = told.GetProperty("accepted").GetInt64();
                string[] outcomes = ["accepted", "duplicate", "conflict", "rejected", "quarantined"];
                if (received.GetInt64() != outcomes.Sum(o => told.GetProperty(o).GetInt64()))
                    return "answered counts that don't add up";
            }
            else
            {
                accepted = answer.StatusCode == HttpStatusCode.Created ? 1 : 0;
            }

            return null;
        }
        catch (JsonException)
        {
            return $"answered {(int)answer.StatusCode} with what is no JSON";
        }
    }

    private static bool IsOfSpans(FuzzShot shot) => shot.Path is "/v1/traces" or "/v1/metrics";

    private string Told(long number, FuzzShot shot, string fault) => string.Create(CultureInfo.InvariantCulture,
        $"seed {seed}, number {number}, POST {shot.Path} ({shot.ContentType}{(shot.ContentEncoding is { } e ? $", {e}" : "")}, {shot.Body.Length} bytes) {fault}");
}
