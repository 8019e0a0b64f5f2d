using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>What the controllers of the catalog share: who may read and write, and how a conflict or a body that can't be taken is answered.</summary>
[ApiController]
[Authorize("read")]
[Produces("application/json")]
internal abstract class CatalogController : ControllerBase, IActionFilter
{
    void IActionFilter.OnActionExecuting(ActionExecutingContext context)
    {
    }

    void IActionFilter.OnActionExecuted(ActionExecutedContext context)
    {
        context.Result = context.Exception switch
        {
            CatalogConflictException e => Problems.Conflict(HttpContext, e.Code, e.Message),
            BodyRefusedException e => Problems.Result(HttpContext, e.Status, e.Code, "The body can't be taken as it is.", e.Message),
            _ => context.Result,
        };
        context.ExceptionHandled |= context.Exception is CatalogConflictException or BodyRefusedException;
    }

    /// <summary>The page that a list in the order of names asks for.</summary>
    protected bool TryReadPage(string list, string? cursor, int limit, out string after, out IActionResult? refusal) =>
        TryReadPage(list, cursor, limit, _ => true, out after, out refusal);

    /// <summary>The page that a list in the order of numbers asks for.</summary>
    protected bool TryReadPage(string list, string? cursor, int limit, out long after, out IActionResult? refusal)
    {
        var isRead = TryReadPage(list, cursor, limit, key => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _), out string key, out refusal);
        after = isRead && key.Length > 0 ? long.Parse(key, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        return isRead;
    }

    /// <summary>The filters of a list by producer, whose number is null where all are asked for, and by model.</summary>
    protected async Task<(int? ProducerId, IActionResult? Refusal)> ReadFilterAsync(
        TokenFactoryContext context, string? producer, string? model, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        CatalogNames.CheckName("?model", model, errors);
        var found = producer is null ? null : await ProducerNames.FindAsync(context, "?producer", producer, errors, cancellationToken);
        return (found?.Id, errors.Count > 0 ? Problems.Invalid(HttpContext, errors) : null);
    }

    private bool TryReadPage(string list, string? cursor, int limit, Predicate<string> isKey, out string after, out IActionResult? refusal)
    {
        var errors = new List<FieldError>();
        if (limit is < 1 or > CatalogPages.MaxLimit)
            errors.Add(new FieldError("?limit", "out_of_range", $"Must be 1 to {CatalogPages.MaxLimit}."));
        var key = CatalogPages.KeyOf(list, cursor);
        if (key is null || (key.Length > 0 && !isKey(key)))
            errors.Add(new FieldError("?cursor", "invalid_value", "Pass the `next_cursor` of the page before, as it is."));
        after = key ?? "";
        refusal = errors.Count > 0 ? Problems.Invalid(HttpContext, errors) : null;
        return refusal is null;
    }
}
