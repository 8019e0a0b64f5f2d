using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>Which events a batch answer lists.</summary>
internal enum ReceiptListing
{
    /// <summary>Those that were neither accepted nor duplicate.</summary>
    Refused,

    /// <summary>Every one.</summary>
    All,
}

/// <summary>Usage events come in here.</summary>
[ApiController]
[Route("v1/events")]
[Authorize("ingest")]
[Tags("Events")]
internal sealed class EventsController(
    EventBody bodies, EventParser parser, IngestPipeline pipeline, IngestionOptions options, LedgerSettings settings, EventReader events) : ControllerBase
{
    public const string RecordOperation = "RecordEvents";

    /// <summary>Record usage events</summary>
    /// <remarks>
    /// One event as a JSON object, many as an array, or any number as one event per line (`application/x-ndjson`, streamed), plain or with
    /// `Content-Encoding: gzip`. The answer is sent after the events are durable. Sending the same again is always safe: an event is
    /// identified by its source and id, and counts once.
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
    public async Task<IActionResult> Record(
        [FromQuery] bool atomic, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken)
    {
        try
        {
            var layout = EventBody.LayoutOf(Request);
            await using var body = RequestBody.Open(Request);
            if (layout == BodyLayout.Lines)
                return await RecordManyAsync(atomic, receipts, add => ReadLinesAsync(body, add, cancellationToken));

            var json = await bodies.ReadWholeAsync(body, cancellationToken);
            if (json.Span[json.Span.IndexOfAnyExcept(" \t\r\n"u8)] != (byte)'[')
                return atomic ? await RecordManyAsync(atomic, receipts, add => add(Parse(0, json.Span))) : await RecordOneAsync(json, cancellationToken);
            var elements = bodies.SplitArray(json);
            return await RecordManyAsync(atomic, receipts, add => ReadElementsAsync(elements, add));
        }
        catch (Exception e) when (e is BodyRefusedException or JsonException or InvalidDataException)
        {
            return EventBody.Refused(HttpContext, e, " Nothing of it was recorded.");
        }
    }

    private IngestItem Parse(int index, ReadOnlySpan<byte> json)
    {
        var violations = new EventViolations();
        return new IngestItem(index, parser.Parse(json, violations), violations);
    }

    private async Task<IActionResult> RecordOneAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var item = Parse(0, json.Span);
        await pipeline.RecordAsync(User, [item], cancellationToken);
        switch (item.Outcome)
        {
            case EventOutcome.Accepted:
                var receipt = ReceiptOfNew.For(item, await settings.ReportingCurrencyAsync(cancellationToken));
                return Created($"/v1/events?source={Uri.EscapeDataString(receipt.Source)}&id={Uri.EscapeDataString(receipt.Id)}", receipt);
            case EventOutcome.Duplicate:
                var first = await events.FindAsync(item.Sent.Source, item.SourceId, item.Sent.Id, "duplicate", cancellationToken)
                    ?? throw new InvalidOperationException("A duplicate's first receipt is not there.");
                return Ok(first.Receipt);
            case EventOutcome.Conflict:
                return Problems.Result(HttpContext, StatusCodes.Status409Conflict, "content_conflict",
                    "The event's id is taken by other content.", item.Violations.First.Detail, item.Violations.Errors);
            default:
                return item.Violations.First.Code switch
                {
                    "source_not_granted" => Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "source_not_granted", "The key may not write for this source.",
                        item.Violations.First.Detail, item.Violations.Errors),
                    "malformed_json" => Problems.Result(HttpContext, StatusCodes.Status400BadRequest, "malformed_json", "The body is not valid JSON.",
                        item.Violations.First.Detail, item.Violations.Errors),
                    _ => Problems.Invalid(HttpContext, item.Violations.Errors),
                };
        }
    }

    private async Task<IActionResult> RecordManyAsync(bool atomic, ReceiptListing listing, Func<Func<IngestItem, ValueTask>, ValueTask> readAll)
    {
        await using var report = new IngestReport(listAll: listing == ReceiptListing.All);
        if (atomic)
            return await RecordAtomicallyAsync(report, readAll);

        var batch = new BatchIngest(pipeline, options, User, report);
        try
        {
            await readAll(batch.AddAsync);
            await batch.CompleteAsync();
        }
        catch (Exception e) when (e is BodyRefusedException or InvalidDataException)
        {
            return await SettleRefusedAsync(batch, report, e);
        }
        catch (Exception e) when (IsInterruption(e))
        {
            await batch.AbandonAsync();
            return Interrupted(report);
        }
        catch
        {
            await batch.AbandonAsync();
            throw;
        }

        await AnswerAsync(report, report.AllTaken ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus);
        return new EmptyResult();
    }

    private async Task<IActionResult> RecordAtomicallyAsync(IngestReport report, Func<Func<IngestItem, ValueTask>, ValueTask> readAll)
    {
        var items = new List<IngestItem>();
        await readAll(item =>
        {
            if (items.Count == options.MaxAtomicEvents)
            {
                throw new BodyRefusedException(StatusCodes.Status413PayloadTooLarge, "atomic_too_large",
                    $"An atomic batch holds at most {options.MaxAtomicEvents} events.");
            }

            items.Add(item);
            return ValueTask.CompletedTask;
        });
        var taken = items.Count == 0 || await pipeline.RecordAtomicallyAsync(User, items, CancellationToken.None);
        await report.AddAsync(items, CancellationToken.None);
        var status = taken ? StatusCodes.Status200OK
            : report.Count(EventOutcome.Conflict) > 0 ? StatusCodes.Status409Conflict
            : StatusCodes.Status422UnprocessableEntity;
        await AnswerAsync(report, status);
        return new EmptyResult();
    }

    private async ValueTask ReadElementsAsync(List<ReadOnlyMemory<byte>> elements, Func<IngestItem, ValueTask> add)
    {
        for (var i = 0; i < elements.Count; i++)
            await add(Parse(i, elements[i].Span));
    }

    private async ValueTask ReadLinesAsync(Stream body, Func<IngestItem, ValueTask> add, CancellationToken cancellationToken)
    {
        var index = 0;
        await bodies.ReadLinesAsync(body, line => add(line is { } text ? ParseLine(index++, text) : TooLong(index++)), cancellationToken);
    }

    private IngestItem ParseLine(int index, ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
            return Parse(index, line.FirstSpan);
        var length = (int)line.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(copy);
        var item = Parse(index, copy.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(copy);
        return item;
    }

    private IngestItem TooLong(int index)
    {
        var violations = new EventViolations();
        violations.Add("", "line_too_long", $"A line may have at most {options.MaxLineBytes} bytes.");
        return new IngestItem(index, new UsageEvent(), violations);
    }

    private static bool IsInterruption(Exception e) => e is JournalBusyException || DatabaseAwayHandler.IsAway(e);

    // The rest of the body can't be read: what was read before is recorded, and the answer says how far that is.
    private async Task<IActionResult> SettleRefusedAsync(BatchIngest batch, IngestReport report, Exception refusal)
    {
        try
        {
            await batch.CompleteAsync();
        }
        catch (Exception e) when (IsInterruption(e))
        {
            await batch.AbandonAsync();
            return Interrupted(report);
        }

        return WithCounts(report, EventBody.Refused(HttpContext, refusal, report.Received == 0
            ? " Nothing of it was recorded."
            : $" The first {report.Received} events of the body are settled. Sending them again is safe."));
    }

    private ObjectResult Interrupted(IngestReport report)
    {
        Response.Headers.RetryAfter = "2";
        return WithCounts(report, Problems.Result(HttpContext, StatusCodes.Status503ServiceUnavailable, "interrupted", "The ledger could not be written to the end.",
            $"The first {report.Received} events of the body are settled, and events after them may be. Send all again, or from event {report.Received} on: it is safe."));
    }

    private static ObjectResult WithCounts(IngestReport report, ObjectResult result)
    {
        var problem = (ProblemDetails)result.Value!;
        problem.Extensions["received"] = report.Received;
        problem.Extensions["accepted"] = report.Count(EventOutcome.Accepted);
        problem.Extensions["duplicate"] = report.Count(EventOutcome.Duplicate);
        problem.Extensions["conflict"] = report.Count(EventOutcome.Conflict);
        problem.Extensions["rejected"] = report.Count(EventOutcome.Rejected);
        problem.Extensions["quarantined"] = report.Count(EventOutcome.Quarantined);
        problem.Extensions["resume_from"] = report.Received;
        return result;
    }

    private async Task AnswerAsync(IngestReport report, int status)
    {
        Response.StatusCode = status;
        Response.ContentType = "application/json; charset=utf-8";
        await report.WriteAsync(Response.Body, HttpContext.RequestAborted);
    }
}
