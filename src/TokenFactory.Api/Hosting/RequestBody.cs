using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace TokenFactory.Api.Hosting;

/// <summary>A body that can't be taken as it is.</summary>
internal sealed class BodyRefusedException(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}

/// <summary>Bodies that are read by hand: decompressed on the way, within a limit.</summary>
internal static class RequestBody
{
    private const int FirstBytes = 16 << 10;

    /// <summary>Whether the request says that its body is of a type.</summary>
    public static bool IsOfType(HttpRequest request, string contentType) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(contentType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The body, decompressed.</summary>
    /// <exception cref="BodyRefusedException">415: an encoding other than gzip. While it is read, 413: it unpacks to far more than it is made of.</exception>
    public static Stream Open(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        return encoding.ToLowerInvariant() switch
        {
            "" or "identity" => request.Body,
            "gzip" or "x-gzip" => new GzipBody(request.Body),
            _ => throw new BodyRefusedException(StatusCodes.Status415UnsupportedMediaType, "unsupported_encoding",
                "Send the body as it is or with Content-Encoding: gzip."),
        };
    }

    /// <summary>Reads a body whole.</summary>
    /// <param name="body">Decompressed.</param>
    /// <param name="maxBytes">The limit.</param>
    /// <param name="advice">What to do with a larger one, as a sentence.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BodyRefusedException">413: larger than the limit. 400: not compressed as it says.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadWholeAsync(Stream body, long maxBytes, string advice, CancellationToken cancellationToken)
    {
        var first = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            // Most bodies are one event: what is kept is no larger than the body.
            var length = await ReadAsync(body, first, cancellationToken);
            if (length > maxBytes)
                throw TooLarge(maxBytes, advice);
            if (length < first.Length)
                return first.AsSpan(0, length).ToArray();

            var whole = new ArrayBufferWriter<byte>(2 * first.Length);
            whole.Write(first);
            while (true)
            {
                var read = await body.ReadAsync(whole.GetMemory(FirstBytes), cancellationToken);
                if (read == 0)
                    return whole.WrittenMemory;
                whole.Advance(read);
                if (whole.WrittenCount > maxBytes)
                    throw TooLarge(maxBytes, advice);
            }
        }
        catch (InvalidDataException)
        {
            throw new BodyRefusedException(StatusCodes.Status400BadRequest, "malformed_gzip",
                "It says Content-Encoding: gzip but can't be decompressed to its end.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(first);
        }
    }

    // Until the buffer is full, or the body at its end.
    private static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await body.ReadAsync(buffer[length..], cancellationToken);
            if (read == 0)
                break;
            length += read;
        }

        return length;
    }

    public static BodyRefusedException TooLarge(long limit, string advice) =>
        new(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body is larger than {limit} bytes after decompression. {advice}");
}

/// <summary>An action that reads its body by hand: what the API document says of it.</summary>
/// <param name="description">What to send.</param>
/// <param name="types">The content types that are taken.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RawBodyAttribute(string description, params string[] types) : Attribute
{
    public string Description { get; } = description;

    public IReadOnlyList<string> Types { get; } = types;

    /// <summary>A text such as is sent.</summary>
    public string? Example { get; init; }
}
