using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>What a usage is worth, and why.</summary>
[ApiController]
[Route("v1/quotes")]
[Authorize("read")]
[Tags("Quotes")]
internal sealed class QuotesController(EventBody bodies, EventParser parser, Quotes quotes, TimeProvider time) : ControllerBase
{
    public const string QuoteOperation = "QuoteUsage";

    /// <summary>Price a usage without recording it</summary>
    /// <remarks>
    /// The body is an event as `POST /v1/events` takes it, or a provider's whole response. The answer has the entries that recording it now
    /// would make, to the last digit, and says of each what decided its value: rate, card, context tier, window, fallback, package, mark-up,
    /// exchange rates, rounding; or why it has none, and what to do.
    ///
    /// Nothing is written: a model or account that is not known stays unknown, and `source` and `id` are not looked up. `occurred_at` may be
    /// left out (now), and may lie in the future: then it is the price that is known to hold by then.
    /// </remarks>
    /// <param name="known_at" example="2026-11-23T00:00:00Z">
    /// By prices and exchange rates as they were known at this instant. Left out: as they are known now. Names and accounts are as they are now.
    /// </param>
    [HttpPost(Name = QuoteOperation)]
    [DisableRequestSizeLimit]
    [ProducesResponseType<Quote>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Price([FromQuery] string? known_at, CancellationToken cancellationToken)
    {
        var violations = new EventViolations();
        var knownAt = ReadKnownAt(known_at, violations);
        ReadOnlyMemory<byte> json;
        try
        {
            if (EventBody.LayoutOf(Request) != BodyLayout.Json)
                throw new BodyRefusedException(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send one event at a time, as application/json.");
            await using var body = RequestBody.Open(Request);
            json = await bodies.ReadWholeAsync(body, cancellationToken);
        }
        catch (Exception e) when (e is BodyRefusedException or InvalidDataException)
        {
            return EventBody.Refused(HttpContext, e);
        }

        var usage = parser.ParseQuoted(json.Span, violations);
        if (!violations.Any && await quotes.QuoteAsync(usage, knownAt, violations, cancellationToken) is { } quote)
            return Ok(quote);
        return violations.First.Code == "malformed_json"
            ? Problems.Result(HttpContext, StatusCodes.Status400BadRequest, "malformed_json", "The body is not valid JSON.", violations.First.Detail, violations.Errors)
            : Problems.Invalid(HttpContext, violations.Errors);
    }

    private DateTimeOffset? ReadKnownAt(string? text, EventViolations violations)
    {
        var errors = new List<FieldError>();
        var knownAt = QueryInstant.Read("known_at", text, errors);
        if (knownAt > time.GetUtcNow())
            errors.Add(new FieldError("?known_at", "in_the_future", "What will be known then is not known yet; leave it out for what is known now."));
        foreach (var error in errors)
            violations.Add(error.Pointer, error.Code, error.Detail);
        return knownAt;
    }
}
