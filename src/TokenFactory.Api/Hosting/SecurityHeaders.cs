namespace TokenFactory.Api.Hosting;

/// <summary>Headers that keep a browser from doing more with an answer than it should.</summary>
internal static class SecurityHeaders
{
    /// <summary>Of pages: scripts, styles and what they ask for come from this origin's files, nothing from inside a page.</summary>
    /// <remarks>Swagger UI shows data: images, and the drawing of its logo holds one style, which is named by its hash.</remarks>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Of everything else: an answer of the API is data, whatever a browser takes it for.</summary>
    public const string DataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

    private const string NoFeatures =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // At the last moment: the answer to a failure begins with no headers at all.
        context.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = NoFeatures;
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers.ContentSecurityPolicy = IsData(http.Request.Path) ? DataPolicy : PagePolicy;
            headers.XFrameOptions = "DENY";
            // Swagger UI tells its version to everybody.
            headers.Remove("x-swagger-ui-version");
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    // Routing takes a path in any case.
    private static bool IsData(PathString path) => path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);
}
