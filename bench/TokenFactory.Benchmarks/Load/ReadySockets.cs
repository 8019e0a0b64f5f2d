using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TokenFactory.Benchmarks.Load;

/// <summary>
/// Which of many sockets have something to read. On Linux by epoll, which costs by the sockets that are ready; elsewhere by select, which
/// costs by all of them.
/// </summary>
internal sealed class ReadySockets : IDisposable
{
    private const int Add = 1;
    private const int Readable = 1;
    private const int LimitMs = 60_000;

    // The kernel packs an event where it does so for x86-64 alone: 4 bytes of flags, then 8 of the caller's own.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataAt = EventBytes - 8;

    private readonly IReadOnlyList<Socket> _sockets;
    private readonly Dictionary<Socket, int> _places;
    private readonly byte[] _events;
    private readonly List<Socket> _selected;
    private readonly int _epoll = -1;

    public ReadySockets(IReadOnlyList<Socket> sockets)
    {
        _sockets = sockets;
        _places = sockets.Select((socket, place) => (socket, place)).ToDictionary(s => s.socket, s => s.place);
        _events = new byte[sockets.Count * EventBytes];
        _selected = new List<Socket>(sockets.Count);
        if (!OperatingSystem.IsLinux())
            return;
        _epoll = EpollCreate(0);
        for (var place = 0; place < sockets.Count; place++)
        {
            var wanted = new byte[EventBytes];
            BinaryPrimitives.WriteInt32LittleEndian(wanted, Readable);
            BinaryPrimitives.WriteInt64LittleEndian(wanted.AsSpan(DataAt), place);
            if (EpollControl(_epoll, Add, (int)sockets[place].Handle, wanted) != 0)
                throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for at least one.</summary>
    /// <param name="ready">Receives their places in the list.</param>
    /// <exception cref="TimeoutException">None came for a minute.</exception>
    public void Wait(List<int> ready)
    {
        ready.Clear();
        if (_epoll >= 0)
        {
            var count = EpollWait(_epoll, _events, _sockets.Count, LimitMs);
            for (var i = 0; i < count; i++)
                ready.Add((int)BinaryPrimitives.ReadInt64LittleEndian(_events.AsSpan((i * EventBytes) + DataAt)));
        }
        else
        {
            _selected.Clear();
            _selected.AddRange(_sockets);
            Socket.Select(_selected, null, null, LimitMs * 1_000);
            ready.AddRange(_selected.Select(s => _places[s]));
        }

        if (ready.Count == 0)
            throw new TimeoutException("The service answers no more.");
    }

    public void Dispose()
    {
        if (_epoll >= 0)
            _ = Close(_epoll);
    }

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollCreate(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollControl(int epoll, int operation, int socket, byte[] wanted);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollWait(int epoll, byte[] events, int most, int limitMs);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
