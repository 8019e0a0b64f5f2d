using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace TokenFactory.Api.Hosting;

/// <summary>One violation of a request.</summary>
/// <param name="Pointer">RFC 6901 JSON Pointer into the body, or the name of the query parameter behind <c>?</c>, or the name of a header.</param>
/// <param name="Code">Stable, machine-readable: <c>required</c>, <c>unknown_field</c>, <c>out_of_range</c>.</param>
/// <param name="Detail">A sentence that says what to do.</param>
public sealed record FieldError(string Pointer, string Code, string Detail);

/// <summary>Answers that are not success, in the one shape of RFC 9457: stable <c>type</c> and <c>code</c>, no internals.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>The problem document for a code. <c>type</c> is derived from the code, so that both are stable together.</summary>
    public static ProblemDetails Document(
        HttpContext context, int status, string code, string title, string detail, IReadOnlyList<FieldError>? errors = null)
    {
        var problem = new ProblemDetails
        {
            Type = $"/problems/{code.Replace('_', '-')}",
            Title = title,
            Status = status,
            Detail = detail,
            Instance = context.Request.Path,
        };
        problem.Extensions["code"] = code;
        problem.Extensions["trace_id"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
        if (errors is { Count: > 0 })
            problem.Extensions["errors"] = errors;
        return problem;
    }

    /// <summary>The same as a controller's result.</summary>
    public static ObjectResult Result(
        HttpContext context, int status, string code, string title, string detail, IReadOnlyList<FieldError>? errors = null) =>
        new ProblemResult(Document(context, status, code, title, detail, errors)) { StatusCode = status };

    /// <summary>The same written by middleware.</summary>
    public static Task WriteAsync(
        HttpContext context, int status, string code, string title, string detail, IReadOnlyList<FieldError>? errors = null)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            Document(context, status, code, title, detail, errors), WireJson.Options, ContentType, context.RequestAborted);
    }

    public static ObjectResult Invalid(HttpContext context, params IReadOnlyList<FieldError> errors) => Result(
        context, StatusCodes.Status422UnprocessableEntity, "invalid", "The request is not valid.",
        $"{errors.Count} violation{(errors.Count == 1 ? "" : "s")}; correct each of `errors` and send again.", errors);

    public static ObjectResult NotFound(HttpContext context, string detail) =>
        Result(context, StatusCodes.Status404NotFound, "not_found", "There is no such resource.", detail);

    public static ObjectResult Conflict(HttpContext context, string code, string detail) =>
        Result(context, StatusCodes.Status409Conflict, code, "The request conflicts with what is recorded.", detail);

    /// <summary>What is asked for is not in the ledger any more, but in an archive.</summary>
    /// <param name="context">The request.</param>
    /// <param name="what">A sentence of what is archived, and where.</param>
    public static ObjectResult Archived(HttpContext context, string what) => Result(context, StatusCodes.Status410Gone, "archived",
        "The entries that it needs are archived.", $"{what} The folder of the archive has them: docs/retention.md tells how to read it.");

    // A controller's [Produces] would make application/json of it.
    private sealed class ProblemResult(ProblemDetails problem) : ObjectResult(problem)
    {
        public override Task ExecuteResultAsync(ActionContext context)
        {
            ContentTypes = [ContentType];
            return base.ExecuteResultAsync(context);
        }
    }
}
