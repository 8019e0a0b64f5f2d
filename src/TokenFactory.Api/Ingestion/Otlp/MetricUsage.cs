using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf.Collections;
using TokenFactory.Api.Ingestion.Otlp.Wire;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>Finds the data points of the metric <c>gen_ai.client.token.usage</c> in an export, and makes a usage of each.</summary>
internal sealed class MetricUsage(ReportedUsageReader reader)
{
    public const string Metric = "gen_ai.client.token.usage";
    private const uint NoRecordedValue = 1;

    /// <summary>A data point of any kind.</summary>
    /// <param name="Temporality">Whether its sum is of its own time alone, or since the beginning.</param>
    /// <param name="Sum">Null: it has none.</param>
    /// <param name="Count">Measurements in the sum; null: not told. Of a cumulative one 1 is also what it grew by, if it grew.</param>
    /// <param name="IsEmpty">Nothing was measured.</param>
    private readonly record struct Point(
        AggregationTemporality Temporality, ulong From, ulong To, double? Sum, ulong? Count, bool IsEmpty, RepeatedField<KeyValue> Attributes);

    /// <param name="request">What was exported.</param>
    /// <param name="source">The source that it is recorded under.</param>
    public OtlpUsage Read(ExportMetricsServiceRequest request, string source)
    {
        var usage = new OtlpUsage();
        foreach (var ofResource in request.ResourceMetrics)
        {
            var resource = new OtlpAttributes(ofResource.Resource?.Attributes);
            foreach (var ofScope in ofResource.ScopeMetrics)
            {
                foreach (var metric in ofScope.Metrics)
                {
                    if (metric.Name == Metric && PointsOf(metric) is { } points)
                        ReadPoints(points, resource, IdentityOf(ofResource.Resource, ofScope.Scope), source, usage);
                }
            }
        }

        return usage;
    }

    private void ReadPoints(IEnumerable<Point> points, OtlpAttributes resource, byte[] identity, string source, OtlpUsage usage)
    {
        foreach (var point in points)
        {
            var own = new OtlpAttributes(point.Attributes);
            if (point.IsEmpty || (own.Text(OtlpFacts.OperationName) is { } operation && !GenAiOperations.Count(operation)))
                continue;
            var item = ItemOf(point, own, resource, identity, source, usage.Items.Count);
            usage.Add(item, reportsTokens: true);
        }
    }

    private IngestItem ItemOf(in Point point, OtlpAttributes own, OtlpAttributes resource, byte[] identity, string source, int index)
    {
        var type = own.Text("gen_ai.token.type");
        var (code, detail) = point switch
        {
            { Temporality: not (AggregationTemporality.Delta or AggregationTemporality.Cumulative) } =>
                ("unknown_temporality", "A data point of token usage must be of a sum that only grows or of a histogram, delta or cumulative."),
            { To: 0 } => ("required", "A data point needs the time at which it was read."),
            { Sum: null } => ("required", "A data point of token usage needs a sum."),
            { Sum: { } sum } when TokenUsagePoint.WholeOf(sum) is null => ("not_whole", "The sum must be a whole number of tokens in 0..10^15."),
            _ when type is not ("input" or "output" or "completion") => ("unknown_value", "The attribute gen_ai.token.type must be input or output."),
            _ => ("", ""),
        };
        if (code.Length > 0)
            return OtlpUsage.Refused(index, source, "/data_point", code, detail);

        var counter = CounterOf(identity, point.Attributes, point.From);
        Span<byte> readAt = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(readAt, point.To);
        var isCumulative = point.Temporality == AggregationTemporality.Cumulative;
        return reader.Read(index, OtlpFacts.Read(SenderShapes.OtlpMetric, source, point.To, own, resource) with
        {
            Id = ReportedUsage.IdOf("metric", [.. counter, .. readAt, isCumulative ? (byte)1 : (byte)0]),
            Profile = "otel_token_usage",
            Response = TokenUsagePoint.Write(type!, TokenUsagePoint.WholeOf(point.Sum!.Value)!.Value, point.Count, point.From, point.To, isCumulative ? counter : null),
        });
    }

    private static IEnumerable<Point>? PointsOf(Metric metric) => metric.DataCase switch
    {
        Otlp.Wire.Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Select(p => new Point(
            metric.Histogram.AggregationTemporality, p.StartTimeUnixNano, p.TimeUnixNano, p.HasSum ? p.Sum : null, p.Count, IsEmpty(p.Flags) || p.Count == 0, p.Attributes)),
        Otlp.Wire.Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Select(p => new Point(
            metric.ExponentialHistogram.AggregationTemporality, p.StartTimeUnixNano, p.TimeUnixNano, p.HasSum ? p.Sum : null, p.Count, IsEmpty(p.Flags) || p.Count == 0, p.Attributes)),
        Otlp.Wire.Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(p => PointOf(p, metric.Sum.IsMonotonic ? metric.Sum.AggregationTemporality : default)),
        Otlp.Wire.Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(p => PointOf(p, default)),
        Otlp.Wire.Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Select(p => new Point(default, 0, p.TimeUnixNano, null, null, false, [])),
        _ => null,
    };

    private static Point PointOf(NumberDataPoint p, AggregationTemporality temporality) => new(temporality, p.StartTimeUnixNano, p.TimeUnixNano, p.ValueCase switch
    {
        NumberDataPoint.ValueOneofCase.AsInt => p.AsInt,
        NumberDataPoint.ValueOneofCase.AsDouble => p.AsDouble,
        _ => null,
    }, null, IsEmpty(p.Flags), p.Attributes);

    private static bool IsEmpty(uint flags) => (flags & NoRecordedValue) != 0;

    // Two processes are two counters, and so is one before and after it was started again: each counts from its own beginning.
    private static byte[] CounterOf(byte[] identity, RepeatedField<KeyValue> attributes, ulong from) => Hash(writer =>
    {
        writer.WriteStartArray();
        writer.WriteBase64StringValue(identity);
        writer.WriteNumberValue(from);
        Write(attributes, writer);
        writer.WriteEndArray();
    });

    private static byte[] IdentityOf(Resource? resource, InstrumentationScope? scope) => Hash(writer =>
    {
        writer.WriteStartArray();
        Write(resource?.Attributes ?? [], writer);
        writer.WriteStringValue(scope?.Name ?? "");
        writer.WriteStringValue(scope?.Version ?? "");
        Write(scope?.Attributes ?? [], writer);
        writer.WriteEndArray();
    });

    private static byte[] Hash(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    // The same whatever the order of the attributes.
    private static void Write(IEnumerable<KeyValue> attributes, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var attribute in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            writer.WriteStringValue(attribute.Key);
            Write(attribute.Value, writer);
        }

        writer.WriteEndArray();
    }

    private static void Write(AnyValue? value, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue((int)(value?.ValueCase ?? AnyValue.ValueOneofCase.None));
        switch (value?.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                writer.WriteNumberValue(value.IntValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                writer.WriteNumberValue(BitConverter.DoubleToInt64Bits(value.DoubleValue));
                break;
            case AnyValue.ValueOneofCase.ArrayValue:
                foreach (var item in value.ArrayValue.Values)
                    Write(item, writer);
                break;
            case AnyValue.ValueOneofCase.KvlistValue:
                Write(value.KvlistValue.Values, writer);
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                writer.WriteBase64StringValue(value.BytesValue.Span);
                break;
        }

        writer.WriteEndArray();
    }
}
