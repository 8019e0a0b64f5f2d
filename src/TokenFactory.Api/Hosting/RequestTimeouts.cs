using Microsoft.AspNetCore.Http.Timeouts;

namespace TokenFactory.Api.Hosting;

/// <summary>No request takes for ever: neither one whose body never ends nor one that asks for too much.</summary>
internal static class RequestTimeouts
{
    public static void AddTimeouts(this IServiceCollection services, LimitsOptions limits) => services.AddRequestTimeouts(o => o.DefaultPolicy = new RequestTimeoutPolicy
    {
        Timeout = TimeSpan.FromSeconds(limits.RequestTimeoutSeconds),
        TimeoutStatusCode = StatusCodes.Status408RequestTimeout,
        WriteTimeoutResponse = context =>
        {
            // The request is ended, its answer is not.
            context.RequestAborted = CancellationToken.None;
            return Problems.WriteAsync(context, StatusCodes.Status408RequestTimeout, "request_timeout", "The request took too long.",
                $"A request may take {limits.RequestTimeoutSeconds} s. Send less at a time. What was read of its events may be recorded: sending them again is safe.");
        },
    });
}
