using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>
/// Every place of every operation of the API document is sent what no honest program sends. Nothing of it is a 5xx, and what is refused is refused
/// in words without internals. An operation that is new is tested by being in the document.
/// </summary>
public sealed class HostileInputTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int Senders = 4;

    // Each of them a JSON value, or meant to be one.
    private static readonly string[] Values =
    [
        "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\"", "\"" + new string('x', 5_000) + "\"", "null", "true", "[]", "{}", "[[[[[[[[]]]]]]]]",
        "1e400", "-1e400", "1E5", "00012", "-0", "-1", "1.0000000000000000001", "9223372036854775808", "99999999999999999999999999999999999999",
        "NaN", "\"NaN\"", "\"Infinity\"", "\"1e400\"", "\"-0\"", "\"00012\"",
        "\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:60Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"10000-01-01T00:00:00Z\"",
        "\"0001-01-01\"", "\"9999-12-31\"", "\"2026-02-30\"", "\"' or 1=1; drop table sources --\"", "\"../../../dev/zero\"", "\"\\u202e\\ufffe\\uffff\"",
    ];

    private static readonly string[] Texts =
    [
        "%00", "a%00b", "%ED%A0%80", "%FF%FE", "", "%20", "1e400", "1E5", "00012", "-0", "-1", "9223372036854775807", "9223372036854775808", "NaN",
        "1.0000000000000000001", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
        "2026-W60", "0000-Q1", "9999-Q4", "%27%20or%201%3D1%3B--", "..%2F..%2F..%2Fdev%2Fzero", "%E2%80%AE", "a,b,,", new string('x', 4_000),
    ];

    [Fact]
    public async Task No_parameter_breaks_an_operation()
    {
        var operations = await OperationsAsync();
        var requests = new List<(string Name, Func<HttpRequestMessage> Make)>();
        foreach (var operation in operations.All)
        {
            foreach (var (place, name, _) in operation.Parameters)
            {
                foreach (var text in Texts)
                {
                    // Paths end at an empty segment; a target that is too long is for the server to refuse.
                    var path = operation.PathWith(p => place == "path" && p == name ? (text.Length == 0 ? "%20" : text) : "1");
                    var target = place == "query" ? $"{path}?{name}={text}" : path;
                    requests.Add(($"{operation.Name} {name}={text[..Math.Min(40, text.Length)]}", () => Request(operation, target, "{}")));
                }
            }
        }

        requests.Should().HaveCountGreaterThan(1_000);
        (await FaultsAsync(requests, (_, _) => null)).Should().BeEmpty();
    }

    [Fact]
    public async Task No_member_of_a_body_breaks_an_operation()
    {
        var operations = await OperationsAsync();
        var requests = new List<(string Name, Func<HttpRequestMessage> Make)>();
        foreach (var (operation, body) in Bodies(operations))
        {
            foreach (var (pointer, isObject) in ApiOperations.PlacesOf(body).Where(p => p.Pointer.Length > 0))
            {
                foreach (var value in Values)
                    Add($"{pointer}={value[..Math.Min(40, value.Length)]}", ApiOperations.With(body, pointer, value));
            }

            void Add(string what, string text) => requests.Add(($"{operation.Name} {what}", () => Request(operation, operation.PathWith(_ => "1"), text)));
        }

        requests.Should().HaveCountGreaterThan(2_000);
        (await FaultsAsync(requests, (name, status) =>
            // What PostgreSQL can't keep, and what is no text at all, is never taken.
            (name.Contains("\\u0000", StringComparison.Ordinal) || name.Contains("\\ud800", StringComparison.Ordinal) || name.Contains("=1e400", StringComparison.Ordinal)
                || name.Contains("=00012", StringComparison.Ordinal) || name.Contains("=NaN", StringComparison.Ordinal)) && status < 300 ? "was taken" : null))
            .Should().BeEmpty();
    }

    [Fact]
    public async Task No_body_takes_a_member_that_it_does_not_know_or_one_twice()
    {
        var operations = await OperationsAsync();
        var requests = new List<(string Name, Func<HttpRequestMessage> Make)>();
        var covered = new HashSet<string>();
        foreach (var (operation, body) in Bodies(operations).Where(b => !TakesWhatOthersSend(b.Operation)))
        {
            covered.Add(operation.Name);
            foreach (var (pointer, _) in ApiOperations.PlacesOf(body).Where(p => p.IsObject && !IsDictionary(p.Pointer)))
            {
                foreach (var member in new[] { "\"is_admin\":true", "\"registered_on_sight\":true", "\"hash\":\"x\"", "\"recorded_at\":\"2026-01-01T00:00:00Z\"", "\"__proto__\":{}", "\"ID\":\"x\"" })
                    Add($"{pointer} {member}", ApiOperations.WithMember(body, pointer, member));
                var known = At(body, pointer).First();
                Add($"{pointer} {known.Key} twice", ApiOperations.WithMember(body, pointer, $"\"{known.Key}\":{known.Value?.ToJsonString() ?? "null"}"));
            }

            void Add(string what, string text) => requests.Add(($"{operation.Name} {what}", () => Request(operation, operation.PathWith(_ => "1"), text)));
        }

        covered.Should().Contain(["POST /v1/events", "POST /v1/api-keys", "POST /v1/sources", "PATCH /v1/accounts/{id}", "POST /v1/rate-cards"]);
        (await FaultsAsync(requests, (_, status) => status < 300 ? "was taken" : null)).Should().BeEmpty();
    }

    [Fact]
    public async Task Ten_megabytes_of_digits_are_refused_everywhere()
    {
        var digits = new string('9', 10 << 20);
        var before = fixture.Api.PeakMemoryBytes;
        var operations = await OperationsAsync();
        var requests = Bodies(operations).Select(b => (b.Operation.Name, Make: (Func<HttpRequestMessage>)(() => Request(
            b.Operation, b.Operation.PathWith(_ => "1"), ApiOperations.With(b.Body, ApiOperations.PlacesOf(b.Body).First(p => !p.IsObject).Pointer, digits), waits: true)))).ToList();

        (await FaultsAsync(requests, (_, status) => status < 300 ? "was taken" : null)).Should().BeEmpty();
        (fixture.Api.PeakMemoryBytes - before).Should().BeLessThan(600L << 20);
    }

    [Fact]
    public async Task Other_bodies_that_are_no_such_thing_break_nothing()
    {
        var operations = await OperationsAsync();
        string[] bodies = ["", " ", "null", "[]", "[null]", "{", "\"", "\u0000\u0000\u0000", "a,b\n\"", "=1+1", "\uFEFF", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"];
        var requests =
            from operation in operations.All
            where operation.ContentTypes.Any()
            from type in operation.ContentTypes.Concat(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", "*/*", "application/json; charset=utf-7"])
            from encoding in new[] { "", "gzip", "br", "gzip, gzip" }
            from body in bodies
            select ($"{operation.Name} {type} {encoding} {body}", (Func<HttpRequestMessage>)(() => Request(operation, operation.PathWith(_ => "1"), body, type, encoding)));

        (await FaultsAsync([.. requests], (_, _) => null)).Should().BeEmpty();
    }

    private async Task<ApiOperations> OperationsAsync() => new(await fixture.Api.GetAsync("/openapi/v1.json"));

    private static IEnumerable<(ApiOperation Operation, JsonObject Body)> Bodies(ApiOperations operations) =>
        from operation in operations.All
        let body = operations.BodyOf(operation)
        where body is not null
        select (operation, body);

    // Providers' own shapes grow by the week: what they hold beyond usage is no business of this service.
    private static bool TakesWhatOthersSend(ApiOperation operation) =>
        operation.Path.StartsWith("/v1/ingest/", StringComparison.Ordinal) || operation.Path is "/v1/traces" or "/v1/metrics" or "/v1/rate-cards/import" or "/v1/fx-rates/import";

    private static bool IsDictionary(string pointer) => pointer.Split('/')[^1] is "unit_values" or "fallbacks" or "usage";

    private static JsonObject At(JsonNode body, string pointer)
    {
        var at = body;
        foreach (var step in pointer.Split('/')[1..])
            at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!;
        return (JsonObject)at;
    }

    private static HttpRequestMessage Request(ApiOperation operation, string target, string body, string type = "application/json", string encoding = "", bool waits = false)
    {
        var request = new HttpRequestMessage(new HttpMethod(operation.Method), new Uri(target, UriKind.Relative));
        // A body that is refused by its length is not sent at all.
        request.Headers.ExpectContinue = waits;
        if (operation.Method is "GET" or "HEAD")
            return request;
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", operation.ContentTypes.Any() && !operation.ContentTypes.Contains(type) && type == "application/json" ? operation.ContentTypes.First() : type);
        if (encoding.Length > 0)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return request;
    }

    // The first faults: of thousands alike a few tell enough.
    private async Task<string> FaultsAsync(List<(string Name, Func<HttpRequestMessage> Make)> requests, Func<string, int, string?> alsoWrong)
    {
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (sent, cancellationToken) =>
        {
            using var request = sent.Make();
            using var answer = await fixture.Api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            // A stream has no end: it is read no further than its head.
            var text = answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync(cancellationToken);
            var status = (int)answer.StatusCode;
            statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
            if (status >= 500)
                faults.Enqueue($"{sent.Name}: {status}");
            else if (status >= 400 && FaultOf(answer, text) is { } fault)
                faults.Enqueue($"{sent.Name}: {status} {fault}");
            else if (alsoWrong(sent.Name, status) is { } wrong)
                faults.Enqueue($"{sent.Name}: {status} {wrong}");
        });
        // What never reached an operation would have broken nothing.
        statuses.Keys.Should().Contain(422);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}")));
        return string.Join('\n', faults.Order(StringComparer.Ordinal).Take(200));
    }

    private static string? FaultOf(HttpResponseMessage answer, string text)
    {
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestUriTooLong && text.Length == 0)
            return null; // The server's own, before there is a request.
        if (new[] { "System.", "Npgsql", "TokenFactory.Api", "   at ", "SqlState", "violates", "syntax error at" }.FirstOrDefault(t => text.Contains(t, StringComparison.Ordinal)) is { } internals)
            return $"tells {internals}";
        // OTLP over protobuf has refusals of its own form.
        if (answer.Content.Headers.ContentType?.MediaType == "application/x-protobuf")
            return null;
        return text.Length > 0 && JsonDocument.Parse(text).RootElement.ValueKind == JsonValueKind.Object ? null : "says nothing";
    }
}
