using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>Usage events come in here.</summary>
[Route("v1/events")]
[Tags("Events")]
internal sealed class EventsController(EventParser parser, CloudEventReader cloudEvents, IngestServices services) : IngestController(services)
{
    public const string RecordOperation = "RecordEvents";

    /// <summary>Record usage events</summary>
    /// <remarks>
    /// One event as a JSON object, many as an array, or any number as one event per line (`application/x-ndjson`, streamed), plain or with
    /// `Content-Encoding: gzip`. The answer is sent after the events are durable. Sending the same again is always safe: an event is
    /// identified by its source and id, and counts once.
    ///
    /// CloudEvents 1.0 are taken too: structured (`application/cloudevents+json`), in batches (`application/cloudevents-batch+json`) and binary
    /// (`ce-specversion`, `ce-type`, `ce-source` and `ce-id` in headers, the data as `application/json`). `type` is `tokenfactory.usage.v1`, `source` a
    /// registered source, and `data` an event as above, which may leave out `source`, `id` and `occurred_at`: then the envelope's `source`, `id` and
    /// `time` hold. It is the same event as without the envelope. Extension attributes are ignored.
    ///
    /// A single event answers its receipt (201 new, 200 recorded before) or a problem (409 other content under this id, 422 invalid). Many
    /// answer counts: 200 when every event was taken, else 207 with a row for each that was not.
    /// </remarks>
    /// <param name="atomic">All or nothing: one source, one transaction. Refused as a whole, it answers 409 or 422 with a row per event.</param>
    /// <param name="receipts">`refused` lists the events that were not taken, `all` lists every event.</param>
    [HttpPost(Name = RecordOperation)]
    [DisableRequestSizeLimit]
    [ProducesResponseType<Receipt>(StatusCodes.Status201Created, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status207MultiStatus, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status503ServiceUnavailable, Problems.ContentType)]
    public Task<IActionResult> Record([FromQuery] bool atomic, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken) =>
        CloudEventModes.Of(Request) switch
        {
            CloudEventMode.Structured => RecordTextsAsync(BodyLayout.One, cloudEvents.ReadStructured, atomic, receipts, cancellationToken),
            CloudEventMode.Batch => RecordTextsAsync(BodyLayout.Many, cloudEvents.ReadStructured, atomic, receipts, cancellationToken),
            CloudEventMode.Binary => RecordTextsAsync(
                BodyLayout.One, (_, json) => cloudEvents.ReadBinary(Request.Headers, json), atomic, receipts, cancellationToken),
            _ => RecordTextsAsync(Parse, atomic, receipts, cancellationToken),
        };

    private IngestItem Parse(int index, ReadOnlySpan<byte> json)
    {
        var violations = new EventViolations();
        return new IngestItem(index, parser.Parse(json, violations), violations);
    }
}
