using System.Net;
using System.Net.Sockets;

namespace TokenFactory.Crashes;

/// <summary>What the network between service and database does.</summary>
internal enum NetworkState
{
    Sound,

    /// <summary>Nothing passes in either direction, and nothing is lost.</summary>
    Stalled,

    /// <summary>What the service sends arrives; the database's answers do not. Sessions that lost one are cut when it is over.</summary>
    AnswersLost,
}

/// <summary>The network between one service and its database: a port of its own in front of the server's socket.</summary>
internal sealed class NetworkProxy : IAsyncDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Session> _sessions = [];
    private readonly string _socketPath;
    private readonly Task _accepting;
    private TaskCompletionSource _sound = new();
    private volatile NetworkState _state;

    public NetworkProxy(string socketPath)
    {
        _socketPath = socketPath;
        _sound.SetResult();
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Changes what it does from now on.</summary>
    public void Set(NetworkState state)
    {
        lock (_lock)
        {
            _state = state;
            if (state != NetworkState.Stalled)
                _sound.TrySetResult();
            else if (_sound.Task.IsCompleted)
                _sound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (state != NetworkState.Sound)
                return;
            foreach (var session in _sessions.Where(s => s.HasLost))
                session.Cut();
        }
    }

    /// <summary>Resets every session that is open now.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
                session.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        Set(NetworkState.Sound);
        Cut();
        await _accepting;
        _ending.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _ = PassAsync(await _listener.AcceptSocketAsync(_ending.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task PassAsync(Socket service)
    {
        using var database = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var session = new Session(service, database);
        lock (_lock)
            _sessions.Add(session);
        try
        {
            service.NoDelay = true;
            await database.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), _ending.Token);
            await Task.WhenAny(PumpAsync(service, database, session, isAnswer: false), PumpAsync(database, service, session, isAnswer: true));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The database does not listen: the service is told by the cut.
        }
        finally
        {
            lock (_lock)
                _sessions.Remove(session);
            session.Cut();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Session session, bool isAnswer)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, _ending.Token) is var received and > 0)
            {
                await Sound().WaitAsync(_ending.Token);
                if (isAnswer && (session.HasLost || _state == NetworkState.AnswersLost))
                    session.HasLost = true;
                else
                    await SendAllAsync(to, buffer.AsMemory(0, received));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone: so is the session.
        }
    }

    private Task Sound()
    {
        lock (_lock)
            return _sound.Task;
    }

    private async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes, SocketFlags.None, _ending.Token)..];
    }

    private sealed class Session(Socket service, Socket database) : IDisposable
    {
        public volatile bool HasLost;

        public void Cut()
        {
            // Without a farewell: a reset.
            service.LingerState = new LingerOption(true, 0);
            service.Close();
            database.Close();
        }

        public void Dispose()
        {
            service.Dispose();
            database.Dispose();
        }
    }
}
