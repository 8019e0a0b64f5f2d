using System.Diagnostics;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Room for postings that wait for a writer: bounded in postings and in events, because either takes memory. First come, first served. A bounded
/// channel has this built in, but may take a posting whose wait it reports as cancelled: it would be recorded although its sender was told that it is not.
/// </summary>
/// <param name="maxPostings">The most postings.</param>
/// <param name="maxEvents">The most events; one posting alone may have more.</param>
internal sealed class WaitingRoom(int maxPostings, int maxEvents) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _door = new(1);
    private TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _atTheDoor;
    private int _postings;
    private int _events;

    /// <summary>Takes a posting in as soon as there is room.</summary>
    /// <returns>False: there was none in that time, and the posting is not in.</returns>
    public async Task<bool> EnterAsync(int events, TimeSpan limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_atTheDoor == 0 && TryEnter(events))
                return true;
            _atTheDoor++;
        }

        try
        {
            var begun = Stopwatch.GetTimestamp();
            if (!await _door.WaitAsync(limit, cancellationToken))
                return false;
            try
            {
                return await EnterFirstAsync(events, begun, limit, cancellationToken);
            }
            finally
            {
                _door.Release();
            }
        }
        finally
        {
            lock (_lock)
                _atTheDoor--;
        }
    }

    /// <summary>Postings have left: a writer has them.</summary>
    public void Leave(int postings, int events)
    {
        lock (_lock)
        {
            _postings -= postings;
            _events -= events;
            _left.TrySetResult();
        }
    }

    public void Dispose() => _door.Dispose();

    private async Task<bool> EnterFirstAsync(int events, long begun, TimeSpan limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task left;
            lock (_lock)
            {
                if (TryEnter(events))
                    return true;
                if (_left.Task.IsCompleted)
                    _left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                left = _left.Task;
            }

            var patience = limit - Stopwatch.GetElapsedTime(begun);
            if (patience <= TimeSpan.Zero)
                return false;
            try
            {
                await left.WaitAsync(patience, cancellationToken);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    private bool TryEnter(int events)
    {
        if (_postings >= maxPostings || (_postings > 0 && _events + (long)events > maxEvents))
            return false;
        _postings++;
        _events += events;
        return true;
    }
}
