using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TokenFactory.Api.Hosting;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: it can do its work. Names and states, no internals.</summary>
internal static class HealthPages
{
    public static void Map(IEndpointRouteBuilder endpoints, bool withDetail)
    {
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous().WithMetadata(RateLimits.Probe);
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = withDetail ? WriteAsync : WriteSumAsync }).AllowAnonymous().WithMetadata(RateLimits.Probe);
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = Name(report.Status),
        Checks = report.Entries.ToDictionary(e => e.Key, e => new { Status = Name(e.Value.Status), e.Value.Description }),
    }, WireJson.Options);

    private static Task WriteSumAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(new { Status = Name(report.Status) }, WireJson.Options);

    private static string Name(HealthStatus status) => status == HealthStatus.Healthy ? "healthy" : "unhealthy";
}
