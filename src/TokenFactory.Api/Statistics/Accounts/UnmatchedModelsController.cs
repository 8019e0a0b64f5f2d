using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>Models whose names came from events alone.</summary>
[Route("v1/models/unmatched")]
[Tags("Models")]
internal sealed class UnmatchedModelsController(IDbContextFactory<TokenFactoryContext> contexts, UnmatchedModels unmatched) : CatalogController
{
    private const string ListName = "unmatched_models";

    /// <summary>List models that nobody has confirmed</summary>
    /// <remarks>
    /// A name that is no model's own, no alias, fits no pattern and stands for no known model without its prefix, date or suffix is registered on sight, so that no
    /// usage is lost. It is listed here, with what was recorded under it, until an operator changes the model or a rate card prices it. `suggestion`
    /// is the model that the name would have stood for, had that been known before.
    /// </remarks>
    /// <param name="producer" example="openai">Only this producer's, by id or alias.</param>
    /// <param name="cursor">The `next_cursor` of the page before.</param>
    /// <param name="limit" example="100">Rows of a page, 1 to 1000.</param>
    [HttpGet(Name = "ListUnmatchedModels")]
    [ProducesResponseType<CatalogPage<UnmatchedModel>>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> List(
        [FromQuery] string? producer, [FromQuery] string? cursor, CancellationToken cancellationToken, [FromQuery] int limit = CatalogPages.DefaultLimit)
    {
        if (!TryReadPage(ListName, cursor, limit, out long after, out var refusal))
            return refusal!;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        (var producerId, refusal) = await ReadFilterAsync(context, producer, model: null, cancellationToken);
        if (refusal is not null)
            return refusal;
        var rows = await unmatched.ReadAsync(producerId, after, limit + 1, cancellationToken);
        return Ok(CatalogPages.Page(ListName, rows, limit, r => r.Id.ToString(CultureInfo.InvariantCulture), r => r));
    }
}
