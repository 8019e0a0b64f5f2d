using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// An answer as it is written. Its tag is over all of it but <c>complete_through</c>, which moves with every event, whether that falls into the answer or
/// not: such a tag is weak (RFC 9110, 8.8.1), and that member is written last, anew each time.
/// </summary>
internal sealed class FigureDocument
{
    private static readonly byte[] NoInstant = "null}"u8.ToArray();

    private readonly byte[] _body;
    private readonly bool _isOpen;

    private FigureDocument(byte[] body, string contentType, bool isOpen)
    {
        (_body, ContentType, _isOpen) = (body, contentType, isOpen);
        Tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\"", isWeak: true);
    }

    public string ContentType { get; }

    public EntityTagHeaderValue Tag { get; }

    /// <summary>What it takes in memory.</summary>
    public int Bytes => _body.Length;

    /// <summary>As a table.</summary>
    public static FigureDocument OfCsv(byte[] body) => new(body, "text/csv; charset=utf-8; header=present", isOpen: false);

    /// <summary>As JSON.</summary>
    /// <exception cref="InvalidOperationException">The last member is not <c>complete_through</c>.</exception>
    public static FigureDocument OfJson(FigureAnswer answer)
    {
        var open = answer with { CompleteThrough = null };
        var body = JsonSerializer.SerializeToUtf8Bytes(open, open.GetType(), WireJson.Options);
        if (!body.AsSpan().EndsWith("\"complete_through\":null}"u8))
            throw new InvalidOperationException($"{answer.GetType().Name} does not end with complete_through.");
        return new FigureDocument(body[..^NoInstant.Length], "application/json; charset=utf-8", isOpen: true);
    }

    /// <summary>Sends it, or 304 to who has it.</summary>
    /// <param name="completeThrough">When the last event inside was recorded.</param>
    public IActionResult Result(HttpContext http, DateTimeOffset? completeThrough) =>
        FigureTable.IsKnown(http, Tag)
            ? new StatusCodeResult(StatusCodes.Status304NotModified)
            : new Sending(this, completeThrough is { } at ? Encoding.ASCII.GetBytes($"\"{UtcInstantConverter.Text(at)}\"}}") : NoInstant);

    private sealed class Sending(FigureDocument document, byte[] end) : IActionResult
    {
        public async Task ExecuteResultAsync(ActionContext context)
        {
            var response = context.HttpContext.Response;
            response.ContentType = document.ContentType;
            response.ContentLength = document.Bytes + (document._isOpen ? end.Length : 0);
            await response.Body.WriteAsync(document._body, context.HttpContext.RequestAborted);
            if (document._isOpen)
                await response.Body.WriteAsync(end, context.HttpContext.RequestAborted);
        }
    }
}
