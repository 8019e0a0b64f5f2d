using System.Net;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Quarantine;

/// <summary>Whoever decides at the same time, in whichever instance: an event is in the ledger at most once, and one decision holds.</summary>
public sealed class QuarantineRaceTests : IAsyncLifetime
{
    private const int Events = 40;
    private TestDatabase _database = null!;
    private ApiProcess _one = null!;
    private ApiProcess _other = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        _one = await ApiProcess.StartAsync(_database.ConnectionString);
        _other = await ApiProcess.StartAsync(_database.ConnectionString);
        await _one.CreateAsync("/v1/sources", new { id = "raced" });
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Of_a_release_and_a_discard_at_once_one_is_told_that_it_came_too_late()
    {
        var ids = await HoldAsync(Events);

        var decisions = await Task.WhenAll(ids.Select(async id =>
        {
            var (release, discard) = id % 2 == 0
                ? (_one.ReleaseAsync(id, new { producer = "openai" }), _other.DiscardAsync(id))
                : (_other.ReleaseAsync(id, new { producer = "openai" }), _one.DiscardAsync(id));
            return (Release: (await release).Status, Discard: (await discard).Status);
        }));

        decisions.Should().OnlyContain(d => d.Release == HttpStatusCode.Created && d.Discard == HttpStatusCode.Conflict
            || d.Release == HttpStatusCode.Conflict && d.Discard == HttpStatusCode.OK);
        var released = decisions.Count(d => d.Release == HttpStatusCode.Created);
        await CheckAsync(open: 0, released, discarded: Events - released);
    }

    [Fact]
    public async Task Releases_of_the_same_events_in_two_instances_record_each_once()
    {
        await HoldAsync(Events);
        await _one.CreateAsync("/v1/producers", new { id = "raced-factory", name = "x", kind = "both", aliases = new[] { "nobody" } });

        var answers = await Task.WhenAll(new[] { _one, _other, _one, _other }.Select(api => HeldUsage.AskAsync(api.Client, "/v1/quarantine/release", null)));

        answers.Should().OnlyContain(a => a.Status == HttpStatusCode.OK);
        answers.Sum(a => a.Body.GetProperty("released").GetInt64()).Should().BeGreaterThanOrEqualTo(Events);
        await CheckAsync(open: 0, released: Events, discarded: 0);
    }

    [Fact]
    public async Task A_release_that_is_cut_off_by_a_crash_is_completed_by_the_next()
    {
        const int Many = 3_000;
        await HoldAsync(Many);
        await _one.CreateAsync("/v1/producers", new { id = "raced-factory", name = "x", kind = "both", aliases = new[] { "nobody" } });

        var cut = HeldUsage.AskAsync(_one.Client, "/v1/quarantine/release", null);
        await Until.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from event_identity") > 0, "the release has begun");
        _one.Kill();
        await ((Task)cut).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var recorded = await _database.ScalarAsync<long>("select count(*) from event_identity");
        var (status, _) = await HeldUsage.AskAsync(_other.Client, "/v1/quarantine/release", null);

        recorded.Should().BeInRange(1, Many);
        status.Should().Be(HttpStatusCode.OK);
        await CheckAsync(open: 0, released: Many, discarded: 0);
    }

    private async Task<List<long>> HoldAsync(int count)
    {
        using var answer = await _one.PostAsync("/v1/ingest/raw",
            $"[{string.Join(',', Enumerable.Range(0, count).Select(i => HeldUsage.Chat("raced", $"r-{i}", "nobody")))}]");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return [.. (await _one.ListAsync("")).Select(e => e.GetProperty("id").GetInt64())];
    }

    private async Task CheckAsync(long open, long released, long discarded)
    {
        var books = (await _other.BooksAsync()).GetProperty("quarantine");
        (books.GetProperty("open").GetInt64(), books.GetProperty("released").GetInt64(), books.GetProperty("discarded").GetInt64())
            .Should().Be((open, released, discarded));
        (await _database.ScalarAsync<long>("select count(*) from ledger_entry")).Should().Be(2 * released);
        (await _database.ScalarAsync<long>("select coalesce(sum(accepted), 0)::bigint from ledger_batch")).Should().Be(released);
        (await _database.ScalarAsync<long>("select count(*) from quarantine_discard")).Should().Be(discarded);
    }
}
