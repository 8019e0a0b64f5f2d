using Microsoft.AspNetCore.Diagnostics;

namespace TokenFactory.Api.Hosting;

/// <summary>What nobody else answers: the server's own refusals with their status, and bugs as a 500 that shows nothing but a trace id.</summary>
internal sealed class LastResortHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.Response.HasStarted)
            return false;
        if (exception is BadHttpRequestException refused)
        {
            await Problems.WriteAsync(httpContext, refused.StatusCode,
                refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large"
                    : refused.StatusCode == StatusCodes.Status408RequestTimeout ? "body_too_slow" : "bad_request",
                "The request can't be read.", "Check that it is a complete HTTP request and that its body comes in fast enough and whole.");
            return true;
        }

        await Problems.WriteAsync(httpContext, StatusCodes.Status500InternalServerError, "internal", "Something went wrong here.",
            "It is logged under the trace id of this answer. Sending an event again is safe.");
        return true;
    }
}
