using System.IO.Compression;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// A gzip body, decompressed on the way. One that unpacks to far more than it is made of is refused as soon as that shows: text of any kind
/// shrinks to a fiftieth at most, what shrinks to a thousandth is there to fill a disk.
/// </summary>
internal sealed class GzipBody(Stream body) : BodyStream
{
    private const int MaxInflation = 200;

    // Short bodies may repeat themselves as they like.
    private const long FreeBytes = 16 << 20;

    private readonly CountedStream _compressed = new(body);
    private GZipStream? _gzip;

    /// <inheritdoc />
    /// <exception cref="BodyRefusedException">413: it unpacks to far more than it is made of.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _gzip ??= new GZipStream(_compressed, CompressionMode.Decompress, leaveOpen: true);
        var read = await _gzip.ReadAsync(buffer, cancellationToken);
        BytesRead += read;
        if (BytesRead > FreeBytes && BytesRead / MaxInflation > _compressed.Position)
        {
            throw new BodyRefusedException(StatusCodes.Status413PayloadTooLarge, "inflates_too_much",
                $"The body unpacks to more than {MaxInflation} times its size. Send what is new in it, or send it without Content-Encoding.");
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip?.Dispose();
        base.Dispose(disposing);
    }

    // How much of the compressed body has been taken in.
    private sealed class CountedStream(Stream body) : BodyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }
}
