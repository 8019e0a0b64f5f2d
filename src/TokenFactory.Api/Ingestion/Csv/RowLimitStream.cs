using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Reads a body and refuses it where it, or one row of it, is longer than the limit: a quotation mark that is never closed would make the rest of the
/// file one field, in memory.
/// </summary>
internal sealed class RowLimitStream(Stream body, IngestionOptions options, CancellationToken cancellationToken) : BodyStream
{
    /// <summary>How much the reader above takes at once.</summary>
    public const int BufferBytes = 16 << 10;

    // What a reader holds of the rows before and behind belongs to no row yet: twice what it takes at once.
    private const int AheadBytes = 2 * BufferBytes;

    private long _ofRow;

    /// <summary>What was read so far belongs to rows that are complete, or is in memory already.</summary>
    public void BeginRow() => _ofRow = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        BytesRead += read;
        _ofRow += read;
        if (BytesRead > options.MaxStreamBytes)
            throw RequestBody.TooLarge(options.MaxStreamBytes, "Send the rest as another request.");
        if (_ofRow > options.MaxLineBytes + AheadBytes)
        {
            throw new BodyRefusedException(StatusCodes.Status413PayloadTooLarge, "row_too_long",
                $"A row may have at most {options.MaxLineBytes} bytes; perhaps a quotation mark is not closed.");
        }

        return read;
    }
}
