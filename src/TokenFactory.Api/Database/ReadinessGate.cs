using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Database;

/// <summary>Until the schema is up to date the API answers 503 with Retry-After, instead of failing in the middle of something.</summary>
internal sealed class ReadinessGate(RequestDelegate next, DatabaseReadiness readiness)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (readiness.IsReady || !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
            return next(context);
        context.Response.Headers.RetryAfter = "2";
        return Problems.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "starting", "The service is starting.",
            "It waits for its database, or is bringing it up to date. Try again after the time in Retry-After.");
    }
}
