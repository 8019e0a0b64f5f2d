using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>What the controllers of the catalog share: who may read and write, and how a conflict is answered.</summary>
[ApiController]
[Authorize("read")]
[Produces("application/json")]
internal abstract partial class CatalogController : ControllerBase, IActionFilter
{
    protected const int MaxNameLength = 200;

    void IActionFilter.OnActionExecuting(ActionExecutingContext context)
    {
    }

    void IActionFilter.OnActionExecuted(ActionExecutedContext context)
    {
        if (context.Exception is not CatalogConflictException conflict)
            return;
        context.Result = Problems.Conflict(HttpContext, conflict.Code, conflict.Message);
        context.ExceptionHandled = true;
    }

    /// <summary>The page that a list asks for.</summary>
    protected bool TryReadPage(string? cursor, int limit, out string after, out IActionResult? refusal)
    {
        var errors = new List<FieldError>();
        if (limit is < 1 or > CatalogPages.MaxLimit)
            errors.Add(new FieldError("?limit", "out_of_range", $"Must be 1 to {CatalogPages.MaxLimit}."));
        var key = CatalogPages.KeyOf(cursor);
        if (key is null)
            errors.Add(new FieldError("?cursor", "invalid_value", "Pass the `next_cursor` of the page before, as it is."));
        after = key ?? "";
        refusal = errors.Count > 0 ? Problems.Invalid(HttpContext, errors) : null;
        return refusal is null;
    }

    /// <summary>Producers and sources are named in URLs and configuration files: lower-case letters, digits, dots, dashes, underscores.</summary>
    protected static void CheckSlug(string pointer, string slug, List<FieldError> errors)
    {
        if (!SlugPattern().IsMatch(slug))
            errors.Add(new FieldError(pointer, "invalid_id", "Must have 1 to 64 of a-z, 0-9, dot, dash and underscore, and begin with a letter or digit."));
    }

    protected static void CheckName(string pointer, string? name, List<FieldError> errors)
    {
        if (name is not null && (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl) || char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])))
            errors.Add(new FieldError(pointer, "invalid_text", $"Must have 1 to {MaxNameLength} characters, without control characters or white space around it."));
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex SlugPattern();
}
