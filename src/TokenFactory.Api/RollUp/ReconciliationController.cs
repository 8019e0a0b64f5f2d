using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.RollUp;

/// <summary>The books.</summary>
[ApiController]
[Route("v1/reconciliation")]
[Tags("Operations")]
[Produces("application/json")]
internal sealed class ReconciliationController(ReconciliationReader reader, IAuthorizationService authorization) : ControllerBase
{
    /// <summary>Do the books balance?</summary>
    /// <remarks>
    /// Every event that came in, by what became of it, and the totals of the ledger beside those of the roll-up, which are made on separate
    /// ways: one adds up entries, the other deltas. Cheap by default; `full=true` recomputes everything and needs the scope `admin`.
    /// </remarks>
    /// <param name="full" example="false">Recompute from every entry and cell.</param>
    [HttpGet(Name = "GetReconciliation")]
    [Audited("reconciliation.recomputed", WhenOver = true, OnlyWith = "full")]
    [Authorize("read")]
    [ProducesResponseType<Reconciliation>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    public async Task<IActionResult> Get([FromQuery] bool full, CancellationToken cancellationToken)
    {
        if (full && !(await authorization.AuthorizeAsync(User, "admin")).Succeeded)
        {
            return Problems.Result(HttpContext, StatusCodes.Status403Forbidden, "forbidden", "The key does not allow this.",
                "A full reconciliation reads the whole ledger: it needs a key with the scope admin.");
        }

        return Ok(await reader.ReadAsync(full, cancellationToken));
    }
}
