using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Hosting;

/// <summary>No request takes for ever: neither one whose body never ends nor one that asks for too much.</summary>
internal static class RequestTimeouts
{
    private const string Code = "request_timeout";

    public static void AddTimeouts(this IServiceCollection services, LimitsOptions limits) => services.AddRequestTimeouts(o => o.DefaultPolicy = new RequestTimeoutPolicy
    {
        Timeout = TimeSpan.FromSeconds(limits.RequestTimeoutSeconds),
        TimeoutStatusCode = StatusCodes.Status408RequestTimeout,
        WriteTimeoutResponse = context =>
        {
            // The request is ended, its answer is not.
            context.RequestAborted = CancellationToken.None;
            return Problems.WriteAsync(context, StatusCodes.Status408RequestTimeout, Code, "The request took too long.",
                $"{DetailOf(limits)} What was read of its events may be recorded: sending them again is safe.");
        },
    });

    /// <summary>
    /// Why a body was cut off while it was read, by the request's own timeout or by the server, so that who reads it can say how far it got; null:
    /// for another reason, or nobody is there to be told.
    /// </summary>
    public static BodyRefusedException? RefusalOf(HttpContext context, Exception exception)
    {
        if (exception is OperationCanceledException && context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true })
        {
            // The request is ended, its answer is not.
            context.RequestAborted = CancellationToken.None;
            return new BodyRefusedException(StatusCodes.Status408RequestTimeout, Code,
                DetailOf(context.RequestServices.GetRequiredService<IOptions<LimitsOptions>>().Value));
        }

        return exception is BadHttpRequestException refused && !context.RequestAborted.IsCancellationRequested
            ? new BodyRefusedException(refused.StatusCode, LastResort.CodeOf(refused), LastResort.DetailOf(context, refused))
            : null;
    }

    private static string DetailOf(LimitsOptions limits) => $"A request may take {limits.RequestTimeoutSeconds} s. Send less at a time.";
}
