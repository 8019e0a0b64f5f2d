using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>Changes of the catalog at the same time, over two instances, and what an instance does that has not heard of one yet.</summary>
public sealed class ManyWritersTests(ManyWritersTests.TwoApis fixture) : IClassFixture<ManyWritersTests.TwoApis>
{
    private readonly ApiProcess[] _apis = [fixture.One, fixture.Other];

    [Fact]
    public async Task Changes_of_one_row_at_the_same_time_all_succeed_and_one_is_the_last()
    {
        await _apis[0].CreateAsync("/v1/accounts", new { id = "busy" });
        await _apis[0].CreateAsync("/v1/producers", new { id = "busy", name = "x", kind = "both" });

        var sectors = await AtOnceAsync(24, i => _apis[i % 2].Client.PatchAsJsonAsync("/v1/accounts/busy", new
        {
            sectors = Enumerable.Range(1, 9).Select(d => new { effective_from = $"2026-01-0{d}T00:00:00Z", sector = i % 2 == 0 ? "household" : "enterprise" }),
        }));
        var aliases = await AtOnceAsync(24, i => _apis[i % 2].Client.PatchAsJsonAsync("/v1/producers/busy", new { aliases = new[] { "busy_both", $"busy_{i}" } }));

        sectors.Should().OnlyContain(s => s == HttpStatusCode.OK);
        aliases.Should().OnlyContain(s => s == HttpStatusCode.OK);
        var account = await _apis[0].GetAsync("/v1/accounts/busy");
        account.GetProperty("sectors").EnumerateArray().Select(s => s.GetProperty("sector").GetString()).Should().HaveCount(9).And.AllBe(account.GetProperty("sectors")[0].GetProperty("sector").GetString());
        (await _apis[0].GetAsync("/v1/producers/busy")).GetProperty("aliases").GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task Rate_cards_of_a_new_model_at_the_same_time_make_one_model_and_never_overlap()
    {
        var begun = await AtOnceAsync(16, i => _apis[i % 2].Client.PostAsJsonAsync("/v1/rate-cards", Card("raced", $"2026-01-{i + 1:00}T00:00:00Z", null)));
        var closed = await AtOnceAsync(16, i => _apis[i % 2].Client.PostAsJsonAsync("/v1/rate-cards", Card("raced-closed", $"2026-01-{i + 1:00}T00:00:00Z", "2026-02-01T00:00:00Z")));

        begun.Should().OnlyContain(s => s == HttpStatusCode.Created, "an open card ends where the next one begins");
        closed.Count(s => s == HttpStatusCode.Created).Should().Be(1, "each would reach into every other");
        closed.Where(s => s != HttpStatusCode.Created).Should().OnlyContain(s => s == HttpStatusCode.Conflict);
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug in ('raced', 'raced-closed')")).Should().Be(2);
    }

    [Fact]
    public async Task A_name_is_given_once_however_many_ask_for_it()
    {
        var ids = await AtOnceAsync(12, i => _apis[i % 2].Client.PostAsJsonAsync("/v1/producers", new { id = $"contender-{i}", name = "x", kind = "both", aliases = new[] { "The-Name" } }));
        var models = await AtOnceAsync(12, i => _apis[i % 2].Client.PostAsJsonAsync("/v1/models",
            i % 3 == 0 ? new { producer = "groq", model = "the-name", aliases = Array.Empty<string>() } : new { producer = "groq", model = $"contender-{i}", aliases = new[] { "the-name" } }));

        foreach (var answers in new[] { ids, models })
        {
            answers.Count(s => s == HttpStatusCode.Created).Should().Be(1);
            answers.Where(s => s != HttpStatusCode.Created).Should().OnlyContain(s => s == HttpStatusCode.Conflict);
        }
    }

    [Fact]
    public async Task Revocations_at_the_same_time_leave_the_last_admin_key()
    {
        var ids = new List<string> { "bootstrap" };
        for (var i = 0; i < 5; i++)
            ids.Add((await _apis[0].CreateAsync("/v1/api-keys", new { name = "admin", scopes = new[] { "admin" } })).GetProperty("id").GetString()!);

        var answers = await AtOnceAsync(ids.Count, i => _apis[i % 2].Client.DeleteAsync($"/v1/api-keys/{ids[i]}"));
        var left = await fixture.Database.ScalarAsync<long>("select count(*) from api_keys where scopes = 4 and revoked_at is null");
        await fixture.Database.ExecuteAsync("update api_keys set revoked_at = null where id = 'bootstrap'");

        left.Should().Be(1);
        // Whoever comes after the caller's own key is revoked may be turned away for that.
        answers.Should().OnlyContain(s => s == HttpStatusCode.NoContent || s == HttpStatusCode.Conflict || s == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_instance_that_has_not_heard_of_an_alias_does_not_make_a_model_of_it()
    {
        await SourceAsync("unheard");
        var model = await _apis[0].CreateAsync("/v1/models", new { producer = "groq", model = "heard" });
        // As another instance would, but without a word.
        await fixture.Database.ExecuteAsync(
            $"""
            insert into model_aliases (producer_id, alias, model_id) select producer_id, 'unheard-of', id from models where id = {model.GetProperty("id")};
            update catalog_version set version = version + 1
            """);

        using var answer = await _apis[0].PostAsync("/v1/events", Events.Native("e", "unheard", producer: "groq", model: "unheard-of"));

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("model").GetString().Should().Be("heard");
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug = 'unheard-of'")).Should().Be(0);
    }

    [Fact]
    public async Task An_instance_that_has_not_heard_of_a_removal_registers_the_model_again()
    {
        await SourceAsync("removed");
        var model = await _apis[0].CreateAsync("/v1/models", new { producer = "groq", model = "removed" });
        await fixture.Database.ExecuteAsync($"delete from models where id = {model.GetProperty("id")}; update catalog_version set version = version + 1");

        using var answer = await _apis[0].PostAsync("/v1/events", Events.Native("e", "removed", producer: "groq", model: "removed"));

        answer.StatusCode.Should().Be(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        (await fixture.Database.ScalarAsync<long>("select count(*) from ledger_entry where item_id not in (select id from items)")).Should().Be(0);
    }

    [Fact]
    public async Task A_price_that_was_acknowledged_holds_for_the_next_event_in_every_instance()
    {
        await SourceAsync("next");
        await _apis[0].CreateAsync("/v1/models", new { producer = "groq", model = "next" });
        for (var i = 1; i <= 25; i++)
        {
            var from = $"2026-02-{i:00}T00:00:00Z";
            await _apis[i % 2].CreateAsync("/v1/rate-cards", new { producer = "groq", model = "next", effective_from = from, unit_values = new { input = i, output = i } });

            using var answer = await _apis[(i + 1) % 2].PostAsync("/v1/events", Events.Native($"e{i}", "next", from, "groq", "next", outputValue: null));

            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("entries")[0].GetProperty("unit_value").GetString()
                .Should().Be(Events.Number(i));
        }
    }

    [Fact]
    public async Task Events_that_bring_new_names_and_changes_of_the_catalog_do_not_lose_each_other()
    {
        await SourceAsync("mixed");
        var changes = AtOnceAsync(12, i => _apis[i % 2].Client.PostAsJsonAsync("/v1/rate-cards", Card($"mixed-{i}", "2026-01-01T00:00:00Z", null)));
        var events = AtOnceAsync(60, i => _apis[i % 2].PostAsync("/v1/events",
            Events.Native($"e{i}", "mixed", producer: "groq", model: $"mixed-{i % 15}", account: $"mixed-{i % 7}", outputValue: null)));

        (await changes).Should().OnlyContain(s => s == HttpStatusCode.Created);
        (await events).Should().OnlyContain(s => s == HttpStatusCode.Created);
        (await fixture.Database.ScalarAsync<long>("select count(*) from models where slug like 'mixed-%'")).Should().Be(15);
        (await fixture.Database.ScalarAsync<long>("select count(*) from ledger_entry where item_id not in (select id from items)")).Should().Be(0);
    }

    [Fact]
    public async Task An_instance_whose_connections_were_cut_hears_of_changes_again()
    {
        await SourceAsync("cut");
        await fixture.Database.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'token-factory%' and pid <> pg_backend_pid()");
        await fixture.Database.ExecuteAsync(
            "insert into sources (slug, name, created_at) values ('after-the-cut', 'x', now()); update catalog_version set version = version + 1; notify catalog_changed");

        HttpStatusCode status;
        var tries = 0;
        do
        {
            using var answer = await _apis[1].PostAsync("/v1/events", Events.Native($"e{tries}", "after-the-cut"));
            status = answer.StatusCode;
            status.Should().NotBe(HttpStatusCode.InternalServerError);
        }
        while (status != HttpStatusCode.Created && ++tries < 20_000);

        status.Should().Be(HttpStatusCode.Created);
    }

    private static object Card(string model, string from, string? to) =>
        new { producer = "groq", model, effective_from = from, effective_to = to, unit_values = new { output = "1" } };

    private static async Task<IReadOnlyList<HttpStatusCode>> AtOnceAsync(int count, Func<int, Task<HttpResponseMessage>> send)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(send));
        return [.. answers.Select(a => a.StatusCode)];
    }

    /// <summary>A source that both instances know: one that does not know it refuses its events.</summary>
    private async Task SourceAsync(string id)
    {
        await _apis[0].CreateAsync("/v1/sources", new { id });
        var tries = 0;
        while (true)
        {
            using var answer = await _apis[1].PostAsync("/v1/events", Events.Native($"known-{tries}", id));
            if (answer.StatusCode == HttpStatusCode.Created)
                return;
            (++tries).Should().BeLessThan(20_000);
        }
    }

    public sealed class TwoApis : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;
        public ApiProcess One { get; private set; } = null!;
        public ApiProcess Other { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Database = await PostgresServer.Current.CreateDatabaseAsync();
            One = await ApiProcess.StartAsync(Database.ConnectionString);
            Other = await ApiProcess.StartAsync(Database.ConnectionString);
        }

        public async ValueTask DisposeAsync()
        {
            await Other.DisposeAsync();
            await One.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
