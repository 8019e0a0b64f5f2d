using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>
/// A page in a context of its own, watched: what it writes to the console as an error, what it throws, what it asks of another origin, what is refused
/// by the content policy and what is answered with an error are complaints.
/// </summary>
public sealed class Visit
{
    private readonly IBrowserContext _context;
    private readonly string _origin;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<IRequest> _requests = new();
    private readonly ConcurrentDictionary<string, int> _mayFail = new();

    private Visit(IBrowserContext context, Uri address)
    {
        _context = context;
        _origin = address.GetLeftPart(UriPartial.Authority);
    }

    public IPage Page { get; private set; } = null!;

    /// <summary>Every request so far, in the order in which they were sent.</summary>
    public IReadOnlyList<IRequest> Requests => [.. _requests];

    public IReadOnlyList<string> Complaints => [.. _complaints];

    /// <summary>The paths with queries of the calls of the API so far.</summary>
    public IReadOnlyList<string> Calls => [.. _requests.Select(r => new Uri(r.Url).PathAndQuery).Where(p => p.StartsWith("/v1/", StringComparison.Ordinal))];

    internal static async Task<Visit> BeginAsync(IBrowserContext context, Uri address)
    {
        var visit = new Visit(context, address);
        context.Console += (_, message) => visit.Hear(message);
        context.WebError += (_, error) => visit._complaints.Enqueue($"thrown: {error.Error}");
        context.Request += (_, request) => visit.See(request);
        context.Response += (_, response) => visit.See(response);
        context.RequestFailed += (_, request) => visit.SeeFailed(request);
        await context.ExposeFunctionAsync("tellOfPolicy", (string told) => visit._complaints.Enqueue($"refused by the content policy: {told}"));
        await context.AddInitScriptAsync(
            "addEventListener('securitypolicyviolation', e => tellOfPolicy(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));");
        visit.Page = await context.NewPageAsync();
        return visit;
    }

    /// <summary>An answer that is an error belongs to this test.</summary>
    /// <param name="path">How its path begins.</param>
    /// <param name="status">The status that it may have; 0: no answer at all.</param>
    public void MayFail(string path, int status) => _mayFail[_origin + path] = status;

    public async Task EndAsync() => await _context.CloseAsync();

    private bool IsExpected(string url, int status) => _mayFail.Any(f => url.StartsWith(f.Key, StringComparison.Ordinal) && f.Value == status);

    private void Hear(IConsoleMessage message)
    {
        // The browser itself writes a line for each answer that is an error.
        var isOfAnswer = message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
            && _mayFail.Keys.Any(path => message.Location.StartsWith(path, StringComparison.Ordinal));
        if (message.Type is "error" or "warning" && !isOfAnswer)
            _complaints.Enqueue($"console {message.Type}: {message.Text} ({message.Location})");
    }

    private void See(IRequest request)
    {
        _requests.Enqueue(request);
        var url = request.Url;
        if (!url.StartsWith(_origin + "/", StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal)
            && !url.StartsWith("blob:", StringComparison.Ordinal) && !url.StartsWith("about:", StringComparison.Ordinal))
            _complaints.Enqueue($"asked of another origin: {url}");
    }

    private void See(IResponse response)
    {
        if (response.Status >= 400 && !IsExpected(response.Url, response.Status))
            _complaints.Enqueue($"{response.Request.Method} {response.Url} was answered {response.Status}");
    }

    private void SeeFailed(IRequest request)
    {
        // What a page no longer wants it takes back.
        if (request.Failure != "net::ERR_ABORTED" && !IsExpected(request.Url, 0))
            _complaints.Enqueue($"{request.Method} {request.Url} failed: {request.Failure}");
    }
}
