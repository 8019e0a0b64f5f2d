using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
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

/// <summary>Makes an event of its text.</summary>
/// <param name="index">The place in the body, from 0.</param>
/// <param name="json">The text, for the time of the call.</param>
internal delegate IngestItem ItemParser(int index, ReadOnlySpan<byte> json);

/// <summary>What every way in works with.</summary>
internal sealed record IngestServices(
    EventBody Bodies, IngestPipeline Pipeline, IngestionOptions Options, LedgerSettings Settings, EventReader Events, CatalogCache Catalog,
    IAuthorizationService Authorization);

/// <summary>Where usage comes in, in any shape: records what a body holds while it is read, and answers with counts.</summary>
[ApiController]
[Authorize("ingest")]
internal abstract class IngestController(IngestServices services) : ControllerBase
{
    /// <summary>The header that names a request's source, for senders that can set headers and nothing else.</summary>
    public const string SourceHeader = "X-TokenFactory-Source";

    protected EventBody Bodies => services.Bodies;

    protected IngestPipeline Pipeline => services.Pipeline;

    protected IngestionOptions Options => services.Options;

    protected EventReader Events => services.Events;

    /// <summary>
    /// Records a body of JSON texts, one per event: an object, an array, or one per line. One object is answered with its receipt, or with what
    /// stands in the way; many with counts.
    /// </summary>
    /// <param name="parse">Makes an event of a text; its memory is the text's only during the call.</param>
    /// <param name="atomic">All or nothing.</param>
    /// <param name="receipts">Which events the answer lists.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    protected Task<IActionResult> RecordTextsAsync(ItemParser parse, bool atomic, ReceiptListing receipts, CancellationToken cancellationToken) =>
        RecordTextsAsync(null, parse, atomic, receipts, cancellationToken);

    /// <summary>As <see cref="RecordTextsAsync(ItemParser, bool, ReceiptListing, CancellationToken)"/>, for a body that is laid out in a known way.</summary>
    /// <param name="known">How; null: as its content type says.</param>
    protected async Task<IActionResult> RecordTextsAsync(
        BodyLayout? known, ItemParser parse, bool atomic, ReceiptListing receipts, CancellationToken cancellationToken)
    {
        try
        {
            var layout = known ?? EventBody.LayoutOf(Request);
            await using var body = RequestBody.Open(Request);
            if (layout == BodyLayout.Lines)
                return await RecordAsync(atomic, receipts, add => ReadLinesAsync(body, parse, add, cancellationToken));

            var json = await Bodies.ReadWholeAsync(body, cancellationToken);
            var isArray = json.Span[json.Span.IndexOfAnyExcept(" \t\r\n"u8)] == (byte)'[';
            if (layout == BodyLayout.Many && !isArray)
                throw EventBody.NotMany();
            if (!isArray || layout == BodyLayout.One)
            {
                var item = parse(0, json.Span);
                return atomic || item.IsEmpty ? await RecordAsync(atomic, receipts, add => add(item)) : await RecordOneAsync(item, cancellationToken);
            }

            var elements = Bodies.SplitArray(json);
            return await RecordAsync(atomic, receipts, add => ReadElementsAsync(elements, parse, add));
        }
        catch (Exception e) when (e is BodyRefusedException or JsonException or InvalidDataException)
        {
            return EventBody.Refused(HttpContext, e, " Nothing of it was recorded.");
        }
    }

    /// <summary>Records the events of a body chunk by chunk while it is read.</summary>
    /// <param name="listing">Which events the answer lists.</param>
    /// <param name="readAll">Reads the body, and gives each event on; notes in the report what is no usage.</param>
    protected async Task<IActionResult> RecordManyAsync(ReceiptListing listing, Func<Func<IngestItem, ValueTask>, IngestReport, ValueTask> readAll)
    {
        await using var report = new IngestReport(listAll: listing == ReceiptListing.All);
        return await RecordAllAsync(report, readAll) ?? await AnsweredAsync(report);
    }

    /// <summary>As <see cref="RecordManyAsync"/>, for an answer of another form.</summary>
    /// <returns>Null when all of the body was read and settled; else the problem to answer with.</returns>
    protected async Task<IActionResult?> RecordAllAsync(IngestReport report, Func<Func<IngestItem, ValueTask>, IngestReport, ValueTask> readAll)
    {
        var batch = new BatchIngest(Pipeline, Options, User, report, CountEvents);
        try
        {
            await readAll(item =>
            {
                if (!item.IsEmpty)
                    return batch.AddAsync(item);
                report.Ignore();
                return ValueTask.CompletedTask;
            }, report);
            await batch.CompleteAsync();
            if (report.Count(EventOutcome.Accepted) + report.Count(EventOutcome.Duplicate) != report.Received)
                HttpContext.Items[HostingRegistration.NotAllTaken] = true;
            return null;
        }
        catch (Exception e) when (e is BodyRefusedException or InvalidDataException)
        {
            return await SettleRefusedAsync(batch, report, e);
        }
        catch (Exception e) when (RequestTimeouts.RefusalOf(HttpContext, e) is { } cutOff)
        {
            return await SettleRefusedAsync(batch, report, cutOff);
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
    }

    /// <summary>Records one event, and answers with its receipt or with what stands in the way.</summary>
    protected async Task<IActionResult> RecordOneAsync(IngestItem item, CancellationToken cancellationToken)
    {
        CountEvents(1);
        await Pipeline.RecordAsync(User, [item], cancellationToken);
        return await AnswerOneAsync(item, cancellationToken);
    }

    /// <summary>The answer to one event that has its outcome.</summary>
    protected async Task<IActionResult> AnswerOneAsync(IngestItem item, CancellationToken cancellationToken)
    {
        switch (item.Outcome)
        {
            case EventOutcome.Accepted:
                var receipt = ReceiptOfNew.For(item, await services.Settings.ReportingCurrencyAsync(cancellationToken));
                return Created($"/v1/events?source={Uri.EscapeDataString(receipt.Source)}&id={Uri.EscapeDataString(receipt.Id)}", receipt);
            case EventOutcome.Duplicate:
                var first = await Events.FindAsync(item.Sent.Source, item.SourceId, item.Sent.Id, "duplicate", cancellationToken)
                    ?? throw new InvalidOperationException("A duplicate's first receipt is not there.");
                return Ok(first.Receipt);
            case EventOutcome.Quarantined:
                return StatusCode(StatusCodes.Status202Accepted, IngestReport.RowOf(item));
            case EventOutcome.Conflict:
                return Problems.Result(HttpContext, StatusCodes.Status409Conflict, "content_conflict",
                    "The event's id is taken by other content.", item.Violations.First.Detail, item.Violations.Errors);
            default:
                return item.Violations.First.Code switch
                {
                    "source_not_granted" => Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "source_not_granted", "The key may not write for this source.",
                        item.Violations.First.Detail, item.Violations.Errors),
                    "producer_not_granted" => Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "producer_not_granted",
                        "The key may not write usage of this producer.", item.Violations.First.Detail, item.Violations.Errors),
                    "malformed_json" => Problems.Result(HttpContext, StatusCodes.Status400BadRequest, "malformed_json", "The body is not valid JSON.",
                        item.Violations.First.Detail, item.Violations.Errors),
                    _ => Problems.Invalid(HttpContext, item.Violations.Errors),
                };
        }
    }

    /// <summary>
    /// The source of a request that names none per event: the parameter, else the header, else the only one that the key is for. Looked up before
    /// anything is read: a sender that never sends again must not go on unheard.
    /// </summary>
    /// <returns>No source with an answer that says what to do.</returns>
    protected async Task<(string? Source, ObjectResult? Refusal)> SourceOfAsync(string? parameter, CancellationToken cancellationToken)
    {
        if (SourceNamed(parameter) is not { } source)
        {
            return (null, Problems.Invalid(HttpContext, new FieldError("?source", "required",
                $"The key is for more than one source: say which with `source` in the query or with the header {SourceHeader}, or use a key of one source.")));
        }

        if (!(await services.Authorization.AuthorizeAsync(User, source, "source")).Succeeded)
        {
            return (null, Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "source_not_granted", "The key may not write for this source.",
                $"Use a key that names the source {source}, or an admin key."));
        }

        return services.Catalog.Current.FindSource(source) is not null || (await services.Catalog.CatchUpAsync(cancellationToken)).FindSource(source) is not null
            ? (source, null)
            : (null, Problems.Invalid(HttpContext, new FieldError("?source", "unknown_source", $"There is no source {source}. Register it at POST /v1/sources.")));
    }

    /// <summary>The source that a request names, or that its key is for alone; null: neither.</summary>
    protected string? SourceNamed(string? parameter)
    {
        if (!string.IsNullOrEmpty(parameter))
            return parameter;
        if (Request.Headers[SourceHeader].ToString() is { Length: > 0 } header)
            return header;
        var sources = User.FindAll(KeyClaims.Source).Select(c => c.Value).ToList();
        return sources is [var only] && only != KeyClaims.EverySource ? only : null;
    }

    private Task<IActionResult> RecordAsync(bool atomic, ReceiptListing listing, Func<Func<IngestItem, ValueTask>, ValueTask> readAll) =>
        atomic ? RecordAtomicallyAsync(listing, readAll) : RecordManyAsync(listing, (add, _) => readAll(add));

    private async Task<IActionResult> RecordAtomicallyAsync(ReceiptListing listing, Func<Func<IngestItem, ValueTask>, ValueTask> readAll)
    {
        await using var report = new IngestReport(listAll: listing == ReceiptListing.All);
        var items = new List<IngestItem>();
        await readAll(item =>
        {
            if (items.Count == Options.MaxAtomicEvents)
            {
                throw new BodyRefusedException(StatusCodes.Status413PayloadTooLarge, "atomic_too_large",
                    $"An atomic batch holds at most {Options.MaxAtomicEvents} events.");
            }

            items.Add(item);
            return ValueTask.CompletedTask;
        });
        CountEvents(items.Count);
        var taken = items.Count == 0 || await Pipeline.RecordAtomicallyAsync(User, items, CancellationToken.None);
        await report.AddAsync(items, CancellationToken.None);
        var status = taken ? StatusCodes.Status200OK
            : report.Count(EventOutcome.Conflict) > 0 ? StatusCodes.Status409Conflict
            : StatusCodes.Status422UnprocessableEntity;
        await AnswerAsync(report, status);
        return new EmptyResult();
    }

    private async Task<IActionResult> AnsweredAsync(IngestReport report)
    {
        await AnswerAsync(report, report.AllTaken ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus);
        return new EmptyResult();
    }

    // Against what the key may send per window: once a chunk, never once an event.
    private void CountEvents(int events) => RateLimits.CountEvents(HttpContext, events);

    protected static bool IsInterruption(Exception e) => e is JournalBusyException || DatabaseAwayHandler.IsAway(e);

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

    protected async Task AnswerAsync(IngestReport report, int status)
    {
        Response.StatusCode = status;
        Response.ContentType = "application/json; charset=utf-8";
        await report.WriteAsync(Response.Body, HttpContext.RequestAborted);
    }

    protected static async ValueTask ReadElementsAsync(List<ReadOnlyMemory<byte>> elements, ItemParser parse, Func<IngestItem, ValueTask> add)
    {
        for (var i = 0; i < elements.Count; i++)
            await add(parse(i, elements[i].Span));
    }

    private async ValueTask ReadLinesAsync(Stream body, ItemParser parse, Func<IngestItem, ValueTask> add, CancellationToken cancellationToken)
    {
        var index = 0;
        await Bodies.ReadLinesAsync(body, line => add(line is { } text ? ParseLine(index++, text, parse) : TooLong(index++)), cancellationToken);
    }

    private static IngestItem ParseLine(int index, ReadOnlySequence<byte> line, ItemParser parse)
    {
        if (line.IsSingleSegment)
            return parse(index, line.FirstSpan);
        var length = (int)line.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(copy);
        var item = parse(index, copy.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(copy);
        return item;
    }

    private IngestItem TooLong(int index)
    {
        var violations = new EventViolations();
        violations.Add("", "line_too_long", $"A line may have at most {Options.MaxLineBytes} bytes.");
        return new IngestItem(index, new UsageEvent(), violations);
    }
}
