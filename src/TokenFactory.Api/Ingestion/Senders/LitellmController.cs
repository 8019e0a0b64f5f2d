using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>A LiteLLM proxy's records come in here.</summary>
[Route("v1/ingest/litellm")]
[Tags("Senders")]
internal sealed class LitellmController(LitellmParser parser, IngestServices services) : IngestController(services)
{
    /// <summary>Record what a LiteLLM proxy did</summary>
    /// <remarks>
    /// The address for LiteLLM's generic API callback (`callback_type: generic_api`). Takes its records as an array, one per line or one alone, whatever
    /// the content type says, and null between them. Tokens are read from `metadata.usage_object`, else from the record's three totals; the account is
    /// `end_user`, else the team, organization or user of the key; `response_cost` is the reported cost in USD; a request tag `sector:government` names
    /// the sector, a tag `plan:pro` the plan. Prompts and answers are dropped as they arrive.
    ///
    /// LiteLLM never sends again: what can't be read is held back with the reason rather than refused (`GET /v1/quarantine`). Answers from LiteLLM's own
    /// cache, calls that reached no model and calls that only look something up are counted under `ignored`.
    /// </remarks>
    /// <param name="source">The source that the records are filed under. Left out: the header `X-TokenFactory-Source`, else the only source of the key.</param>
    /// <param name="receipts">`refused` lists the records that were not taken, `all` lists every one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [HttpPost(Name = "RecordLitellm")]
    [DisableRequestSizeLimit]
    [RawBody("LiteLLM's records: an array, one per line, or one.", "application/json", "application/x-ndjson", Example =
        """
        [{"id": "chatcmpl-8f2", "call_type": "acompletion", "status": "success", "cache_hit": false, "custom_llm_provider": "anthropic", "model": "claude-sonnet-4-5", "endTime": 1763892000.25, "response_cost": 0.00123, "end_user": "acme", "request_tags": ["sector:enterprise"], "metadata": {"usage_object": {"prompt_tokens": 17903, "completion_tokens": 52, "total_tokens": 17955, "prompt_tokens_details": {"cached_tokens": 17817}}}}]
        """)]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status207MultiStatus, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status503ServiceUnavailable, Problems.ContentType)]
    public async Task<IActionResult> Record([FromQuery] string? source, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken)
    {
        var (named, refusal) = await SourceOfAsync(source, cancellationToken);
        if (named is null)
            return refusal!;
        try
        {
            await using var body = RequestBody.Open(Request);
            var records = Bodies.SplitAny(LitellmBody.WithoutNonNumbers(await Bodies.ReadWholeAsync(body, cancellationToken)));
            return await RecordManyAsync(receipts, (add, _) => ReadElementsAsync(records, (index, json) => parser.Parse(index, named, json), add));
        }
        catch (Exception e) when (e is BodyRefusedException or JsonException or InvalidDataException)
        {
            return EventBody.Refused(HttpContext, e, " Nothing of it was recorded.");
        }
    }
}
