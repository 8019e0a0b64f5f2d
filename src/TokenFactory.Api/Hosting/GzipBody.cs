using System.IO.Compression;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// A gzip body, decompressed on the way. One that unpacks to far more than it is made of is refused as soon as that shows: text of any kind
/// shrinks to a fiftieth at most, what shrinks to a thousandth is there to fill a disk. So is one that goes on and on and unpacks to nothing.
/// </summary>
internal sealed class GzipBody(Stream body) : BodyStream
{
    private const int MaxInflation = 200;

    // Short bodies may repeat themselves as they like.
    private const long FreeBytes = 16 << 20;

    private readonly Stream _body = body;
    private CountedStream? _compressed;
    private GZipStream? _gzip;

    /// <inheritdoc />
    /// <exception cref="BodyRefusedException">413: it unpacks to far more than it is made of, or to far less.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _compressed ??= new CountedStream(this);
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
    private sealed class CountedStream(GzipBody unpacked) : BodyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await unpacked._body.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            // Members of nothing, one behind the other, are read here without an end.
            if (BytesRead - unpacked.BytesRead > FreeBytes)
            {
                throw new BodyRefusedException(StatusCodes.Status413PayloadTooLarge, "inflates_to_nothing",
                    "The body unpacks to less than it is made of. Send it without Content-Encoding.");
            }

            return read;
        }
    }
}
