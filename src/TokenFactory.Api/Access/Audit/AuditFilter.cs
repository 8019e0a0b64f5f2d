using System.Globalization;
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
        && (audited.OnlyWith is not { } name || (context.ActionArguments.TryGetValue(name, out var value) && value is true))
        && (!audited.OnlyOfAdmins || IsAdmin(context.HttpContext.User))
            ? audited
            : null;

    private static async Task ExecuteAsync(ActionExecutingContext context, AuditedAttribute audited, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var act = new AdministrativeAct(AuditActors.Of(http.User), audited.Action, ObjectOf(context))
        {
            Details = DetailsOf(context),
            TraceId = System.Diagnostics.Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier,
            RemoteAddress = http.Connection.RemoteIpAddress,
        };
        if (audited.WhenOver)
            RunToItsEnd(context);
        AdministrativeAct.Current = act;
        var executed = await next();
        AdministrativeAct.Current = null;
        if (executed.Exception is not null && !executed.ExceptionHandled)
            await WriteFailureAsync(http, act, audited, executed.Exception);
        else
            await WriteOutcomeAsync(http, act, audited, executed.Result);
    }

    private static async Task WriteOutcomeAsync(HttpContext http, AdministrativeAct act, AuditedAttribute audited, IActionResult? result)
    {
        var status = (result as IStatusCodeActionResult)?.StatusCode ?? StatusCodes.Status200OK;
        if (status < StatusCodes.Status400BadRequest)
        {
            if (!act.IsWritten)
                await WriteDoneAsync(http, act, audited.WhenOver && !act.IsUnchanged ? AuditOutcome.Done : AuditOutcome.Unchanged);
            return;
        }

        // Who is no administrator could fill the log with refusals.
        if (status == StatusCodes.Status403Forbidden || !IsAdmin(http.User))
        {
            http.RequestServices.GetRequiredService<RefusedAttempts>().Add(act.Actor, act.Action, status, act.RemoteAddress);
            return;
        }

        act.Details["status"] = status;
        if ((result as ObjectResult)?.Value is ProblemDetails problem && problem.Extensions.TryGetValue("code", out var code))
            act.Details["code"] = code as string;
        await WriteAsync(http, act, status >= StatusCodes.Status500InternalServerError ? AuditOutcome.Failed : AuditOutcome.Refused);
    }

    // The exception goes on its way, to be answered and logged as any other. Where the database is away nothing was done that has no row; but what
    // is logged when it is over may be done, or be done later: of a posting that waits too long nobody knows.
    private static async Task WriteFailureAsync(HttpContext http, AdministrativeAct act, AuditedAttribute audited, Exception exception)
    {
        if (!audited.WhenOver && DatabaseAwayHandler.IsAway(exception))
            return;
        var outcome = audited.WhenOver ? AuditOutcome.Unknown : AuditOutcome.Failed;
        try
        {
            await WriteAsync(http, act, outcome);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            LogNotWritten(http.RequestServices.GetRequiredService<ILogger<AuditFilter>>(), act.Action, act.Object, WireJson.NameOf(outcome), e);
        }
    }

    // Without its row the act is answered as failed: whoever asks again leaves one, and the log of the service has this one.
    private static async Task WriteDoneAsync(HttpContext http, AdministrativeAct act, AuditOutcome outcome)
    {
        try
        {
            await WriteAsync(http, act, outcome);
        }
        catch (Exception e)
        {
            LogNotWritten(http.RequestServices.GetRequiredService<ILogger<AuditFilter>>(), act.Action, act.Object, WireJson.NameOf(outcome), e);
            throw;
        }
    }

    private static async Task WriteAsync(HttpContext http, AdministrativeAct act, AuditOutcome outcome)
    {
        await using var connection = await http.RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(CancellationToken.None);
        await AuditLog.WriteAsync(connection, act, outcome, CancellationToken.None);
    }

    private static bool IsAdmin(ClaimsPrincipal user) => user.HasClaim(KeyClaims.Scope, ScopeNames.Admin);

    // As the operation's path is written, with what was understood of its parameters: routing takes a path in any case, and 007 for 7.
    private static string ObjectOf(ActionExecutingContext context) => string.Join('/', context.ActionDescriptor.AttributeRouteInfo!.Template!.Split('/').Skip(1)
        .Select(segment => segment is ['{', .. var name, '}'] ? ValueOf(context, name.Split(':')[0]) : segment));

    private static string? ValueOf(ActionExecutingContext context, string name) => Convert.ToString(
        context.ActionArguments.TryGetValue(name, out var value) ? value : context.RouteData.Values[name], CultureInfo.InvariantCulture);

    // Whoever asked may be gone, or the request's time over: neither undoes what the ledger was given.
    private static void RunToItsEnd(ActionExecutingContext context)
    {
        foreach (var (name, value) in context.ActionArguments.ToList())
        {
            if (value is CancellationToken)
                context.ActionArguments[name] = CancellationToken.None;
        }
    }

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

    [LoggerMessage(4011, LogLevel.Error, "The act {Action} of {Object} could not be written into the audit log; its outcome is {Outcome}")]
    private static partial void LogNotWritten(ILogger logger, string action, string? @object, string outcome, Exception exception);
}
