using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>What the controllers of the catalog share: who may read and write, and how a conflict is answered.</summary>
[ApiController]
[Authorize("read")]
[Produces("application/json")]
internal abstract class CatalogController : ControllerBase, IActionFilter
{
    // As long as a name in an event may be: what was registered on sight can be sent back.
    protected const int MaxNameLength = 256;
    protected const int MaxListLength = 1_000;

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
        CheckName("?model", model, errors);
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

    /// <summary>Producers and sources are named in URLs and configuration files: lower-case letters, digits, dots, dashes, underscores.</summary>
    protected static void CheckSlug(string pointer, string slug, List<FieldError> errors)
    {
        if (!ProducerNames.IsSlug(slug))
            errors.Add(new FieldError(pointer, "invalid_id", "Must have 1 to 64 of a-z, 0-9, dot, dash and underscore, and begin with a letter or digit."));
    }

    protected static void CheckName(string pointer, string? name, List<FieldError> errors)
    {
        if (name is not null && (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl) || char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])))
            errors.Add(new FieldError(pointer, "invalid_text", $"Must have 1 to {MaxNameLength} characters, without control characters or white space around it."));
    }

    /// <summary>Names in a list: null has no place there, and the list has an end.</summary>
    protected static void CheckNames(string pointer, IReadOnlyList<string?> names, List<FieldError> errors)
    {
        if (CheckLength(pointer, names.Count, errors))
            return;
        for (var i = 0; i < names.Count; i++)
            CheckName($"{pointer}/{i}", names[i] ?? "", errors);
    }

    /// <returns>Whether the list is too long to be looked at.</returns>
    protected static bool CheckLength(string pointer, int count, List<FieldError> errors)
    {
        if (count > MaxListLength)
            errors.Add(new FieldError(pointer, "too_long", $"At most {MaxListLength} rows."));
        return count > MaxListLength;
    }
}
