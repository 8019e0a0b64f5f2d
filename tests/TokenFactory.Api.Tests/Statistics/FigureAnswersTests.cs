using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Statistics;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Answers are kept while they hold and not longer: how often one is made is counted here, what it says is asked over HTTP.</summary>
public sealed class FigureAnswersTests : IAsyncLifetime
{
    private static readonly FigureRequest October = RequestOf(new DateTime(2026, 10, 1), new DateTime(2026, 11, 1));

    private TestDatabase _database = null!;
    private ApiProcess _api = null!;
    private NpgsqlDataSource _dataSource = null!;
    private FigureAnswers _answers = null!;
    private int _made;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        await _database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-11-20 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        _api = await ApiProcess.StartAsync(_database.ConnectionString, new() { ["TokenFactory__RollUp__FoldIntervalMs"] = "20" });
        await _api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await RecordAsync("a", "2026-10-05T10:00:00Z");
        await FoldedAsync();
        _dataSource = NpgsqlDataSource.Create(DatabaseConnections.From(_database.ConnectionString).Service);
        _answers = AnswersOf(64);
    }

    public async ValueTask DisposeAsync()
    {
        _answers.Dispose();
        await _dataSource.DisposeAsync();
        await _api.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_is_kept_until_an_event_falls_into_its_window()
    {
        await AskAsync(October);
        await AskAsync(October);
        _made.Should().Be(1);

        await RecordAsync("b", "2026-11-05T10:00:00Z");
        await AskAsync(October);
        await FoldedAsync();
        await AskAsync(October);
        _made.Should().Be(1, "the event lies outside");

        await RecordAsync("c", "2026-10-31T23:59:59Z");
        await AskAsync(October);
        _made.Should().BeGreaterThan(1, "the event lies inside");
        await FoldedAsync();
        await AskAsync(October);
        var folded = _made;
        await AskAsync(October);
        _made.Should().Be(folded);

        (await _api.PostAsync("/v1/events/gateway-1/a/reversal", "{}")).IsSuccessStatusCode.Should().BeTrue();
        await AskAsync(October);
        _made.Should().BeGreaterThan(folded, "what was inside was taken back");
    }

    [Fact]
    public async Task What_is_not_folded_yet_counts_at_once_and_is_made_once()
    {
        await _api.StopAsync();
        await using var still = await ApiProcess.StartAsync(_database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" });
        await AskAsync(October);

        (await still.PostAsync("/v1/events", Events.Native("b", occurredAt: "2026-10-06T10:00:00Z"))).IsSuccessStatusCode.Should().BeTrue();
        await AskAsync(October);
        await AskAsync(October);
        _made.Should().Be(2);
        (await still.PostAsync("/v1/events", Events.Native("c", occurredAt: "2026-10-06T10:00:00Z"))).IsSuccessStatusCode.Should().BeTrue();
        await AskAsync(October);
        _made.Should().Be(3);
    }

    [Theory]
    [InlineData("update catalog_version set version = version + 1", "a name may have changed")]
    [InlineData("update test_clock set at = '2026-11-21 00:00Z'", "a day older, a figure may be final")]
    [InlineData("update rollup_cursor set coarse_seq = folded_seq - 1", "a version that does not tell what it changes has folded")]
    [InlineData(
        """
        create function pg_postmaster_start_time() returns timestamptz language sql as $$ select '2026-11-20 08:00Z'::timestamptz $$;
        do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$
        """, "a server that was restored may count from earlier on")]
    public async Task An_answer_is_made_anew_when_what_it_depends_on_changes(string change, string why)
    {
        await _api.StopAsync();
        await AskAsync(October);

        await _database.ExecuteAsync(change);
        _dataSource.Clear();

        await AskAsync(October);
        _made.Should().Be(2, why);
    }

    [Fact]
    public async Task A_period_that_ends_is_whole_at_once()
    {
        const string query = "/v1/gdp?frequency=hour&start=2026-11-20&end=2026-11-21";
        await RecordAsync("h", "2026-11-20T08:30:00Z");
        (await RowAsync(_api, query)).GetProperty("partial").GetBoolean().Should().BeFalse();
        await _database.ExecuteAsync("update test_clock set at = '2026-11-20 09:30Z'");
        await RecordAsync("i", "2026-11-20T09:10:00Z");
        (await RowAsync(_api, query, 1)).GetProperty("partial").GetBoolean().Should().BeTrue();
        await FoldedAsync();
        (await RowAsync(_api, query, 1)).GetProperty("partial").GetBoolean().Should().BeTrue();

        await _database.ExecuteAsync("update test_clock set at = '2026-11-20 10:00Z'");
        // It falls into another month: it only tells how far the ledger is.
        await RecordAsync("j", "2026-09-20T09:10:00Z");

        (await RowAsync(_api, query, 1)).GetProperty("partial").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task Every_answer_tells_how_far_it_is_complete_and_its_tag_does_not_change_with_that()
    {
        const string query = "/v1/gdp?frequency=month&end=2026-11-01";
        using var first = await _api.Client.GetAsync(query);
        await _database.ExecuteAsync("update test_clock set at = '2026-11-20 11:00Z'");
        await RecordAsync("b", "2026-11-20T10:00:00Z");

        using var second = await _api.Client.GetAsync(query);

        (await InstantOfAsync(first)).Should().Be("2026-11-20T09:00:00Z");
        (await InstantOfAsync(second)).Should().Be("2026-11-20T11:00:00Z");
        second.Headers.ETag.Should().Be(first.Headers.ETag);
        second.Headers.ETag!.IsWeak.Should().BeTrue("the two differ in that");

        static async Task<string?> InstantOfAsync(HttpResponseMessage answer) =>
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("complete_through").GetString();
    }

    [Fact]
    public async Task What_one_instance_records_the_other_answers_at_once()
    {
        const string query = "/v1/gdp?frequency=day&start=2026-10-01&end=2026-11-01";
        await using var other = await ApiProcess.StartAsync(_database.ConnectionString);
        for (var i = 0; i < 20; i++)
        {
            var (writer, reader) = i % 2 == 0 ? (_api, other) : (other, _api);
            await RowAsync(reader, query);
            (await writer.PostAsync("/v1/events", Events.Native($"n-{i}", occurredAt: "2026-10-05T11:00:00Z", input: 1, output: 0))).IsSuccessStatusCode.Should().BeTrue();
            (await RowAsync(reader, query)).GetProperty("quantity").GetString().Should().Be(Events.Number(15 + i + 1));
        }
    }

    [Fact]
    public async Task Who_asks_the_same_at_once_waits_for_one_answer()
    {
        var hold = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 50).Select(_ => AskAsync(October, hold.Task)).ToArray();
        await Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref _made) > 0), "one is being made");
        hold.SetResult();
        await Task.WhenAll(asked);

        _made.Should().Be(1);
    }

    [Fact]
    public async Task Who_waits_for_somebody_who_leaves_makes_it_himself()
    {
        using var leaving = new CancellationTokenSource();
        var left = AskAsync(October, Task.Delay(Timeout.Infinite, leaving.Token), leaving.Token);
        await Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref _made) > 0), "one is being made");
        var waiting = AskAsync(October);

        await leaving.CancelAsync();

        await ((Func<Task>)(() => left)).Should().ThrowAsync<OperationCanceledException>();
        await waiting;
        _made.Should().Be(2);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Who_waits_shares_a_refusal_and_no_accident(bool isRefusal, int made)
    {
        await _api.StopAsync();
        var hold = new TaskCompletionSource();
        var failing = AskAsync(October, hold.Task);
        await Until.TrueAsync(() => Task.FromResult(Volatile.Read(ref _made) > 0), "one is being made");
        var waiting = AskAsync(October);
        await Until.TrueAsync(() => _database.ScalarAsync<bool>(
            """
            select exists (
                select from pg_stat_activity maker join pg_stat_activity waiter on waiter.datname = maker.datname and waiter.state_change > maker.xact_start
                where maker.datname = current_database() and maker.state = 'idle in transaction' and waiter.state = 'idle' and waiter.query ilike 'rollback%')
            """), "the other has seen it and waits");

        hold.SetException(isRefusal ? new TooManyRowsException(1) : new TimeoutException());

        await ((Func<Task>)(() => failing)).Should().ThrowAsync<Exception>();
        if (isRefusal)
            await ((Func<Task>)(() => waiting)).Should().ThrowAsync<TooManyRowsException>();
        else
            await waiting;
        _made.Should().Be(made);
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        using var none = AnswersOf(0);
        await AskAsync(none, October, null, CancellationToken.None);
        await AskAsync(none, October, null, CancellationToken.None);

        _made.Should().Be(2);
    }

    [Theory]
    [InlineData("?by=sector", "?by=producer", false)]
    [InlineData("?by=sector&frequency=month", "?frequency=month&by=sector", true)]
    [InlineData("?format=csv", "?format=json", false)]
    public async Task An_answer_belongs_to_its_query_in_any_order(string one, string other, bool isSame)
    {
        await AskAsync(_answers, October, null, CancellationToken.None, one);
        await AskAsync(_answers, October, null, CancellationToken.None, other);

        _made.Should().Be(isSame ? 1 : 2);
    }

    private static FigureRequest RequestOf(DateTime start, DateTime end) => new()
    {
        Frequency = Frequency.Month,
        Start = new DateTimeOffset(start, TimeSpan.Zero),
        End = new DateTimeOffset(end, TimeSpan.Zero),
    };

    private FigureAnswers AnswersOf(int mb) => new(_dataSource, Options.Create(new StatisticsOptions { AnswerMemoryMb = mb }));

    private Task AskAsync(FigureRequest request, Task? hold = null, CancellationToken cancellationToken = default) =>
        AskAsync(_answers, request, hold, cancellationToken);

    private async Task AskAsync(FigureAnswers answers, FigureRequest request, Task? hold, CancellationToken cancellationToken, string query = "?by=sector")
    {
        var http = new DefaultHttpContext { Request = { Path = "/v1/gdp", QueryString = new QueryString(query) } };
        await answers.AnswerAsync(http, request, async _ =>
        {
            Interlocked.Increment(ref _made);
            await (hold ?? Task.CompletedTask);
            return FigureDocument.OfCsv([1, 2, 3]);
        }, cancellationToken);
    }

    private static async Task<JsonElement> RowAsync(ApiProcess api, string query, int place = 0) => (await api.GetAsync(query)).GetProperty("rows")[place];

    private async Task RecordAsync(string id, string at) =>
        (await _api.PostAsync("/v1/events", Events.Native(id, occurredAt: at))).IsSuccessStatusCode.Should().BeTrue();

    private Task FoldedAsync() => Until.TrueAsync(async () => !await _database.ScalarAsync<bool>("select has_pending from rollup_moment"), "all is folded");
}
