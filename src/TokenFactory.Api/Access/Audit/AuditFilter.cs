using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Npgsql;
using TokenFactory.Api.Database.Audit;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access.Audit;

/// <summary>
/// Makes an operation that is logged the current act. What it commits is logged by its own transaction; what it did not do, or did by other ways,
/// is logged here when it is over, before the answer goes out.
/// </summary>
internal sealed partial class AuditFilter : IAsyncActionFilter, IOrderedFilter
{
    private const int MaxRequestLength = 8 * 1024;

    // Around everything else: it sees what the others make of an exception.
    public int Order => int.MinValue;

    public Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next) =>
        AuditedOf(context) is { } audited ? ExecuteAsync(context, audited, next) : next();

    // Most requests bring usage and are none of it: they pass by without a detour.
    private static AuditedAttribute? AuditedOf(ActionExecutingContext context) =>
        context.ActionDescriptor.Properties.TryGetValue(AuditConvention.Key, out var found) && found is AuditedAttribute audited
        && (audited.OnlyWith is not { } name || string.Equals(context.HttpContext.Request.Query[name], "true", StringComparison.OrdinalIgnoreCase))
        && (!audited.OnlyOfAdmins || IsAdmin(context.HttpContext.User))
            ? audited
            : null;

    private static async Task ExecuteAsync(ActionExecutingContext context, AuditedAttribute audited, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var act = new AdministrativeAct(AuditActors.Of(http.User), audited.Action, ObjectOf(http.Request.Path))
        {
            Details = DetailsOf(context),
            TraceId = System.Diagnostics.Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier,
            RemoteAddress = http.Connection.RemoteIpAddress,
        };
        AdministrativeAct.Current = act;
        var executed = await next();
        AdministrativeAct.Current = null;
        if (executed.Exception is not null && !executed.ExceptionHandled)
            await WriteFailureAsync(http, act, executed.Exception);
        else
            await WriteOutcomeAsync(http, act, audited, executed.Result);
    }

    private static async Task WriteOutcomeAsync(HttpContext http, AdministrativeAct act, AuditedAttribute audited, IActionResult? result)
    {
        var status = (result as IStatusCodeActionResult)?.StatusCode ?? StatusCodes.Status200OK;
        if (status < StatusCodes.Status400BadRequest)
        {
            if (!act.IsWritten)
                await WriteAsync(http, act, audited.WhenOver ? AuditOutcome.Done : AuditOutcome.Unchanged);
            return;
        }

        // Who is no administrator could fill the log with refusals.
        if (status == StatusCodes.Status403Forbidden || !IsAdmin(http.User))
        {
            http.RequestServices.GetRequiredService<RefusedAttempts>().Add(act.Actor, act.Action, status);
            return;
        }

        act.Details["status"] = status;
        if ((result as ObjectResult)?.Value is ProblemDetails problem && problem.Extensions.TryGetValue("code", out var code))
            act.Details["code"] = code as string;
        await WriteAsync(http, act, status >= StatusCodes.Status500InternalServerError ? AuditOutcome.Failed : AuditOutcome.Refused);
    }

    // The exception goes on its way, to be answered and logged as any other: where the database is away nothing was done, and nothing can be logged.
    private static async Task WriteFailureAsync(HttpContext http, AdministrativeAct act, Exception exception)
    {
        if (DatabaseAwayHandler.IsAway(exception))
            return;
        try
        {
            await WriteAsync(http, act, AuditOutcome.Failed);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            LogNotWritten(http.RequestServices.GetRequiredService<ILogger<AuditFilter>>(), act.Action, e);
        }
    }

    private static async Task WriteAsync(HttpContext http, AdministrativeAct act, AuditOutcome outcome)
    {
        await using var connection = await http.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(CancellationToken.None);
        await AuditLog.WriteAsync(connection, act, outcome, CancellationToken.None);
    }

    private static bool IsAdmin(ClaimsPrincipal user) => user.HasClaim(KeyClaims.Scope, ScopeNames.Admin);

    private static string ObjectOf(PathString path) => path.Value!.StartsWith("/v1/", StringComparison.Ordinal) ? path.Value[4..] : path.Value;

    // What was understood of the request; a parameter that nobody knows may be anything, a key that was put into the wrong place too.
    private static JsonObject DetailsOf(ActionExecutingContext context)
    {
        var details = new JsonObject();
        foreach (var parameter in context.ActionDescriptor.Parameters)
        {
            if (parameter.BindingInfo?.BindingSource is not { } source || !context.ActionArguments.TryGetValue(parameter.Name, out var value) || value is null)
                continue;
            if (source == BindingSource.Body)
                details["request"] = NodeOf(value);
            else if (source == BindingSource.Query && context.HttpContext.Request.Query.ContainsKey(parameter.Name))
                details[parameter.Name] = NodeOf(value);
        }

        return details;
    }

    private static JsonNode? NodeOf(object value)
    {
        var text = JsonSerializer.Serialize(value, value.GetType(), WireJson.Options);
        return text.Length <= MaxRequestLength ? JsonNode.Parse(text) : new JsonObject { ["left_out_characters"] = text.Length };
    }

    [LoggerMessage(4011, LogLevel.Error, "The failed act {Action} could not be written into the audit log")]
    private static partial void LogNotWritten(ILogger logger, string action, Exception exception);
}
