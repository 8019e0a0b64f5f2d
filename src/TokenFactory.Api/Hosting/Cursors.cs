namespace TokenFactory.Api.Hosting;

/// <summary>Pages that follow each other.</summary>
internal static class Cursors
{
    /// <summary>Says in the header <c>Link</c> where the next page is.</summary>
    /// <param name="http">The request that is answered.</param>
    /// <param name="cursor">Null: this is the last page.</param>
    public static void LinkNext(HttpContext http, string? cursor)
    {
        if (cursor is null)
            return;
        var query = QueryString.Create(http.Request.Query.Where(q => q.Key != "cursor").SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)))
            .Append(KeyValuePair.Create("cursor", (string?)cursor)));
        http.Response.Headers.Link = $"<{http.Request.Path}{query}>; rel=\"next\"";
    }
}
