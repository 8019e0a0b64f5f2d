using Microsoft.AspNetCore.Diagnostics;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>A full journal is the sender's cue to slow down, not a failure.</summary>
internal sealed class JournalBusyHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not JournalBusyException || httpContext.Response.HasStarted)
            return false;
        httpContext.Response.Headers.RetryAfter = "1";
        await Problems.WriteAsync(httpContext, StatusCodes.Status503ServiceUnavailable, "busy", "The ledger is busy.",
            "Nothing of this request was recorded. Send it again after the time in Retry-After.");
        return true;
    }
}
