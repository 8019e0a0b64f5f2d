using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Reads a body and refuses it where it, or one row of it, is longer than the limit: a quotation mark that is never closed would make the rest of the
/// file one field, in memory.
/// </summary>
internal sealed class RowLimitStream(Stream body, IngestionOptions options, CancellationToken cancellationToken) : Stream
{
    /// <summary>How much the reader above takes at once.</summary>
    public const int BufferBytes = 16 << 10;

    // What a reader holds of the rows before and behind belongs to no row yet: twice what it takes at once.
    private const int AheadBytes = 2 * BufferBytes;

    private long _total;
    private long _ofRow;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _total;
        set => throw new NotSupportedException();
    }

    /// <summary>What was read so far belongs to rows that are complete, or is in memory already.</summary>
    public void BeginRow() => _ofRow = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        _total += read;
        _ofRow += read;
        if (_total > options.MaxStreamBytes)
            throw RequestBody.TooLarge(options.MaxStreamBytes, "Send the rest as another request.");
        if (_ofRow > options.MaxLineBytes + AheadBytes)
        {
            throw new BodyRefusedException(StatusCodes.Status413PayloadTooLarge, "row_too_long",
                $"A row may have at most {options.MaxLineBytes} bytes; perhaps a quotation mark is not closed.");
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken stop) => ReadAsync(buffer.AsMemory(offset, count), stop).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A body is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
