using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>What shows to others that the ledger was not altered.</summary>
[ApiController]
[Route("v1/ledger")]
[Authorize("read")]
[Tags("Ledger")]
[Produces("application/json")]
internal sealed class LedgerProofsController(CheckpointReader checkpoints, ProofReader proofs, EventReader events, NpgsqlDataSource dataSource) : ControllerBase
{
    private const int MaxLimit = 1_000;

    /// <summary>List checkpoints</summary>
    /// <remarks>
    /// Signed roots of the tree over all batches, the latest first. Keep one elsewhere: whoever has it can show later that nothing up to it was altered, removed or
    /// inserted (docs/audit.md).
    /// </remarks>
    /// <param name="before" example="1024">Only those over fewer batches: the `next_before` of the page before.</param>
    /// <param name="limit" example="100">1 to 1000.</param>
    [HttpGet("checkpoints", Name = "ListCheckpoints")]
    [ProducesResponseType<LedgerCheckpointPage>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(CancellationToken cancellationToken, [FromQuery] long? before = null, [FromQuery] int limit = 100)
    {
        if (limit is < 1 or > MaxLimit)
            return Problems.Invalid(HttpContext, new FieldError("?limit", "out_of_range", $"Must be 1 to {MaxLimit}."));
        var items = await checkpoints.ListAsync(before, limit + 1, cancellationToken);
        var hasMore = items.Count > limit;
        return Ok(new LedgerCheckpointPage { Items = [.. items.Take(limit)], NextBefore = hasMore ? items[limit - 1].TreeSize : null });
    }

    /// <summary>List the keys of checkpoints</summary>
    /// <remarks>Take a key from who runs the service, not from here alone: what is compared with itself proves nothing.</remarks>
    [HttpGet("checkpoint-keys", Name = "ListCheckpointKeys")]
    [ProducesResponseType<IReadOnlyList<LedgerCheckpointKey>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Keys(CancellationToken cancellationToken) => Ok(await checkpoints.KeysAsync(cancellationToken));

    /// <summary>That a checkpoint goes on where another ended</summary>
    /// <remarks>Hashes that show that the batches under the first checkpoint are the first of those under the second (RFC 9162, 2.1.4).</remarks>
    /// <param name="first" example="512">The `tree_size` of the earlier one.</param>
    /// <param name="second" example="1024">That of the later one.</param>
    [HttpGet("consistency", Name = "GetConsistency")]
    [ProducesResponseType<LedgerConsistency>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Consistency([FromQuery] long first, [FromQuery] long second, CancellationToken cancellationToken)
    {
        if (first < 1 || second < first)
            return Problems.Invalid(HttpContext, new FieldError("?second", "out_of_range", "Give the `tree_size` of two checkpoints, `first` not above `second`."));
        return await checkpoints.ConsistencyAsync(first, second, cancellationToken) is { } found
            ? Ok(found)
            : Problems.NotFound(HttpContext, "There is no checkpoint over so many batches: take `tree_size` from GET /v1/ledger/checkpoints.");
    }

    /// <summary>Prove an event</summary>
    /// <remarks>
    /// What leads from the rows of one event to a signed root, to be verified without the service: `dotnet run --project src/TokenFactory.Api -- verify --proof FILE`,
    /// or as docs/audit.md tells. For ids that contain slashes use `GET /v1/ledger/proofs` with both as parameters.
    /// </remarks>
    /// <param name="source" example="gateway-1">The source that sent the event.</param>
    /// <param name="id" example="req-8f2">The sender's id of the event, percent-encoded.</param>
    [HttpGet("proofs/{source}/{id}", Name = "GetProof")]
    [ProducesResponseType<LedgerProof>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    public Task<IActionResult> Get(string source, string id, CancellationToken cancellationToken) =>
        ProveAsync(RawPath.Segment(Request, fromEnd: 1) ?? source, RawPath.Segment(Request, fromEnd: 0) ?? id, cancellationToken);

    /// <summary>Prove an event, for any id</summary>
    /// <param name="source" example="gateway-1">The source that sent the event.</param>
    /// <param name="id" example="chat/2026/req-8f2">The sender's id of the event; it may contain slashes.</param>
    [HttpGet("proofs", Name = "FindProof")]
    [ProducesResponseType<LedgerProof>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status404NotFound, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public Task<IActionResult> Find([FromQuery] string? source, [FromQuery] string? id, CancellationToken cancellationToken)
    {
        return NamedEvent.RefuseIncomplete(HttpContext, source, id) is { } refusal ? Task.FromResult<IActionResult>(refusal) : ProveAsync(source!, id!, cancellationToken);
    }

    /// <summary>Verify the ledger</summary>
    /// <remarks>
    /// Reads every record and compares it with what was sealed: as the command `verify` does, but by the service that is verified and by the keys that its database
    /// names. An auditor runs the command, with a checkpoint and a key that were kept elsewhere.
    /// </remarks>
    [HttpGet("verification", Name = "VerifyLedger")]
    [Authorize("admin")]
    [ProducesResponseType<LedgerVerification>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status409Conflict, Problems.ContentType)]
    public async Task<IActionResult> Verify(CancellationToken cancellationToken)
    {
        if (await VerifyCommand.VerifyAsync(dataSource, new Trust([], []), cancellationToken) is not { } report)
            return Problems.Conflict(HttpContext, "already_under_way", "The ledger is being verified already: wait until that has ended.");
        return Ok(new LedgerVerification
        {
            Intact = report.IsIntact,
            Faults = report.Faults,
            FaultCount = report.FaultCount,
            Batches = report.Batches,
            Events = report.Events,
            Entries = report.Entries,
            ArchivedEntries = report.ArchivedEntries,
            UnchainedBatches = report.Unchained,
            SealedBatches = report.Sealed,
            Checkpoints = report.Checkpoints,
        });
    }

    private async Task<IActionResult> ProveAsync(string source, string id, CancellationToken cancellationToken)
    {
        if (id.Contains('\0', StringComparison.Ordinal) || source.Contains('\0', StringComparison.Ordinal)
            || await events.FindSourceAsync(source, cancellationToken) is not { } sourceId)
        {
            return NamedEvent.NotFound(HttpContext, source, id);
        }

        var (proof, refusal) = await proofs.ReadAsync(source, sourceId, id, cancellationToken);
        return refusal switch
        {
            null => Ok(proof),
            ProofRefusal.NotFound => NamedEvent.NotFound(HttpContext, source, id),
            ProofRefusal.NotSealed => NotSealed(),
            ProofRefusal.Archived => Problems.Archived(HttpContext,
                "Entries of the event are archived. `verify --archive DIR --event SOURCE/ID` makes the proof from the folder of the archive, without the service."),
            ProofRefusal.NotChained => Problems.Conflict(HttpContext, "not_chained", "The event was recorded before the ledger was chained: there is no proof of it."),
            _ => Problems.Conflict(HttpContext, "record_altered",
                "What is recorded of the event now is not what was sealed. Run the command verify, which says what else was altered, and compare with a backup."),
        };
    }

    private ObjectResult NotSealed()
    {
        Response.Headers.RetryAfter = "10";
        return Problems.Result(HttpContext, StatusCodes.Status503ServiceUnavailable, "not_sealed", "The event can't be proved at this moment.",
            "It is recorded, and not sealed yet. Try again after the time in Retry-After; if that does not help, the log of the service says why.");
    }
}
