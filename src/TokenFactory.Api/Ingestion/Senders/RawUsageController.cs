using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>Providers' responses come in here.</summary>
[Route("v1/ingest/raw")]
[Tags("Senders")]
internal sealed class RawUsageController(RawUsageParser parser, IngestServices services) : IngestController(services)
{
    /// <summary>Record providers' responses</summary>
    /// <remarks>
    /// The response of a model's provider as it came, with who it was for beside it: `source`, `provider`, `response`, and where the response does
    /// not say them `id`, `occurred_at` and `model`; optional `account`, `sector`, `service_tier`, `region`, `reported_cost`, and `flavor`, the usage
    /// profile that reads it. One object, an array, or one per line. Of the response only ids, names, instants and numbers of the usage are kept; prompts
    /// and answers are dropped as they arrive.
    ///
    /// A usage that can't be read (its parts do not sum to its total, nobody knows the provider) is held back with the reason and answered with 202, or
    /// in the counts of many: see `GET /v1/quarantine`. A response that reports no tokens is counted under `ignored`.
    /// </remarks>
    /// <param name="source">The source of what names none. Left out: the header `X-TokenFactory-Source`, else the only source of the key.</param>
    /// <param name="receipts">`refused` lists the events that were not taken, `all` lists every event.</param>
    [HttpPost(Name = "RecordRawUsage")]
    [DisableRequestSizeLimit]
    [RawBody("A response, an array of them, or one per line.", "application/json", "application/x-ndjson", Example =
        """
        {"source": "gateway-1", "provider": "openai", "account": "acme", "response": {"id": "chatcmpl-8f2", "created": 1763892000, "model": "gpt-4o-2024-08-06", "usage": {"prompt_tokens": 17903, "completion_tokens": 52, "total_tokens": 17955, "prompt_tokens_details": {"cached_tokens": 17817}, "completion_tokens_details": {"reasoning_tokens": 12}}}}
        """)]
    [ProducesResponseType<Receipt>(StatusCodes.Status201Created, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<BatchItem>(StatusCodes.Status202Accepted, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status207MultiStatus, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status503ServiceUnavailable, Problems.ContentType)]
    public Task<IActionResult> Record([FromQuery] string? source, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken)
    {
        var named = SourceNamed(source);
        return RecordTextsAsync((index, json) => parser.Parse(index, named, json), atomic: false, receipts, cancellationToken);
    }
}
