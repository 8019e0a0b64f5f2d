namespace TokenFactory.Api.Hosting;

/// <summary>A body for answers that the framework leaves empty: no such path, wrong method, wrong content type.</summary>
internal static class StatusPages
{
    public static Task WriteAsync(HttpContext context)
    {
        var (code, title, detail) = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ("not_found", "There is nothing at this path.", "See /openapi/v1.json for what there is."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", "The path does not take this method.", "See the header Allow."),
            StatusCodes.Status406NotAcceptable => ("not_acceptable", "No representation that the Accept header allows.", "Ask for application/json."),
            StatusCodes.Status415UnsupportedMediaType => ("unsupported_media_type", "The content type is not one that is taken here.", "Send application/json."),
            _ => ("refused", "The request was refused.", "See the status code."),
        };
        return Problems.WriteAsync(context, context.Response.StatusCode, code, title, detail);
    }
}
