using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>What every listener gets at once: a status, or why there is none.</summary>
/// <param name="Number">Frames of this instance are numbered on: a gap is what a listener has missed.</param>
/// <param name="Status">Null: it could not be read.</param>
/// <param name="Unavailable">Then this.</param>
/// <param name="Failure">And why.</param>
internal sealed record StatusFrame(long Number, LedgerStatus? Status, StatusUnavailable? Unavailable, Exception? Failure)
{
    public const string StatusEvent = "status";
    public const string UnavailableEvent = "unavailable";

    public string Event => Status is null ? UnavailableEvent : StatusEvent;

    /// <summary>As it goes out, the same for all.</summary>
    public ReadOnlyMemory<byte> Json { get; } = Status is null
        ? JsonSerializer.SerializeToUtf8Bytes(Unavailable, WireJson.Options)
        : JsonSerializer.SerializeToUtf8Bytes(Status, WireJson.Options);
}

/// <summary>Who listens, and the last frame. A listener that is slow misses frames, and holds nobody up.</summary>
internal sealed class StatusListeners(TimeProvider time)
{
    /// <summary>So long after the last one went the sampler goes on: whoever asks again and again finds a frame.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private const int FramesAhead = 2;

    private readonly Lock _gate = new();
    private readonly HashSet<ChannelWriter<StatusFrame>> _listeners = [];
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private StatusFrame? _latest;
    private long _number;
    private long _lastSeen;

    public int Count
    {
        get
        {
            lock (_gate)
                return _listeners.Count;
        }
    }

    /// <summary>Frames from the latest on, without an end.</summary>
    public async IAsyncEnumerable<StatusFrame> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frames = Channel.CreateBounded<StatusFrame>(new BoundedChannelOptions(FramesAhead) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            if (_latest is not null)
                frames.Writer.TryWrite(_latest);
            _listeners.Add(frames.Writer);
            _lastSeen = time.GetTimestamp();
        }

        _calls.Writer.TryWrite(true);
        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken))
                yield return frame;
        }
        finally
        {
            lock (_gate)
            {
                _listeners.Remove(frames.Writer);
                _lastSeen = time.GetTimestamp();
            }
        }
    }

    /// <summary>Waits until somebody listens.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _calls.Reader.ReadAsync(cancellationToken);

    /// <summary>Whether anybody listens, or did just now. If not the last frame is forgotten: whoever comes next gets a new one.</summary>
    public bool AreThere()
    {
        lock (_gate)
        {
            if (_listeners.Count > 0 || time.GetElapsedTime(_lastSeen) < Linger)
                return true;
            _latest = null;
            return false;
        }
    }

    public void Publish(LedgerStatus status) => Publish(status, null, null);

    public void Publish(StatusUnavailable unavailable, Exception failure) => Publish(null, unavailable, failure);

    private void Publish(LedgerStatus? status, StatusUnavailable? unavailable, Exception? failure)
    {
        lock (_gate)
        {
            _latest = new StatusFrame(++_number, status, unavailable, failure);
            foreach (var listener in _listeners)
                listener.TryWrite(_latest);
        }
    }
}
