using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TokenFactory.Benchmarks.Load;

/// <summary>
/// One connection that is kept alive, over a bare socket: HTTP/1.1 with as little of the machine's time as can be. It sends bytes that are
/// made before the clock runs, and reads of an answer its status and body.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private byte[] _received = new byte[16 * 1024];
    private int _length;

    public HttpConnection(Uri address)
    {
        Socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(address.Host, address.Port);
    }

    public Socket Socket { get; }

    /// <summary>The status of the last whole answer.</summary>
    public int Status { get; private set; }

    /// <summary>Its body, until the next request is sent.</summary>
    public ReadOnlySpan<byte> Body => _received.AsSpan(0, _length);

    /// <summary>A request as it goes over the wire.</summary>
    public static byte[] Request(string path, string key, string contentType, ReadOnlySpan<byte> body) =>
        [.. Head(path, key, contentType, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}")), .. body];

    /// <summary>What goes before a body.</summary>
    public static byte[] Head(string path, string key, string contentType, string length) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: {contentType}\r\n{length}\r\n\r\n");

    public void Send(ReadOnlySpan<byte> bytes)
    {
        _length = 0;
        SendMore(bytes);
    }

    public void SendMore(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[Socket.Send(bytes)..];
    }

    /// <summary>Waits for the whole answer.</summary>
    public void Receive()
    {
        while (!TryReceive())
        {
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Whether the answer is whole by that.</returns>
    public bool TryReceive()
    {
        if (_length == _received.Length)
            Array.Resize(ref _received, _received.Length * 2);
        var read = Socket.Receive(_received.AsSpan(_length));
        if (read == 0)
            throw new IOException("The service closed the connection.");
        _length += read;
        return TryTake();
    }

    public void Dispose() => Socket.Dispose();

    // "HTTP/1.1 201 ...", headers, an empty line, and a body of a length that is told at once or chunk by chunk.
    private bool TryTake()
    {
        var answer = _received.AsSpan(0, _length);
        var headEnd = answer.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;
        var head = answer[..(headEnd + 2)];
        var body = answer[(headEnd + 4)..];
        var lengthAt = head.IndexOf("Content-Length: "u8);
        int length;
        if (lengthAt >= 0)
        {
            _ = Utf8Parser.TryParse(head[(lengthAt + 16)..], out length, out _);
            if (body.Length < length)
                return false;
        }
        else if (!TryJoin(body, out length))
        {
            return false;
        }

        // The body takes the place of the head: that is read first.
        _ = Utf8Parser.TryParse(head[9..], out int status, out _);
        Status = status;
        body[..length].CopyTo(_received);
        _length = length;
        return true;
    }

    // Moves the chunks together, once the last one has come.
    private static bool TryJoin(Span<byte> chunks, out int length)
    {
        length = 0;
        for (var at = 0; ;)
        {
            if (!Utf8Parser.TryParse(chunks[at..], out int size, out var digits, 'x') || chunks.Length < at + digits + 2 + size + 2)
                return false;
            if (size == 0)
                break;
            at += digits + 2 + size + 2;
        }

        for (var at = 0; ;)
        {
            _ = Utf8Parser.TryParse(chunks[at..], out int size, out var digits, 'x');
            if (size == 0)
                return true;
            chunks.Slice(at + digits + 2, size).CopyTo(chunks[length..]);
            length += size;
            at += digits + 2 + size + 2;
        }
    }
}
