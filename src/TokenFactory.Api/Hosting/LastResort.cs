using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// What no other exception handler has answered, in whichever order they are registered: the server's own refusals with their status, and bugs
/// as a 500 that shows nothing but a trace id.
/// </summary>
internal static class LastResort
{
    public static Task AnswerAsync(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException refused
        ? Problems.WriteAsync(context, refused.StatusCode, CodeOf(refused), "The request can't be read.", DetailOf(context, refused))
        : Problems.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal", "Something went wrong here.",
            "It is logged under the trace id of this answer. Sending an event again is safe.");

    public static string CodeOf(BadHttpRequestException refused) => refused.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => "body_too_large",
        StatusCodes.Status408RequestTimeout => "body_too_slow",
        _ => "bad_request",
    };

    public static string DetailOf(HttpContext context, BadHttpRequestException refused) =>
        LimitOf(context, refused) + "Check that it is a complete HTTP request and that its body comes in fast enough and whole.";

    private static string LimitOf(HttpContext context, BadHttpRequestException refused) =>
        refused.StatusCode == StatusCodes.Status413PayloadTooLarge && context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } bytes
            ? $"The body may have at most {bytes} bytes. "
            : "";
}
