using Microsoft.Extensions.Time.Testing;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Who listens gets what there is, and keeps nobody from it; rates are of two readings.</summary>
public sealed class StatusListenersTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Begin);
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_listener_misses_frames_and_holds_nobody_up()
    {
        var listeners = new StatusListeners(_time);
        await using var slow = listeners.ListenAsync(_cancellation).GetAsyncEnumerator(_cancellation);
        await using var quick = listeners.ListenAsync(_cancellation).GetAsyncEnumerator(_cancellation);
        var (slowNext, quickNext) = (slow.MoveNextAsync().AsTask(), quick.MoveNextAsync().AsTask());
        for (var i = 1; i <= 10; i++)
        {
            Publish(listeners);
            (await quickNext).Should().BeTrue();
            quick.Current.Number.Should().Be(i);
            quickNext = quick.MoveNextAsync().AsTask();
        }

        (await slowNext).Should().BeTrue();
        slow.Current.Number.Should().Be(1);
        await slow.MoveNextAsync();
        slow.Current.Number.Should().Be(9, "of what it did not take, the last two are kept");
        await slow.MoveNextAsync();
        slow.Current.Number.Should().Be(10);
        Publish(listeners);
        await quickNext;
    }

    [Fact]
    public async Task Who_comes_later_has_the_last_frame_at_once_and_who_goes_is_forgotten()
    {
        var listeners = new StatusListeners(_time);
        var first = listeners.ListenAsync(_cancellation).GetAsyncEnumerator(_cancellation);
        var next = first.MoveNextAsync().AsTask();
        Publish(listeners);
        await next;

        await foreach (var frame in listeners.ListenAsync(_cancellation))
        {
            frame.Should().BeSameAs(first.Current);
            listeners.Count.Should().Be(2);
            break;
        }

        listeners.Count.Should().Be(1);
        await first.DisposeAsync();
        listeners.Count.Should().Be(0);
    }

    [Fact]
    public async Task A_listener_whose_request_ends_is_gone()
    {
        var listeners = new StatusListeners(_time);
        using var request = new CancellationTokenSource();
        var reading = ReadAsync();
        listeners.Count.Should().Be(1);

        await request.CancelAsync();

        await reading.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        listeners.Count.Should().Be(0);

        async Task ReadAsync()
        {
            await foreach (var _ in listeners.ListenAsync(request.Token))
            {
            }
        }
    }

    [Fact]
    public async Task Nothing_is_read_while_nobody_has_listened_for_a_while()
    {
        var listeners = new StatusListeners(_time);
        var waiting = listeners.WaitAsync(_cancellation);
        waiting.IsCompleted.Should().BeFalse("nobody has come yet");
        var listener = listeners.ListenAsync(_cancellation).GetAsyncEnumerator(_cancellation);
        var next = listener.MoveNextAsync().AsTask();
        await waiting;
        Publish(listeners);
        await next;

        _time.Advance(TimeSpan.FromHours(1));
        listeners.AreThere().Should().BeTrue("somebody listens");
        await listener.DisposeAsync();
        _time.Advance(StatusListeners.Linger - TimeSpan.FromTicks(1));
        listeners.AreThere().Should().BeTrue("somebody did just now");
        _time.Advance(TimeSpan.FromTicks(1));
        listeners.AreThere().Should().BeFalse();

        // A frame of an hour ago is none of now.
        await using var later = listeners.ListenAsync(_cancellation).GetAsyncEnumerator(_cancellation);
        var frame = later.MoveNextAsync().AsTask();
        frame.IsCompleted.Should().BeFalse();
        Publish(listeners);
        (await frame).Should().BeTrue();
        later.Current.Number.Should().Be(2);
    }

    [Fact]
    public void Rates_are_of_the_last_five_seconds()
    {
        var rates = new StatusRates(_time);
        rates.Add(PulseOf(1_000, 50_000)).Should().BeNull("a rate is of two readings");

        Second().Should().Be(new StatusRate(100, 2_000, 1));
        for (var i = 0; i < 3; i++)
            Second();
        Second().Should().Be(new StatusRate(100, 2_000, 5));
        // Then nothing comes: six readings later nothing is left of it.
        (_events, _tokens) = (0, 0);
        Second().Should().Be(new StatusRate(80, 1_600, 5));
        for (var i = 0; i < 3; i++)
            Second();
        Second().Should().Be(new StatusRate(0, 0, 5));
    }

    [Fact]
    public void After_a_gap_a_rate_is_over_the_gap_and_what_is_reversed_is_taken_off()
    {
        var rates = new StatusRates(_time);
        rates.Add(PulseOf(1_000, 50_000));
        _time.Advance(TimeSpan.FromSeconds(60));

        rates.Add(PulseOf(1_120, 49_400)).Should().Be(new StatusRate(2, -10, 60));
    }

    [Fact]
    public void A_database_that_was_brought_back_to_an_earlier_moment_counts_from_there()
    {
        var rates = new StatusRates(_time);
        rates.Add(PulseOf(1_000, 50_000));
        _time.Advance(TimeSpan.FromSeconds(1));

        rates.Add(PulseOf(400, 20_000)).Should().BeNull();
        _time.Advance(TimeSpan.FromSeconds(1));
        rates.Add(PulseOf(405, 20_100)).Should().Be(new StatusRate(5, 100, 1));
    }

    [Fact]
    public void What_waits_is_as_old_as_its_oldest_and_never_younger_than_now()
    {
        var pulse = PulseOf(0, 0);
        pulse.Lag.Should().Be(TimeSpan.Zero);
        (pulse with { UnfoldedSince = Begin.AddSeconds(-2.5) }).Lag.Should().Be(TimeSpan.FromSeconds(2.5));
        (pulse with { UnsealedSince = Begin.AddSeconds(1) }).SealingLag.Should().Be(TimeSpan.Zero);
    }

    private long _accepted = 1_000;
    private decimal _sum = 50_000;
    private int _events = 100;
    private int _tokens = 2_000;
    private StatusRates? _seconds;

    // One second more of the same.
    private StatusRate? Second()
    {
        if (_seconds is null)
        {
            _seconds = new StatusRates(_time);
            _seconds.Add(PulseOf(_accepted, _sum));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        (_accepted, _sum) = (_accepted + _events, _sum + _tokens);
        return _seconds.Add(PulseOf(_accepted, _sum));
    }

    private static Pulse PulseOf(long accepted, decimal tokens) => new(Begin, accepted, 0, tokens, null, null);

    private static void Publish(StatusListeners listeners) =>
        listeners.Publish(new StatusUnavailable { At = Begin }, new TimeoutException());
}
