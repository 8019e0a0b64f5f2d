using Microsoft.Net.Http.Headers;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Lets pages of the configured origins call the API. Off unless configured, exact origins only. Keys travel in headers that a page sets itself,
/// so that credentials of the browser are never allowed.
/// </summary>
internal static class CrossOrigin
{
    private const char Separator = ',';

    public static void AddCrossOrigin(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(CrossOriginOptions.Section);
        services.AddOptions<CrossOriginOptions>().Bind(section)
            .Validate(o => OriginsOf(o).All(IsOrigin), "TokenFactory:Cors:Origins must be exact origins such as https://dashboard.example, separated by commas: "
                + "scheme, host and port, without a path, a slash at the end or a wildcard.")
            .ValidateOnStart();
        var options = section.Get<CrossOriginOptions>() ?? new CrossOriginOptions();
        if (IsConfigured(options))
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins(OriginsOf(options)).AllowAnyMethod().AllowAnyHeader()
                .WithExposedHeaders(HeaderNames.ETag, HeaderNames.Link, HeaderNames.Location, HeaderNames.RetryAfter, RateLimits.Header, RateLimits.PolicyHeader)
                .SetPreflightMaxAge(TimeSpan.FromHours(1))));
        }
    }

    public static void UseCrossOrigin(this WebApplication app)
    {
        if (IsConfigured(app.Configuration.GetSection(CrossOriginOptions.Section).Get<CrossOriginOptions>() ?? new CrossOriginOptions()))
            app.UseCors();
    }

    private static bool IsConfigured(CrossOriginOptions options) => OriginsOf(options).Length > 0;

    private static string[] OriginsOf(CrossOriginOptions options) =>
        (options.Origins ?? "").Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && !text.Contains('*', StringComparison.Ordinal) && uri.GetLeftPart(UriPartial.Authority) == text;
}
