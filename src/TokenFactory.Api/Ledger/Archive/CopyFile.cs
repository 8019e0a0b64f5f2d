using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TokenFactory.Api.Ledger;

/// <summary>A row of PostgreSQL's binary COPY format: as it is sent, and field by field.</summary>
internal sealed class CopyRow(byte[] content, int[] begins)
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The row between header and trailer of the format.</summary>
    public byte[] Content { get; } = content;

    public int Count => begins.Length;

    public bool IsNull(int field) => LengthOf(field) < 0;

    public long Number(int field) => Bytes(field) switch
    {
        { Length: sizeof(short) } value => BinaryPrimitives.ReadInt16BigEndian(value),
        { Length: sizeof(int) } value => BinaryPrimitives.ReadInt32BigEndian(value),
        { Length: sizeof(long) } value => BinaryPrimitives.ReadInt64BigEndian(value),
        _ => throw new InvalidDataException("A field that must be a number is none."),
    };

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public DateTimeOffset Instant(int field) => Epoch.AddTicks(checked(Number(field) * TimeSpan.TicksPerMicrosecond));

    public byte[]? BytesOrNull(int field) => IsNull(field) ? null : Bytes(field).ToArray();

    public ReadOnlySpan<byte> Bytes(int field) => IsNull(field)
        ? throw new InvalidDataException("A field that must have a value has none.")
        : Content.AsSpan(begins[field] + sizeof(int), LengthOf(field));

    private int LengthOf(int field) => BinaryPrimitives.ReadInt32BigEndian(Content.AsSpan(begins[field]));
}

/// <summary>Rows of a file in PostgreSQL's binary COPY format, compressed by gzip, from its beginning to its end.</summary>
internal sealed class CopyFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    // A row holds what PostgreSQL does: no field passes a gigabyte. What would pass this is no row of the ledger.
    private const int MaxRowBytes = 1 << 30;

    private readonly BufferedStream _stream;

    private CopyFile(BufferedStream stream) => _stream = stream;

    /// <exception cref="InvalidDataException">It is no such file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static CopyFile Open(string file)
    {
        var copy = new CopyFile(new BufferedStream(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), BufferBytes));
        try
        {
            var header = new byte[CopyWriter.HeaderBytes];
            copy._stream.ReadExactly(header);
            return CopyWriter.IsHeader(header) ? copy : throw new InvalidDataException("It is not in the binary COPY format.");
        }
        catch (EndOfStreamException e)
        {
            copy.Dispose();
            throw new InvalidDataException("It was cut off.", e);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The next row; null: that was the last, and nothing comes behind it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or was cut off.</exception>
    public CopyRow? Read()
    {
        try
        {
            Span<byte> head = stackalloc byte[sizeof(int)];
            _stream.ReadExactly(head[..sizeof(short)]);
            var count = BinaryPrimitives.ReadInt16BigEndian(head);
            if (count == -1)
                return _stream.ReadByte() < 0 ? null : throw new InvalidDataException("Something stands behind the end of the rows.");
            if (count < 0)
                throw new InvalidDataException("A row has no number of fields.");
            var content = new ArrayBufferWriter<byte>();
            content.Write(head[..sizeof(short)]);
            var begins = new int[count];
            for (var field = 0; field < count; field++)
            {
                begins[field] = content.WrittenCount;
                _stream.ReadExactly(head);
                content.Write(head);
                var length = BinaryPrimitives.ReadInt32BigEndian(head);
                if (length < -1 || length > MaxRowBytes - content.WrittenCount)
                    throw new InvalidDataException("A field has no length.");
                if (length <= 0)
                    continue;
                _stream.ReadExactly(content.GetSpan(length)[..length]);
                content.Advance(length);
            }

            return new CopyRow(content.WrittenSpan.ToArray(), begins);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The rows were cut off.", e);
        }
    }
}

/// <summary>The rows of such a file, read as something.</summary>
internal sealed class CopyFileCursor<TRow>(CopyFile file, int columns, Func<CopyRow, TRow> read) : IRowCursor<TRow> where TRow : class
{
    private TRow? _next;
    private bool _isOver;

    public ValueTask<TRow?> PeekAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_next is null && !_isOver)
        {
            var row = file.Read();
            _isOver = row is null;
            if (row is not null)
                _next = row.Count == columns ? read(row) : throw new InvalidDataException("A row has another number of fields than its table has columns.");
        }

        return ValueTask.FromResult(_next);
    }

    public void Take() => _next = null;

    public Task CloseAsync(CancellationToken cancellationToken)
    {
        file.Dispose();
        return Task.CompletedTask;
    }
}
