using Microsoft.Extensions.Time.Testing;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>Who writes what, and when.</summary>
public sealed class WaitingPostingsTests
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(4);

    // Who waits for ever fails.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private readonly WaitingPostings _waiting;

    public WaitingPostingsTests() => _waiting = new WaitingPostings(maxEvents: 2_000, Gathering, _time);

    [Fact]
    public async Task What_comes_in_while_a_source_is_written_is_taken_together_afterwards()
    {
        Add(1, 1);
        var first = await TakeAsync();
        Add(1, 1);
        Add(1, 1);
        Add(1, 1);
        var second = TakeAsync();

        second.IsCompleted.Should().BeFalse("the source has a writer, and three events are not worth another");
        _waiting.Return(first.Source!, 1);
        (await second).Events.Should().Be(3);
    }

    [Fact]
    public async Task A_source_of_which_much_waits_has_several_writers()
    {
        Add(1, 1);
        await TakeAsync();
        Add(1, WaitingPostings.EventsOfAnotherWriter - 1);
        var second = TakeAsync();

        second.IsCompleted.Should().BeFalse();
        Add(1, 1);
        (await second).Events.Should().Be(WaitingPostings.EventsOfAnotherWriter);
    }

    [Fact]
    public async Task One_transaction_takes_no_more_than_it_may_and_the_rest_waits_for_another()
    {
        for (var i = 0; i < 5; i++)
            Add(1, 900);

        (await TakeAsync()).Events.Should().Be(2_700, "a posting is never cut");
        (await TakeAsync()).Events.Should().Be(1_800);
    }

    [Fact]
    public async Task Sources_take_turns()
    {
        for (var i = 0; i < 9; i++)
            Add(1, 1_000);
        Add(2, 1);

        (await TakeAsync()).Source!.Id.Should().Be(1);
        (await TakeAsync()).Source!.Id.Should().Be(2);
        (await TakeAsync()).Source!.Id.Should().Be(1);
    }

    [Fact]
    public async Task An_atomic_posting_is_taken_alone_and_waits_for_no_other()
    {
        Add(1, 1);
        await TakeAsync();
        Add(1, 1);
        _waiting.TryAdd(Posting(1, 3, atomic: true));
        Add(1, 1);

        (await TakeAsync()).Events.Should().Be(1);
        (await TakeAsync()).Events.Should().Be(3);
        TakeAsync().IsCompleted.Should().BeFalse("one event can wait");
    }

    [Fact]
    public async Task What_waits_is_still_written_after_the_end_and_nothing_is_taken_any_more()
    {
        Add(1, 1);
        var first = await TakeAsync();
        Add(1, 1);
        _waiting.Close();

        _waiting.TryAdd(Posting(1, 1)).Should().BeFalse();
        var second = TakeAsync();
        _waiting.Return(first.Source!, 1);
        (await second).Events.Should().Be(1);
        var end = TakeAsync();
        end.IsCompleted.Should().BeFalse("a writer is still at it");
        _waiting.Return((await second).Source!, 1);
        (await end).Source.Should().BeNull();
    }

    [Fact]
    public async Task A_source_that_many_send_to_gathers_for_a_while_after_a_transaction()
    {
        _waiting.Return(await TakeManyAsync(1, WaitingPostings.ManySenders), WaitingPostings.ManySenders);
        Add(1, 1);
        Add(1, 1);
        var second = TakeAsync();

        second.IsCompleted.Should().BeFalse("more will come");
        (await AfterGatheringAsync(second)).Should().Be(2);
    }

    [Fact]
    public async Task It_waits_no_longer_when_all_are_back_that_were_there()
    {
        var source = await TakeManyAsync(1, WaitingPostings.ManySenders);
        Add(1, 1);
        _waiting.Return(source, WaitingPostings.ManySenders);
        for (var i = 0; i < WaitingPostings.ManySenders - 1; i++)
            Add(1, 1);
        var second = TakeAsync();

        second.IsCompleted.Should().BeFalse("one is still to come");
        Add(1, 1);
        (await second.WaitAsync(Limit)).Events.Should().Be(WaitingPostings.ManySenders + 1);

        // The time of before is not that of the next.
        _waiting.Return((await second).Source!, WaitingPostings.ManySenders + 1);
        Add(1, 1);
        (await AfterGatheringAsync(TakeAsync())).Should().Be(1);
    }

    [Fact]
    public async Task A_time_that_was_over_before_does_nothing_to_who_comes_later()
    {
        var first = await TakeManyAsync(1, WaitingPostings.ManySenders);
        _waiting.Return(first, WaitingPostings.ManySenders);
        _waiting.Return(await TakeManyAsync(1, WaitingPostings.ManySenders), 1);
        var later = await TakeManyAsync(1, WaitingPostings.ManySenders);
        later.Should().NotBeSameAs(first, "it was forgotten");
        _waiting.Return(later, WaitingPostings.ManySenders);
        _time.Advance(Gathering / 2);
        Add(1, 1);
        var last = TakeAsync();
        _time.Advance(Gathering / 2);

        (await last.WaitAsync(Limit)).Source.Should().BeSameAs(later);
    }

    [Fact]
    public async Task Who_sends_alone_or_much_waits_for_nothing()
    {
        var few = await TakeManyAsync(1, WaitingPostings.ManySenders - 1);
        _waiting.Return(few, WaitingPostings.ManySenders - 1);
        Add(1, 1);
        (await TakeAsync().WaitAsync(Limit)).Events.Should().Be(1);

        var many = await TakeManyAsync(2, WaitingPostings.ManySenders);
        _waiting.Return(many, WaitingPostings.ManySenders);
        Add(2, WaitingPostings.EventsOfAnotherWriter);
        (await TakeAsync().WaitAsync(Limit)).Events.Should().Be(WaitingPostings.EventsOfAnotherWriter);
    }

    [Fact]
    public async Task Nothing_is_gathered_at_the_end()
    {
        var first = await TakeManyAsync(1, WaitingPostings.ManySenders);
        Add(1, 1);
        _waiting.Return(first, WaitingPostings.ManySenders);
        var second = TakeAsync();
        _waiting.Close();
        (await second).Events.Should().Be(1);
        _waiting.Return((await second).Source!, 1);
        var end = TakeAsync();
        _time.Advance(Gathering);

        (await end).Source.Should().BeNull();
    }

    [Fact]
    public async Task Whoever_adds_and_takes_at_once_loses_nothing_and_writes_nothing_twice()
    {
        var taken = 0;
        var all = new WaitingPostings(maxEvents: 2_000, Gathering, TimeProvider.System);
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var postings = new List<PendingPosting>();
            while (await all.TakeAsync(postings) is { } source)
            {
                postings.Should().OnlyContain(p => p.Posting.SourceId == source.Id);
                Interlocked.Add(ref taken, postings.Count);
                foreach (var posting in postings)
                    posting.Completion.SetResult(new PostingResult([], false));
                all.Return(source, postings.Count);
            }
        })).ToArray();
        var senders = Enumerable.Range(0, 8).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var pending = Posting(i % 5, i % 50 == 0 ? 600 : 1);
                all.TryAdd(pending).Should().BeTrue();
                if (i % 7 == sender % 7)
                    await pending.Completion.Task;
            }
        })).ToArray();

        await Task.WhenAll(senders);
        all.Close();
        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromMinutes(1));
        taken.Should().Be(16_000);
    }

    private void Add(long source, int events) => _waiting.TryAdd(Posting(source, events)).Should().BeTrue();

    // The events that are taken when the time is over, and not before.
    private async Task<int> AfterGatheringAsync(Task<(WaitingPostings.Source? Source, int Events)> take)
    {
        _time.Advance(Gathering - TimeSpan.FromMilliseconds(1));
        take.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return (await take.WaitAsync(Limit)).Events;
    }

    private async Task<WaitingPostings.Source> TakeManyAsync(long source, int postings)
    {
        for (var i = 0; i < postings; i++)
            Add(source, 1);
        var (taken, events) = await TakeAsync();
        events.Should().Be(postings);
        return taken!;
    }

    private async Task<(WaitingPostings.Source? Source, int Events)> TakeAsync()
    {
        var taken = new List<PendingPosting>();
        var source = await _waiting.TakeAsync(taken);
        return (source, taken.Sum(p => p.Posting.Events.Count));
    }

    private static PendingPosting Posting(long source, int events, bool atomic = false) => new(new Posting
    {
        SourceId = source,
        Atomic = atomic,
        Events = [.. Enumerable.Range(0, events).Select(i => new LedgerEvent { EventId = $"{i}", Fingerprint = [], OccurredAt = default, Lines = [] })],
    });
}
