using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion.Otlp.Wire;

namespace TokenFactory.Api.Ingestion;

/// <summary>OpenTelemetry's spans come in here.</summary>
[Route("v1/traces")]
[Tags("Senders")]
internal sealed class TracesController(IngestServices services, OtlpServices otlp) : OtlpController(services, otlp)
{
    public const string RecordOperation = "RecordTraces";

    /// <summary>Record the calls of models among OpenTelemetry spans</summary>
    /// <remarks>
    /// OTLP over HTTP, as an SDK or a Collector sends it: `ExportTraceServiceRequest`, in Protobuf's binary encoding or in OTLP's JSON, plain or with
    /// `Content-Encoding: gzip`. Setting OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS is enough.
    ///
    /// Each span that is itself the call of a model is an event (`gen_ai.operation.name` is `chat`, `text_completion`, `generate_content` or
    /// `embeddings`), identified by its trace id and span id; spans of agents, workflows and tools repeat the usage of others and are not counted. A
    /// call inside a call counts like any other; where both report the same tokens, the answer says so. Of a span only names, instants and token counts are
    /// read; prompts and answers are dropped as they arrive.
    ///
    /// The account is the span's attribute `tokenfactory.account`, else `enduser.id` or `user.id`, else the resource's `tokenfactory.account`; the sector
    /// that of `tokenfactory.sector`, of the span or of the resource. A source's usage is taken from its traces or from its metrics, whichever come first.
    /// Spans that are not taken are counted and explained in `partial_success`.
    /// </remarks>
    /// <param name="source">The source that it is recorded under. Left out: that of the header `X-TokenFactory-Source`, else the only one of the key.</param>
    [HttpPost(Name = RecordOperation)]
    [DisableRequestSizeLimit]
    [RawBody("An ExportTraceServiceRequest.", OtlpWire.ProtobufType, OtlpWire.JsonType)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public Task<IActionResult> Record([FromQuery] string? source, CancellationToken cancellationToken) =>
        ReceiveAsync(ExportTraceServiceRequest.Parser, source, SourceSignal.Traces, Otlp.Spans.Read, AnswerOf, cancellationToken);

    private static ExportTraceServiceResponse AnswerOf(OtlpUsage usage) => usage.Notes("spans") is { Length: > 0 } notes
        ? new ExportTraceServiceResponse { PartialSuccess = new ExportTracePartialSuccess { RejectedSpans = usage.Rejected, ErrorMessage = notes } }
        : new ExportTraceServiceResponse();
}
