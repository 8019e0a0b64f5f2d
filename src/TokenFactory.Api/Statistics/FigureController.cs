using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>What the operations that answer figures have in common: every violation of a query is told at once, and what is too large is refused.</summary>
[ApiController]
[TellsEveryViolation]
[RefusesWhatIsTooLarge]
[ProducesResponseType(StatusCodes.Status304NotModified)]
[ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType, Description = "The key does not allow this; or small cells are withheld from the public, and this could tell of them.")]
[ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
internal abstract class FigureController(FigureQueries queries) : ControllerBase
{
    /// <summary>What is asked for.</summary>
    protected FigureQuery OpenQuery() => queries.Of(ControllerContext);

    /// <summary>The refusal of a query that has violations; null: it can be answered.</summary>
    protected async Task<IActionResult?> RefusalOfAsync(FigureQuery query, FigureRequest? request, CancellationToken cancellationToken)
    {
        query.Allow("format", "csv", "json");
        await queries.CheckNamesAsync(query, request, cancellationToken);
        return query.Errors.Count > 0 ? Problems.Invalid(HttpContext, query.Errors) : null;
    }
}

/// <summary>Opens queries for figures, and looks up what they name.</summary>
internal sealed class FigureQueries(FigureReader reader, CatalogCache catalog, IOptions<StatisticsOptions> options)
{
    public FigureQuery Of(ActionContext action) => new(action, catalog.Current, options.Value);

    /// <summary>Tells of models that nobody knows.</summary>
    public async Task CheckNamesAsync(FigureQuery query, FigureRequest? request, CancellationToken cancellationToken)
    {
        // What this instance does not know another may have registered a moment ago.
        string[] unseen = [.. (request?.Filters.GetValueOrDefault(Dimension.Model) ?? []).Cast<string>().Where(name => !catalog.Current.HasModelName(name))];
        if (unseen.Length > 0 && await reader.NamesUnknownModelAsync(unseen, cancellationToken))
            query.Add("model", "unknown_value", "No model has this name or alias.");
    }
}

/// <summary>An answer would be larger, or take more work, than is allowed.</summary>
/// <param name="code">Stable and machine-readable.</param>
/// <param name="detail">How large it would be, and how to ask for less.</param>
internal class FigureLimitException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
}

/// <summary>More rows than an answer may have.</summary>
internal sealed class TooManyRowsException(int limit) : FigureLimitException(
    "too_many_rows", $"It would have more than {limit} rows. Narrow it by `start` and `end`, by a filter, or by fewer groups.");

/// <summary>Answers 422 where a <see cref="FigureLimitException"/> ends an operation.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RefusesWhatIsTooLargeAttribute : ExceptionFilterAttribute
{
    public override void OnException(ExceptionContext context)
    {
        if (context.Exception is not FigureLimitException limit)
            return;
        context.Result = Problems.Result(
            context.HttpContext, StatusCodes.Status422UnprocessableEntity, limit.Code, "The answer would be too large.", limit.Message);
        context.ExceptionHandled = true;
    }
}
