using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Path segments exactly as they were sent. The server decodes every escape of a path but that of the slash, so that <c>a%2Fb</c> and
/// <c>a%252Fb</c> arrive as one text: a name that may hold slashes or percent signs has to be read from the request target itself.
/// </summary>
internal static class RawPath
{
    /// <summary>A segment of the request's path, unescaped once.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fromEnd">0 is the last segment; a slash at the end of the path begins none.</param>
    /// <returns>Null: there is no such segment, or its escapes are not UTF-8, so that it names nothing.</returns>
    public static string? Segment(HttpRequest request, int fromEnd) =>
        Segment(request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "", fromEnd);

    internal static string? Segment(string target, int fromEnd)
    {
        var end = target.IndexOfAny(['?', '#']);
        var segments = (end < 0 ? target : target[..end]).TrimEnd('/').Split('/');
        return fromEnd < segments.Length - 1 ? Unescape(segments[^(fromEnd + 1)]) : null;
    }

    private static string? Unescape(string escaped)
    {
        // A target is ASCII; a percent sign without two digits behind it stands for itself.
        if (!Ascii.IsValid(escaped))
            return null;
        var bytes = new byte[escaped.Length];
        var length = 0;
        for (var at = 0; at < escaped.Length; length++)
            bytes[length] = (byte)Uri.HexUnescape(escaped, ref at);
        var utf8 = bytes.AsSpan(0, length);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
    }
}
