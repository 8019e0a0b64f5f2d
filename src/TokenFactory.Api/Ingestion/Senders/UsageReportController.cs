using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>Providers' own reports of an organization's usage come in here.</summary>
[Route("v1/ingest")]
[Tags("Senders")]
internal sealed class UsageReportController(UsageReportParser parser, IngestServices services) : IngestController(services)
{
    /// <summary>Record OpenAI's usage report</summary>
    /// <remarks>
    /// The JSON of OpenAI's `GET /v1/organization/usage/completions` or `.../embeddings`, a page or several one after the other. Ask it to group by
    /// `model`, `batch`, `service_tier` and `project_id`: a result without a model is held back, and tokens whose tier is not told are standard ones.
    ///
    /// One event per result, at the start of its time bucket, under an id made of the bucket and the group: the same page again is duplicates, corrected
    /// numbers are a conflict. A bucket that is not over is refused. Always ask with one bucket width and one grouping, or usage is recorded twice.
    /// Results without tokens (images, vector stores) are counted under `ignored`. Pages that follow (`has_more`) are the sender's to fetch.
    /// </remarks>
    /// <param name="source">The source that the results are filed under. Left out: the header `X-TokenFactory-Source`, else the only source of the key.</param>
    /// <param name="account">The account of every result. Left out: its `project_id`.</param>
    /// <param name="receipts">`refused` lists the results that were not taken, `all` lists every one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [HttpPost("openai-usage", Name = "RecordOpenAiUsage")]
    [DisableRequestSizeLimit]
    [RawBody("A page of the usage API.", "application/json", Example =
        """
        {"object": "page", "data": [{"object": "bucket", "start_time": 1763856000, "end_time": 1763942400, "results": [{"object": "organization.usage.completions.result", "input_tokens": 17903, "input_cached_tokens": 17817, "output_tokens": 52, "num_model_requests": 5, "project_id": "proj_acme", "model": "gpt-4o-2024-08-06", "batch": false, "service_tier": "default"}]}], "has_more": false, "next_page": null}
        """)]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status207MultiStatus, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status503ServiceUnavailable, Problems.ContentType)]
    public Task<IActionResult> RecordOpenAi([FromQuery] string? source, [FromQuery] string? account, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken) =>
        RecordAsync(UsageReport.OpenAi, source, account, receipts, cancellationToken);

    /// <summary>Record Anthropic's usage report</summary>
    /// <remarks>
    /// The JSON of Anthropic's `GET /v1/organizations/usage_report/messages`, a page or several one after the other. Ask it to group by `model`,
    /// `service_tier` and `workspace_id`: a result without a model is held back, and tokens whose tier is not told are standard ones.
    ///
    /// One event per result, at the start of its time bucket, under an id made of the bucket and the group: the same page again is duplicates, corrected
    /// numbers are a conflict. A bucket that is not over is refused. Always ask with one bucket width and one grouping, or usage is recorded twice.
    /// Pages that follow (`has_more`) are the sender's to fetch.
    /// </remarks>
    /// <param name="source">The source that the results are filed under. Left out: the header `X-TokenFactory-Source`, else the only source of the key.</param>
    /// <param name="account">The account of every result. Left out: its `workspace_id`; the default workspace has none.</param>
    /// <param name="receipts">`refused` lists the results that were not taken, `all` lists every one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [HttpPost("anthropic-usage", Name = "RecordAnthropicUsage")]
    [DisableRequestSizeLimit]
    [RawBody("A page of the messages usage report.", "application/json", Example =
        """
        {"data": [{"starting_at": "2025-11-23T00:00:00Z", "ending_at": "2025-11-24T00:00:00Z", "results": [{"uncached_input_tokens": 86, "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 500}, "cache_read_input_tokens": 17817, "output_tokens": 52, "workspace_id": "wrkspc_acme", "model": "claude-sonnet-4-5", "service_tier": "standard", "context_window": "0-200k"}]}], "has_more": false, "next_page": null}
        """)]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status207MultiStatus, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status503ServiceUnavailable, Problems.ContentType)]
    public Task<IActionResult> RecordAnthropic([FromQuery] string? source, [FromQuery] string? account, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken) =>
        RecordAsync(UsageReport.Anthropic, source, account, receipts, cancellationToken);

    private async Task<IActionResult> RecordAsync(UsageReport report, string? source, string? account, ReceiptListing receipts, CancellationToken cancellationToken)
    {
        var (named, refusal) = await SourceOfAsync(source, cancellationToken);
        if (named is null)
            return refusal!;
        try
        {
            await using var body = RequestBody.Open(Request);
            var pages = Bodies.SplitValues(await Bodies.ReadWholeAsync(body, cancellationToken));
            return await RecordManyAsync(receipts, async (add, _) =>
            {
                var index = 0;
                foreach (var page in pages)
                {
                    foreach (var item in parser.Parse(report, named, string.IsNullOrEmpty(account) ? null : account, page, index))
                    {
                        await add(item);
                        index++;
                    }
                }
            });
        }
        catch (Exception e) when (e is BodyRefusedException or JsonException or InvalidDataException)
        {
            return EventBody.Refused(HttpContext, e, " Nothing of it was recorded.");
        }
    }
}
