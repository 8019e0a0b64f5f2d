using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Rows on their way into a table, in PostgreSQL's binary COPY format. Values go straight into one buffer, in the order of the columns: the ledger
/// writes some eighty per event, and what a driver does for each of them costs more than all the rest of an event.
/// </summary>
/// <remarks>Nothing is written unless <see cref="CompleteAsync"/> is reached.</remarks>
internal sealed class CopyWriter : IAsyncDisposable
{
    private const int FlushBytes = 64 << 10;
    private const long EpochTicks = 630_822_816_000_000_000; // 2000-01-01, from where PostgreSQL counts.

    // Signature, flags, length of the header's extension.
    private static ReadOnlySpan<byte> Header => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', 10, 255, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>So long is the header of a file, where it has no extension.</summary>
    public const int HeaderBytes = 19;

    private readonly NpgsqlRawCopyStream _stream;
    private readonly TimeSpan _sendTimeout;
    private readonly short _columns;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FlushBytes * 2);
    private int _length;
    private bool _isOver;

    private CopyWriter(NpgsqlRawCopyStream stream, TimeSpan sendTimeout, short columns)
    {
        _stream = stream;
        _sendTimeout = sendTimeout;
        _columns = columns;
        Header.CopyTo(Take(Header.Length));
    }

    /// <param name="connection">In a transaction.</param>
    /// <param name="table">Its name.</param>
    /// <param name="columns">The columns that each row gives, in its order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<CopyWriter> BeginAsync(NpgsqlConnection connection, string table, string[] columns, CancellationToken cancellationToken) =>
        new(await connection.BeginRawBinaryCopyAsync($"copy {table} ({string.Join(", ", columns)}) from stdin (format binary)", cancellationToken),
            TimeSpan.FromSeconds(connection.CommandTimeout), (short)columns.Length);

    /// <summary>Whether a file of the format begins so.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(Header);

    /// <summary>Whether so much waits that it is worth sending: <see cref="FlushAsync"/> between two rows.</summary>
    public bool IsFull => _length >= FlushBytes;

    /// <summary>Where the next byte goes: <see cref="Since"/> gives what was written from here on, until it is flushed.</summary>
    public int Mark => _length;

    /// <summary>The rows that were written since a mark, as they are sent.</summary>
    public ReadOnlySpan<byte> Since(int mark) => _buffer.AsSpan(mark, _length - mark);

    /// <summary>Begins the next row.</summary>
    public void StartRow() => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), _columns);

    public void Add(long value)
    {
        var field = Take(sizeof(int) + sizeof(long));
        BinaryPrimitives.WriteInt32BigEndian(field, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(field[sizeof(int)..], value);
    }

    public void Add(int value)
    {
        var field = Take(sizeof(int) + sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(field, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(field[sizeof(int)..], value);
    }

    public void Add(short value)
    {
        var field = Take(sizeof(int) + sizeof(short));
        BinaryPrimitives.WriteInt32BigEndian(field, sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(field[sizeof(int)..], value);
    }

    /// <summary>To the microsecond; what is finer is cut off.</summary>
    public void Add(DateTimeOffset value) => Add((value.UtcTicks - EpochTicks) / TimeSpan.TicksPerMicrosecond);

    public void Add(string? value)
    {
        if (value is null)
        {
            AddNull();
            return;
        }

        var field = Reserve(sizeof(int) + Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, field[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(field, length);
        _length += sizeof(int) + length;
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        var field = Take(sizeof(int) + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(field, value.Length);
        value.CopyTo(field[sizeof(int)..]);
    }

    /// <summary>With all its decimals.</summary>
    public void Add(decimal value)
    {
        var field = Reserve(sizeof(int) + BinaryNumeric.MaxBytes);
        var length = BinaryNumeric.Write(value, field[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(field, length);
        _length += sizeof(int) + length;
    }

    public void Add(long? value)
    {
        if (value is { } present)
            Add(present);
        else
            AddNull();
    }

    public void Add(int? value)
    {
        if (value is { } present)
            Add(present);
        else
            AddNull();
    }

    public void Add(short? value)
    {
        if (value is { } present)
            Add(present);
        else
            AddNull();
    }

    public void Add(DateTimeOffset? value)
    {
        if (value is { } present)
            Add(present);
        else
            AddNull();
    }

    public void Add(decimal? value)
    {
        if (value is { } present)
            Add(present);
        else
            AddNull();
    }

    public void AddNull() => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), -1);

    /// <summary>Sends what is left, and waits until the server has taken all.</summary>
    /// <exception cref="PostgresException">The server refuses a row.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await FlushAsync(cancellationToken);
        _isOver = true;
        await _stream.DisposeAsync();
    }

    /// <summary>Sends what is written so far.</summary>
    /// <exception cref="NpgsqlException">The connection is broken, or the server takes nothing any more: within the time that a command has.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // The driver sends a piece of this size past its own buffer, and past the timeout that this has.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_sendTimeout > TimeSpan.Zero ? _sendTimeout : Timeout.InfiniteTimeSpan);
        try
        {
            await _stream.WriteAsync(_buffer.AsMemory(0, _length), timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NpgsqlException("The server did not take the rows in time.", new TimeoutException(e.Message, e));
        }
        catch
        {
            // The driver has given the copy up with the connection.
            _isOver = true;
            throw;
        }

        _length = 0;
    }

    public async ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        if (!_isOver)
            await _stream.CancelAsync();
    }

    private Span<byte> Take(int bytes)
    {
        var field = Reserve(bytes);
        _length += bytes;
        return field;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
            Grow(_length + bytes);
        return _buffer.AsSpan(_length, bytes);
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
