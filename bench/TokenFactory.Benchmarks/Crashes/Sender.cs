using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TokenFactory.Crashes;

/// <summary>
/// One sender of events, as a gateway is one: whatever it was not told the outcome of it sends again, with the same ids, to any instance. What it sends
/// follows from the seed and its number alone; when and to whom depends on what happens.
/// </summary>
/// <param name="book">Where it writes down what it sent and was told.</param>
/// <param name="clients">Of each instance; null while it is started.</param>
/// <param name="seed">Of the round.</param>
/// <param name="number">Of the sender.</param>
/// <param name="source">Whose events it sends.</param>
internal sealed class Sender(Book book, IReadOnlyList<Func<HttpClient?>> clients, int seed, int number, string source)
{
    private const int MaxBatch = 60;
    private const int Racers = 6;
    private static readonly DateTimeOffset Start = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Models = ["kimi-k2", "kimi-latest", "crash-model-a", "crash-model-b"];
    private static readonly string?[] Sectors = ["household", "government", "enterprise", null];
    private static readonly string[] UnitValues = ["2.5", "0.15", "0.123456789012", "0"];
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(unchecked((seed * 397) + number));
    private readonly List<(string Id, string Body)> _acknowledged = [];
    private int _sent;

    /// <summary>Sends until it is stopped, and then until everything that it has sent is acknowledged.</summary>
    /// <param name="stopping">Nothing new is sent after this.</param>
    /// <param name="deadline">What is not acknowledged by then never will be.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken deadline)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
                await SendOneAsync(deadline);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            book.Find(FindingKind.NoRecovery, $"sender {number} was not answered to the end");
        }
    }

    /// <summary>Sends something and waits until it is answered.</summary>
    public Task SendOneAsync(CancellationToken deadline) => _random.Next(20) switch
    {
        < 4 => SendSingleAsync(NewEvent(), deadline),
        < 13 => SendBatchAsync([.. Enumerable.Range(0, _random.Next(2, MaxBatch)).Select(_ => NewEvent())], "application/x-ndjson", "", deadline),
        < 15 => SendBatchAsync([.. Enumerable.Range(0, _random.Next(2, MaxBatch)).Select(_ => NewEvent())], "application/json", "&atomic=true", deadline),
        < 17 when _acknowledged.Count > 0 => SendBatchAsync(KnownAndNew(), "application/x-ndjson", "", deadline),
        17 when _acknowledged.Count > 0 => ReverseAsync(_acknowledged[_random.Next(_acknowledged.Count)].Id, deadline),
        18 => RaceAsync(deadline),
        _ => SendSingleAsync(NewEvent(), deadline),
    };

    // What is known already beside what is new, in any order.
    private (string Id, string Body)[] KnownAndNew()
    {
        var known = Enumerable.Range(0, _random.Next(1, MaxBatch)).Select(_ => _acknowledged[_random.Next(_acknowledged.Count)]).DistinctBy(e => e.Id).ToList();
        var all = known.Concat(Enumerable.Range(0, _random.Next(1, MaxBatch)).Select(_ => NewEvent())).ToArray();
        _random.Shuffle(all);
        return all;
    }

    private (string Id, string Body) NewEvent()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"s{number}-{_sent++}");
        var (sent, body) = Draw(id);
        book.Events[(source, id)] = sent;
        return (id, body);
    }

    private (SentEvent Sent, string Body) Draw(string id)
    {
        var value = UnitValues[_random.Next(UnitValues.Length)];
        // Late ones and shuffled ones: anywhere in some weeks.
        var sent = new SentEvent(_random.Next(1, 100_000), _random.Next(1, 10_000), decimal.Parse(value, CultureInfo.InvariantCulture),
            Start.AddSeconds(_random.Next(0, 40 * 86_400)));
        var body = new Dictionary<string, object>
        {
            ["source"] = source,
            ["id"] = id,
            ["occurred_at"] = sent.OccurredAt,
            ["producer"] = "moonshot",
            ["model"] = Models[_random.Next(Models.Length)],
            ["usage"] = new { input = sent.Input, output = sent.Output },
            ["unit_values"] = new { input = value, output = value },
            ["currency"] = "USD",
        };
        if (Sectors[_random.Next(Sectors.Length)] is { } sector)
            body["sector"] = sector;
        return (sent, JsonSerializer.Serialize(body));
    }

    private async Task SendSingleAsync((string Id, string Body) sent, CancellationToken deadline)
    {
        var (status, answer) = await UntilAnsweredAsync("/v1/events", sent.Body, "application/json", deadline);
        if (status is not (HttpStatusCode.Created or HttpStatusCode.OK))
            book.Find(FindingKind.WrongAnswer, $"{source} {sent.Id}: {(int)status} {answer}");
        else
            Acknowledge(sent, RecordedOf(answer!.Value));
    }

    private async Task SendBatchAsync((string Id, string Body)[] events, string type, string query, CancellationToken deadline)
    {
        var bodies = events.Select(e => e.Body);
        var body = type == "application/json" ? $"[{string.Join(',', bodies)}]" : string.Join('\n', bodies);
        var (status, answer) = await UntilAnsweredAsync($"/v1/events?receipts=all{query}", body, type, deadline);
        var rows = status == HttpStatusCode.OK ? answer!.Value.GetProperty("items").EnumerateArray().ToList() : [];
        if (rows.Count != events.Length || rows.Any(r => r.GetProperty("status").GetString() is not ("accepted" or "duplicate")))
        {
            book.Find(FindingKind.WrongAnswer, $"{source} {events[0].Id} and {events.Length - 1} more: {(int)status} {answer}");
            return;
        }

        for (var i = 0; i < events.Length; i++)
            Acknowledge(events[i], RecordedOf(rows[i]));
        if (query.Length > 0 && rows.Select(RecordedOf).Distinct().Count() > 1)
            book.Find(FindingKind.Altered, $"the atomic batch of {source} {events[0].Id} was recorded in parts");
    }

    private void Acknowledge((string Id, string Body) sent, Recorded recorded)
    {
        if (book.Events[(source, sent.Id)].Acknowledged is null)
            _acknowledged.Add(sent);
        book.Acknowledge(source, sent.Id, recorded);
    }

    private async Task ReverseAsync(string id, CancellationToken deadline)
    {
        var (status, answer) = await UntilAnsweredAsync($"/v1/events/{source}/{id}/reversal", """{"reason":"a test"}""", "application/json", deadline);
        if (status is not (HttpStatusCode.Created or HttpStatusCode.OK))
        {
            book.Find(FindingKind.WrongAnswer, $"reversal of {source} {id}: {(int)status} {answer}");
            return;
        }

        var sent = book.Events[(source, id)];
        var recorded = RecordedOf(answer!.Value);
        if (sent.Reversed is { } first && first != recorded)
            book.Find(FindingKind.Altered, $"the reversal of {source} {id} was acknowledged as {first}, and later as {recorded}");
        sent.Reversed ??= recorded;
    }

    // Many contents under one id at once: one is recorded, the others are told of the conflict for ever.
    private async Task RaceAsync(CancellationToken deadline)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"s{number}-race-{_sent++}");
        var drawn = Enumerable.Range(0, Racers).Select(_ => Draw(id)).ToList();
        book.NoteRace();
        // Each racer draws by itself: they run at once.
        var answers = await Task.WhenAll(drawn.Select(d => UntilAnsweredAsync("/v1/events", d.Body, "application/json", new Random(_random.Next()), deadline)));
        var winners = Enumerable.Range(0, Racers).Where(i => answers[i].Status is HttpStatusCode.Created or HttpStatusCode.OK).ToList();
        if (winners.Count == 1)
        {
            book.Events[(source, id)] = drawn[winners[0]].Sent;
            book.Acknowledge(source, id, RecordedOf(answers[winners[0]].Answer!.Value));
        }

        if (winners.Count != 1 || answers.Count(a => a.Status == HttpStatusCode.Conflict) != Racers - 1)
            book.Find(FindingKind.WronglyAccepted, $"{source} {id}: {string.Join(", ", answers.Select(a => (int)a.Status))}");
    }

    private Task<(HttpStatusCode Status, JsonElement? Answer)> UntilAnsweredAsync(string path, string body, string type, CancellationToken deadline) =>
        UntilAnsweredAsync(path, body, type, _random, deadline);

    private async Task<(HttpStatusCode Status, JsonElement? Answer)> UntilAnsweredAsync(
        string path, string body, string type, Random random, CancellationToken deadline)
    {
        for (var attempt = 1; ; attempt++)
        {
            var instance = random.Next(clients.Count);
            // Now and then a sender has no patience: its request may be recorded all the same.
            var limit = random.Next(25) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 40)) : AnswerLimit;
            if (clients[instance]() is { } client && await AskAsync(client, instance, path, body, type, limit, deadline) is { } told)
                return told;
            deadline.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5, 20 * Math.Min(attempt, 10))), deadline);
        }
    }

    /// <returns>Null: the outcome is not known, or the service asks to come again.</returns>
    private async Task<(HttpStatusCode Status, JsonElement? Answer)?> AskAsync(
        HttpClient client, int instance, string path, string body, string type, TimeSpan limit, CancellationToken deadline)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        patience.CancelAfter(limit);
        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
            using var answer = await client.PostAsync(path, content, patience.Token);
            var text = await answer.Content.ReadAsStringAsync(patience.Token);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                if (answer.Headers.RetryAfter is null)
                    book.Find(FindingKind.WrongAnswer, $"503 without Retry-After: {text}");
                book.NoteUnknown();
                return null;
            }

            using var document = JsonDocument.Parse(text);
            if (answer.IsSuccessStatusCode)
                book.Heard(instance, sentAt);
            return (answer.StatusCode, document.RootElement.Clone());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or JsonException)
        {
            deadline.ThrowIfCancellationRequested();
            book.NoteUnknown();
            return null;
        }
    }

    private static Recorded RecordedOf(JsonElement receipt) => new(receipt.GetProperty("recorded_at").GetDateTimeOffset(), receipt.GetProperty("batch_id").GetInt64());
}
