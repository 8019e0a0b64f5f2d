using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace TokenFactory.Api.Hosting;

/// <summary>A database that is away, full or overloaded is a 503 with Retry-After: nothing was acknowledged, and it will be back.</summary>
internal sealed class DatabaseAwayHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsAway(exception) || httpContext.Response.HasStarted)
            return false;
        httpContext.Response.Headers.RetryAfter = "2";
        const string again = "Send the request again after the time in Retry-After. Events may be sent again as they are: each counts once.";
        if (NotYet(exception) is { } reason)
            await Problems.WriteAsync(httpContext, StatusCodes.Status503ServiceUnavailable, "starting", "The service is starting.", $"{reason}. {again}");
        else
            await Problems.WriteAsync(httpContext, StatusCodes.Status503ServiceUnavailable, "database_unavailable", "The database does not answer.", again);
        return true;
    }

    // The service's own SQL refuses for the time being, and says why.
    private static string? NotYet(Exception exception) => exception is PostgresException { SqlState: "57PNY" } refusal
        ? char.ToUpperInvariant(refusal.MessageText[0]) + refusal.MessageText[1..]
        : exception.InnerException is { } inner ? NotYet(inner) : null;

    // Class 08: connection. 53: no resources (disk, memory, connections). 57P: shutdown, crash, starting up. 58: system. 25006: a standby.
    // FATAL: the server refused or ended the connection, whatever the reason: closed for maintenance, a changed password, a dropped database.
    internal static bool IsAway(Exception exception) => exception switch
    {
        PostgresException e => e.SqlState[..2] is "08" or "53" or "58" || e.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || e.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            || e.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException => true,
        TimeoutException => true,
        _ => exception.InnerException is { } inner && IsAway(inner),
    };
}
