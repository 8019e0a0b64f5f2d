using System.Globalization;
using System.Text.Json;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Makes an event of each result of a usage report's page. A bucket is placed at its start, and has to be over: until then its numbers grow. The same
/// page again is duplicates, a corrected one conflicts, which the answer lists.
/// </summary>
internal sealed class UsageReportParser(ReportedUsageReader reader, TimeProvider time)
{
    private static readonly string[] Counts = ["input_tokens", "output_tokens", "uncached_input_tokens", "cache_read_input_tokens", "cache_creation"];

    /// <param name="report">Whose report it is.</param>
    /// <param name="source">The source that it is recorded under.</param>
    /// <param name="account">The account of every result; null: the report names it.</param>
    /// <param name="json">One page.</param>
    /// <param name="index">The place of its first result in the body, from 0.</param>
    /// <returns>An item per result; one that is refused where the page is none.</returns>
    public List<IngestItem> Parse(UsageReport report, string source, string? account, ReadOnlyMemory<byte> json, int index)
    {
        var items = new List<IngestItem>();
        try
        {
            using var page = JsonDocument.Parse(json);
            var root = page.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var buckets) || buckets.ValueKind != JsonValueKind.Array)
            {
                items.Add(Refused(index, source, "/data", "required", "This is no page of a usage report: it has no list `data` of time buckets."));
                return items;
            }

            foreach (var (bucket, b) in buckets.EnumerateArray().Select((bucket, b) => (bucket, b)))
                ReadBucket(report, source, account, bucket, $"/data/{b}", index, items);
        }
        catch (JsonException e)
        {
            items.Add(Refused(index + items.Count, source, "", "malformed_json", string.Create(CultureInfo.InvariantCulture,
                $"Not valid JSON at byte {e.BytePositionInLine} of line {(e.LineNumber ?? 0) + 1}.")));
        }
        catch (InvalidOperationException)
        {
            items.Add(Refused(index + items.Count, source, "", UsageViolation.InvalidText, "A text holds bytes or escapes that are not valid Unicode."));
        }

        return items;
    }

    private void ReadBucket(UsageReport report, string source, string? account, JsonElement bucket, string pointer, int first, List<IngestItem> items)
    {
        if (Member(bucket, "results") is not { ValueKind: JsonValueKind.Array } results)
        {
            items.Add(Refused(first + items.Count, source, pointer + "/results", "required", "A time bucket has a list `results`."));
            return;
        }

        var start = UsageReport.InstantOf(Member(bucket, report.Start));
        var end = UsageReport.InstantOf(Member(bucket, report.End));
        foreach (var (result, r) in results.EnumerateArray().Select((result, r) => (result, r)))
        {
            var at = first + items.Count;
            items.Add((start, end) switch
            {
                _ when result.ValueKind != JsonValueKind.Object => Refused(at, source, $"{pointer}/results/{r}", "wrong_type", "A result is a JSON object."),
                _ when !Counts.Any(name => result.TryGetProperty(name, out _)) => Empty(at, source),
                (null, _) => Refused(at, source, $"{pointer}/{report.Start}", "required", "The bucket does not say when it starts."),
                (_, null) => Refused(at, source, $"{pointer}/{report.End}", "required", "The bucket does not say when it ends."),
                ({ } from, { } to) when to <= from => Refused(at, source, $"{pointer}/{report.End}", "out_of_range", "A bucket ends after its start."),
                ({ } from, { } to) when to > time.GetUtcNow() => Refused(at, source, $"{pointer}/{report.End}", "bucket_open", string.Create(
                    CultureInfo.InvariantCulture, $"The bucket lasts until {to:yyyy-MM-dd'T'HH:mm:ss'Z'}, and its numbers change until then. Send it when it is over.")),
                ({ } from, { } to) => reader.Read(at, Reported(report, source, account, from, to, result)),
            });
        }
    }

    private static ReportedUsage Reported(UsageReport report, string source, string? account, DateTimeOffset start, DateTimeOffset end, JsonElement result) => new()
    {
        Shape = report.Shape,
        Source = source,
        Id = report.IdOf(start, end, result),
        OccurredAt = start,
        Provider = report.Provider,
        Profile = report.Profile,
        Model = Text(result, "model"),
        Account = account ?? Text(result, report.Account),
        ServiceTier = Member(result, "batch").ValueKind == JsonValueKind.True ? "batch" : Text(result, "service_tier"),
        Response = ReportedUsage.Written(writer => WriteCounts(writer, result)),
    };

    // What is not counted is in the id, the names and the tier; only the context window, which decides prices, is kept beside the counts too.
    private static void WriteCounts(Utf8JsonWriter writer, JsonElement result)
    {
        using var counts = new MemoryStream();
        using (var inner = new Utf8JsonWriter(counts))
        {
            inner.WriteStartObject();
            foreach (var member in result.EnumerateObject().Where(m => m is { Name: "context_window", Value.ValueKind: JsonValueKind.String }
                || m.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)))
            {
                member.WriteTo(inner);
            }

            inner.WriteEndObject();
        }

        writer.WriteStartObject();
        writer.WritePropertyName("usage");
        UsageDigest.WriteUsage(JsonElement.Parse(counts.GetBuffer().AsSpan(0, (int)counts.Length)), writer);
        writer.WriteEndObject();
    }

    private static IngestItem Empty(int index, string source) => new(index, new UsageEvent { Source = source }, new EventViolations()) { IsEmpty = true };

    private static IngestItem Refused(int index, string source, string pointer, string code, string detail)
    {
        var violations = new EventViolations();
        violations.Add(pointer, code, detail);
        return new IngestItem(index, new UsageEvent { Source = source }, violations);
    }

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;
}
