using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>What a ledger transaction does when something is in its way.</summary>
public sealed class TransactionTests
{
    [Fact]
    public async Task An_event_that_the_ledger_refuses_does_not_take_its_neighbours_with_it()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync("alter table event_identity add constraint a_test check (event_id <> 'poison')");
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var dataSource = NpgsqlDataSource.Create(DatabaseConnections.From(database.ConnectionString).Service);
        await database.ExecuteAsync("insert into sources (slug, name, created_at) values ('gateway-1', 'gateway-1', now())");
        var sourceId = await database.ScalarAsync<long>("select id from sources");
        await using var writer = new JournalWriter(dataSource, new LedgerOptions(), new LedgerMetrics(services.GetRequiredService<IMeterFactory>()),
            NullLogger<JournalWriter>.Instance, TimeProvider.System);
        // Three requests that one transaction has gathered.
        var postings = ((string[])["before", "poison", "after"]).Select(id => new PendingPosting(new Posting { SourceId = sourceId, Events = [Event(id)] })).ToList();

        await writer.RecordAsync(postings, CancellationToken.None);

        (await postings[0].Completion.Task).Events[0].Outcome.Should().Be(EventOutcome.Accepted);
        (await postings[2].Completion.Task).Events[0].Outcome.Should().Be(EventOutcome.Accepted);
        await postings[1].Invoking(p => p.Completion.Task).Should().ThrowAsync<PostgresException>();
        (await database.ScalarAsync<long>("select count(*) from event_identity")).Should().Be(2);
        (await database.ScalarAsync<long>("select sum(received)::bigint from ledger_batch")).Should().Be(2);
    }

    [Fact]
    public async Task A_full_journal_asks_the_sender_to_come_back()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new()
        {
            ["TokenFactory__Ledger__Writers"] = "1",
            ["TokenFactory__Ledger__MaxWaitingPostings"] = "1",
            ["TokenFactory__Ledger__MaxWaitMs"] = "0",
        });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });

        List<Task<HttpResponseMessage>> posts;
        await using (await HeldUpAsync(database))
        {
            // One is with the writer, which waits for the lock, and one waits for the writer: the others are turned away at once.
            posts = [api.PostAsync("/v1/events", Events.Native("first"))];
            const string waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            await Until.TrueAsync(async () => await database.ScalarAsync<long>(waiting) > 0, "somebody waiting");
            posts.AddRange(Enumerable.Range(1, 19).Select(i => api.PostAsync("/v1/events", Events.Native(Events.Number(i)))));
            foreach (var answer in await FirstAsync(posts, 18))
            {
                answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
                answer.Headers.RetryAfter.Should().NotBeNull();
                (await answer.Content.ReadAsStringAsync()).Should().Contain("\"busy\"");
            }
        }

        (await Task.WhenAll(posts)).Count(a => a.StatusCode == HttpStatusCode.Created).Should().Be(2);
        (await database.ScalarAsync<long>("select count(*) from event_identity")).Should().Be(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_whose_source_is_removed_while_it_is_written_is_refused_like_one_of_no_source(bool isRegisteredAgain)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });

        Task<HttpResponseMessage> post;
        await using (await HeldUpAsync(database, "event_identity, event_refusal"))
        {
            // The second is refused on its own account, and filed under the source.
            post = api.PostAsync("/v1/events", $"[{Events.Native("late")},{Events.Native("no time", occurredAt: "yesterday")}]");
            const string waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            await Until.TrueAsync(async () => await database.ScalarAsync<long>(waiting) > 0, "the events waiting");
            (await api.Client.DeleteAsync("/v1/sources/gateway-1")).StatusCode.Should().Be(HttpStatusCode.NoContent);
            if (isRegisteredAgain)
                await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        }

        using var answer = await post;
        answer.StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        (await answer.Content.ReadAsStringAsync()).Contains("unknown_source", StringComparison.Ordinal).Should().Be(!isRegisteredAgain);
        (await database.ScalarAsync<long>("select count(*) from event_identity")).Should().Be(isRegisteredAgain ? 1 : 0);
        (await database.ScalarAsync<long>("select sum(rejected)::bigint from ledger_batch")).Should().Be(isRegisteredAgain ? 1 : 2);
    }

    [Fact]
    public async Task A_refusal_whose_source_is_removed_while_it_is_filed_is_filed_all_the_same()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });

        Task<HttpResponseMessage> post;
        await using (await HeldUpAsync(database, "event_refusal"))
        {
            post = api.PostAsync("/v1/events", Events.Native("no time", occurredAt: "yesterday"));
            const string waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            await Until.TrueAsync(async () => await database.ScalarAsync<long>(waiting) > 0, "the event waiting");
            (await api.Client.DeleteAsync("/v1/sources/gateway-1")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        }

        (await post).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await database.ScalarAsync<long>("select count(*) from ledger_batch where rejected = 1 and source_id = 0")).Should().Be(1);
    }

    [Fact]
    public async Task A_transaction_that_is_open_for_too_long_is_not_committed()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        // Every look at the clock is six minutes after the one before.
        await database.ExecuteAsync(
            """
            create sequence looks;
            grant usage on sequence looks to public;
            create or replace function ledger_clock() returns timestamptz language sql volatile as
                $$ select clock_timestamp() + nextval('looks') * interval '6 minutes' $$
            """);

        using var slow = await api.PostAsync("/v1/events", Events.Native("a"));
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$");
        using var quick = await api.PostAsync("/v1/events", Events.Native("a"));

        slow.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        quick.StatusCode.Should().Be(HttpStatusCode.Created, "nothing was recorded before");
    }

    [Theory]
    [InlineData("+ interval '13 months'")]
    [InlineData("- interval '14 months'")]
    public async Task A_month_without_a_partition_gets_one_on_sight(string jump)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await database.ExecuteAsync($"create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() {jump} $$");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => api.PostAsync("/v1/events", Events.Native(Events.Number(i)))));

        answers.Should().OnlyContain(a => a.StatusCode == HttpStatusCode.Created);
        (await database.ScalarAsync<long>("select count(*) from ledger_entry")).Should().Be(40);
        (await api.GetAsync("/v1/gdp?frequency=year")).GetProperty("rows")[0].GetProperty("quantity").GetString().Should().Be("300");
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_session_that_an_administrator_ends_costs_no_event()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        for (var i = 0; i < 5; i++)
        {
            using var before = await api.PostAsync("/v1/events", Events.Native($"before-{i}"));
            await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            using var after = await api.PostAsync("/v1/events", Events.Native($"after-{i}"));

            // The key and the catalog are read over other sessions, which may be told of their end by this request; the ledger never loses.
            after.StatusCode.Should().BeOneOf(HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable);
            using var again = await api.PostAsync("/v1/events", Events.Native($"after-{i}"));
            again.StatusCode.Should().BeOneOf(HttpStatusCode.Created, HttpStatusCode.OK);
        }

        (await database.ScalarAsync<long>("select count(*) from event_identity")).Should().Be(10);
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_model_that_was_removed_behind_the_services_back_is_registered_again()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await api.CreateAsync("/v1/models", new { producer = "moonshot", model = "kimi-k2" });
        await database.ExecuteAsync("delete from models where slug = 'kimi-k2'");

        using var answer = await api.PostAsync("/v1/events", Events.Native("a"));
        var receipt = await api.GetAsync("/v1/events/gateway-1/a");

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        receipt.GetProperty("model").GetString().Should().Be("kimi-k2");
        (await database.ScalarAsync<long>("select count(*) from ledger_entry e join items i on i.id = e.item_id")).Should().Be(2);
    }

    // Nobody can record until this is disposed of.
    private static async Task<NpgsqlConnection> HeldUpAsync(TestDatabase database, string tables = "event_identity")
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"begin; lock table {tables} in share mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static LedgerEvent Event(string id) => new()
    {
        EventId = id,
        Fingerprint = new byte[33],
        OccurredAt = DateTimeOffset.UnixEpoch,
        Lines = [new LedgerLine { ItemId = 1, Quantity = 1, Basis = ValueBasis.None, Sector = new SectorDecision(Sector.Household, SectorBasis.Event) }],
    };

    private static async Task<List<HttpResponseMessage>> FirstAsync(List<Task<HttpResponseMessage>> posts, int count)
    {
        var answers = new List<HttpResponseMessage>();
        await foreach (var answered in Task.WhenEach(posts))
        {
            answers.Add(await answered);
            if (answers.Count == count)
                break;
        }

        return answers;
    }
}
