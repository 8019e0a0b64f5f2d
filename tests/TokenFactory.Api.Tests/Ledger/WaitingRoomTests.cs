using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>What waits is bounded in postings and in events, and whoever waits for room comes in when there is some.</summary>
public sealed class WaitingRoomTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(2, 100, 1)]
    [InlineData(100, 20, 10)]
    public async Task A_full_room_turns_away_who_has_no_time_and_takes_in_who_waits_until_one_leaves(int maxPostings, int maxEvents, int events)
    {
        using var room = new WaitingRoom(maxPostings, maxEvents);
        (await room.EnterAsync(events, TimeSpan.Zero, CancellationToken.None)).Should().BeTrue();
        (await room.EnterAsync(events, TimeSpan.Zero, CancellationToken.None)).Should().BeTrue();
        (await room.EnterAsync(events, TimeSpan.Zero, CancellationToken.None)).Should().BeFalse();

        var waiting = room.EnterAsync(events, Long, CancellationToken.None);
        waiting.IsCompleted.Should().BeFalse();
        room.Leave(1, events);

        (await waiting).Should().BeTrue();
        (await room.EnterAsync(events, TimeSpan.Zero, CancellationToken.None)).Should().BeFalse("it is full again");
    }

    [Fact]
    public async Task A_posting_of_more_events_than_there_is_room_for_comes_in_alone()
    {
        using var room = new WaitingRoom(10, 100);

        (await room.EnterAsync(5_000, TimeSpan.Zero, CancellationToken.None)).Should().BeTrue();
        (await room.EnterAsync(1, TimeSpan.Zero, CancellationToken.None)).Should().BeFalse();
        room.Leave(1, 5_000);
        (await room.EnterAsync(1, TimeSpan.Zero, CancellationToken.None)).Should().BeTrue();
    }

    [Fact]
    public async Task Who_came_first_comes_in_first()
    {
        using var room = new WaitingRoom(10, 10);
        await room.EnterAsync(10, Long, CancellationToken.None);
        var large = room.EnterAsync(8, Long, CancellationToken.None);
        var small = room.EnterAsync(3, Long, CancellationToken.None);

        room.Leave(1, 10);
        (await large).Should().BeTrue();
        small.IsCompleted.Should().BeFalse();
        room.Leave(1, 8);

        (await small).Should().BeTrue();
    }

    [Fact]
    public async Task Who_gives_up_is_not_in_and_holds_up_nobody()
    {
        using var room = new WaitingRoom(1, 10);
        using var impatience = new CancellationTokenSource();
        await room.EnterAsync(1, Long, CancellationToken.None);
        var givesUp = room.EnterAsync(1, Long, impatience.Token);
        var waits = room.EnterAsync(1, Long, CancellationToken.None);

        await impatience.CancelAsync();
        await givesUp.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        room.Leave(1, 1);

        (await waits).Should().BeTrue();
    }

    [Fact]
    public async Task Many_at_once_never_pass_the_bounds()
    {
        using var room = new WaitingRoom(5, 40);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var events = 1 + (i % 20);
            (await room.EnterAsync(events, Long, CancellationToken.None)).Should().BeTrue();
            var now = Interlocked.Add(ref inside, events);
            for (var seen = most; now > seen; seen = most)
                Interlocked.CompareExchange(ref most, now, seen);
            await Task.Yield();
            Interlocked.Add(ref inside, -events);
            room.Leave(1, events);
        })));

        most.Should().BeInRange(1, 40);
        (await room.EnterAsync(40, TimeSpan.Zero, CancellationToken.None)).Should().BeTrue("all have left");
    }
}
