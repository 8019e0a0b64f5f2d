using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion.Otlp.Wire;

namespace TokenFactory.Api.Ingestion;

/// <summary>OpenTelemetry's metrics come in here.</summary>
[Route("v1/metrics")]
[Tags("Senders")]
internal sealed class MetricsController(IngestServices services, OtlpServices otlp) : OtlpController(services, otlp)
{
    public const string RecordOperation = "RecordMetrics";

    /// <summary>Record token usage among OpenTelemetry metrics</summary>
    /// <remarks>
    /// OTLP over HTTP, as an SDK or a Collector sends it: `ExportMetricsServiceRequest`, in Protobuf's binary encoding or in OTLP's JSON, plain or with
    /// `Content-Encoding: gzip`. Read is the metric `gen_ai.client.token.usage` (histogram, exponential histogram or a sum that only grows), whose
    /// `gen_ai.token.type` is `input` or `output`; other metrics are left aside. The metric does not tell what a cache served: such events have the usage
    /// profile `otel_token_usage`, and spans tell more.
    ///
    /// A delta data point is an event. A cumulative one is an event of what its counter grew by since it was last read; a counter that has begun anew,
    /// with another start time, counts from zero, and a reading older than the last adds nothing. One that shows less than before since the same start is
    /// rejected (`counter_fell`): two processes count under one name, or one hides that it began anew. Sending the same again is always safe.
    ///
    /// A source's usage is taken from its traces or from its metrics, whichever come first. Data points that are not taken are counted and explained in
    /// `partial_success`.
    /// </remarks>
    /// <param name="source">The source that it is recorded under. Left out: that of the header `X-TokenFactory-Source`, else the only one of the key.</param>
    [HttpPost(Name = RecordOperation)]
    [DisableRequestSizeLimit]
    [RawBody("An ExportMetricsServiceRequest.", OtlpWire.ProtobufType, OtlpWire.JsonType)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public Task<IActionResult> Record([FromQuery] string? source, CancellationToken cancellationToken) =>
        ReceiveAsync(ExportMetricsServiceRequest.Parser, source, SourceSignal.Metrics, Otlp.Metrics.Read, AnswerOf, cancellationToken);

    private static ExportMetricsServiceResponse AnswerOf(OtlpUsage usage) => usage.Notes("data points") is { Length: > 0 } notes
        ? new ExportMetricsServiceResponse { PartialSuccess = new ExportMetricsPartialSuccess { RejectedDataPoints = usage.Rejected, ErrorMessage = notes } }
        : new ExportMetricsServiceResponse();
}
