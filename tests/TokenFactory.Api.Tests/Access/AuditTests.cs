using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Access;

/// <summary>The audit log: every administrative act leaves a row, committed with it, which nobody can change.</summary>
public sealed class AuditTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;
    private readonly TestDatabase _database = fixture.Database;

    // What administrative acts change; what moves by itself beside them (roll-ups, last uses) is left out.
    private static readonly string[] Tables =
    [
        "api_keys", "api_key_sources", "api_key_producers", "producers", "producer_aliases", "models", "model_aliases", "sources", "accounts", "account_sectors",
        "sector_rules", "sector_rule_ends", "rate_cards", "rates", "rate_card_ends", "fx_publications", "fx_rates", "quarantine_discard",
    ];

    [Fact]
    public async Task Every_administrative_act_is_logged_once_and_one_that_can_not_be_logged_is_not_done()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        var acts = await AdministrativeActs.ReadyAsync(api);
        var document = (await api.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Name: $"{o.Name.ToUpperInvariant()} {p.Name}", Text: o.Value.GetProperty("description").GetString()!)));
        var administrative = document.Where(o => !o.Name.StartsWith("GET", StringComparison.Ordinal) && o.Text.Contains("Needs the scope `admin`.", StringComparison.Ordinal))
            .Select(o => o.Name).ToList();
        administrative.Should().NotBeEmpty().And.BeSubsetOf(acts.Select(a => a.Operation), "each has an act here that can be done");

        foreach (var act in acts)
        {
            if (!act.IsLoggedWhenOver)
            {
                await database.ExecuteAsync("revoke insert on audit_event from tokenfactory_service");
                var before = await ContentAsync(database);
                (await act.SendAsync(api.Client)).StatusCode.Should().Be(HttpStatusCode.InternalServerError, act.Operation);
                (await ContentAsync(database)).Should().Be(before, $"{act.Operation} was not logged");
                await database.ExecuteAsync("grant insert on audit_event to tokenfactory_service");
            }

            var last = await LastAsync(database);
            using var answer = await act.SendAsync(api.Client);
            answer.IsSuccessStatusCode.Should().BeTrue($"{act.Operation}: {await answer.Content.ReadAsStringAsync()}");

            var rows = await RowsAsync(api, "?limit=1000", last);
            var row = rows.Should().ContainSingle(act.Operation).Which;
            (Text(row, "action"), Text(row, "outcome")).Should().Be((act.Action, act.Outcome), act.Operation);
            Text(row, "object").Should().MatchRegex(Pattern(act.Object ?? act.Path.Split('?')[0]["/v1/".Length..]), act.Operation);
            (Text(row, "actor_kind"), Text(row, "actor_id"), Text(row, "actor_name")).Should().Be(("key", "bootstrap", "bootstrap admin key"));
            Text(row, "trace_id").Should().HaveLength(32);
            Text(row, "remote_address").Should().Be("127.0.0.1");
        }
    }

    [Fact]
    public async Task Whatever_needs_admin_and_is_refused_or_changes_nothing_is_logged_as_that()
    {
        var document = (await _api.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (p.Name, o)));
        var operations = document.Where(d => d.o.Name != "get" && d.o.Value.GetProperty("description").GetString()!.Contains("Needs the scope `admin`.", StringComparison.Ordinal)).ToList();

        operations.Should().NotBeEmpty();
        foreach (var (path, operation) in operations)
        {
            var last = await LastAsync(_database);
            using var request = new HttpRequestMessage(new HttpMethod(operation.Name), Regex.Replace(path, @"\{\w+\}", "999999"));
            if (operation.Name != "delete")
                request.Content = new StringContent("[\"\\u0000\"", System.Text.Encoding.UTF8, "application/json");
            using var answer = await _api.Client.SendAsync(request);

            answer.IsSuccessStatusCode.Should().BeFalse(path);
            var row = (await RowsAsync(_api, "?limit=1000", last)).Should().ContainSingle($"{operation.Name} {path}").Which;
            Text(row, "outcome").Should().Be("refused");
            row.GetProperty("details").GetProperty("status").GetInt32().Should().Be((int)answer.StatusCode);
        }

        await _api.CreateAsync("/v1/fx-rates", Rates());
        await _api.CreateAsync("/v1/fx-rates", Rates());
        (await RowsAsync(_api, "?action=fx_rate.created&limit=2")).Select(r => Text(r, "outcome")).Should().Equal("unchanged", "done");

        static object Rates() => new { source = "same", @base = "EUR", published_at = "2026-10-01T00:00:00Z", rates = new Dictionary<string, string> { ["USD"] = "1.05" } };
    }

    [Fact]
    public async Task A_row_says_what_was_asked_for_and_what_changed_and_never_a_secret()
    {
        await _api.CreateAsync("/v1/sources", new { id = "told", name = "Before" });
        using var changed = await _api.Client.PatchAsync("/V1/Sources/told", new StringContent("""{"name":"After ü"}""", System.Text.Encoding.UTF8, "application/json"));
        changed.EnsureSuccessStatusCode();
        var key = await _api.CreateAsync("/v1/api-keys", new { name = "told", scopes = (string[])["ingest"], sources = (string[])["told"] });

        var rows = await RowsAsync(_api, "?object=sources/told");
        rows.Select(r => Text(r, "action")).Should().Equal("source.changed", "source.created");
        var details = rows[0].GetProperty("details");
        Text(details.GetProperty("request"), "name").Should().Be("After ü");
        var change = details.GetProperty("changes").EnumerateArray().Single();
        (Text(change, "table"), Text(change, "change"), Text(change.GetProperty("before"), "name"), Text(change.GetProperty("after"), "name"))
            .Should().Be(("sources", "changed", "Before", "After ü"));

        var made = (await RowsAsync(_api, $"?object=api-keys/{Text(key, "id")}")).Should().ContainSingle().Which;
        made.GetProperty("details").GetProperty("changes").GetArrayLength().Should().Be(2, "the key and its source");
        const string table = "Date,USD,\n2026-11-24,1.05,\n";
        (await _api.PostAsync("/v1/fx-rates/import?source=told", table, "text/csv")).EnsureSuccessStatusCode();
        Text((await RowsAsync(_api, "?action=fx_rate.imported&limit=1"))[0].GetProperty("details"), "body_sha256")
            .Should().Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(table))));
        (await _database.ScalarAsync<long>($"select count(*) from audit_event a where a::text like '%{Text(key, "key")![24..]}%' or details::text ilike '%hash%'")).Should().Be(0);
    }

    [Fact]
    public async Task Its_pages_and_filters_agree_with_the_whole()
    {
        for (var i = 0; i < 7; i++)
            await _api.CreateAsync("/v1/accounts", new { id = $"page-{i}" });
        var all = await RowsAsync(_api, "?action=account.created&limit=1000");
        all.Should().HaveCountGreaterThanOrEqualTo(7);
        all.Select(r => r.GetProperty("id").GetInt64()).Should().BeInDescendingOrder();

        var paged = new List<long>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await _api.GetAsync($"/v1/audit?action=account.created&limit=3{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetInt64()));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        paged.Should().Equal(all.Select(r => r.GetProperty("id").GetInt64()));
        var at = Text(all[3], "at")!;
        (await RowsAsync(_api, $"?action=account.created&limit=1000&since={at}")).Should().HaveCount(4);
        (await RowsAsync(_api, $"?action=account.created&limit=1000&until={at}")).Should().HaveCount(all.Count - 4);
        (await RowsAsync(_api, "?actor=bootstrap&action=account.created&limit=1000")).Should().HaveCount(all.Count);
        (await RowsAsync(_api, "?actor=somebody-else")).Should().BeEmpty();
        var csv = (await _api.Client.GetStringAsync("/v1/audit?action=account.created&limit=1000&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        csv[0].Should().Be("id,at,actor_kind,actor_id,actor_name,action,object,outcome,details,trace_id,remote_address");
        csv.Should().HaveCount(all.Count + 1);
        foreach (var wrong in new[] { "?cursor=x", "?limit=0", "?since=yesterday", "?outcome=good", "?format=xml", "?actor=%00", "?who=me" })
            (await _api.Client.GetAsync($"/v1/audit{wrong}")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity, wrong);
    }

    [Fact]
    public async Task Nobody_changes_or_removes_a_row()
    {
        await _api.CreateAsync("/v1/accounts", new { id = "kept" });
        var service = DatabaseConnections.From(_database.ConnectionString).Service;
        foreach (var statement in new[] { "update audit_event set actor_id = 'x'", "delete from audit_event", "truncate audit_event" })
        {
            (await StateOfAsync(service, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, statement);
            (await StateOfAsync(_database.ConnectionString, statement)).Should().Be(PostgresErrorCodes.RestrictViolation, statement);
        }

        // Nor does the service say which number a row has, or when it was.
        const string values = "values (1000000, now(), 'service', 'x', 'done', '{}')";
        foreach (var statement in new[]
        {
            $"insert into audit_event (id, at, actor_kind, action, outcome, details) overriding system value {values}",
            $"insert into audit_event (at, actor_kind, action, outcome, details) {values.Replace("1000000, ", "", StringComparison.Ordinal)}",
        })
        {
            (await StateOfAsync(service, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, statement);
        }
    }

    [Fact]
    public async Task What_a_key_without_the_scope_admin_does_every_day_fills_no_log()
    {
        await _api.CreateAsync("/v1/sources", new { id = "everyday" });
        var held = await _api.HoldAsync(HeldUsage.Chat("everyday", "held", "nobody-of-this-name"));
        (await _api.PostAsync("/v1/events", Events.Native("e-1", "everyday"))).EnsureSuccessStatusCode();
        var key = await _api.CreateAsync("/v1/api-keys", new { name = "everyday", scopes = (string[])["ingest"], sources = (string[])["everyday"] });
        using var client = _api.ClientWith(Text(key, "key"));
        var last = await LastAsync(_database);

        foreach (var (path, body) in new[] { ("/v1/quarantine/release", "{}"), ($"/v1/quarantine/{held}/release", "{}"), ("/v1/events/everyday/e-1/reversal", "{}") })
            await client.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        (await RowsAsync(_api, "?limit=1000", last)).Should().BeEmpty();
    }

    [Fact]
    public async Task An_act_that_is_logged_when_it_is_over_says_so_where_nothing_was_to_do()
    {
        await _api.CreateAsync("/v1/sources", new { id = "twice" });
        (await _api.PostAsync("/v1/events", Events.Native("e-1", "twice"))).EnsureSuccessStatusCode();

        foreach (var expected in new[] { "done", "unchanged" })
        {
            (await _api.PostAsync("/v1/events/twice/e-1/reversal", "{}")).EnsureSuccessStatusCode();
            Text((await RowsAsync(_api, "?object=events/twice/e-1"))[0], "outcome").Should().Be(expected);
        }

        (await _api.PostAsync("/v1/quarantine/release", """{"source":"twice"}""")).EnsureSuccessStatusCode();
        Text((await RowsAsync(_api, "?action=quarantine.released&limit=1"))[0], "outcome").Should().Be("unchanged");
        var last = await LastAsync(_database);
        // Bare spaces around it are passed over: what was understood counts.
        (await _api.Client.GetAsync("/v1/reconciliation?full=%20True")).EnsureSuccessStatusCode();
        (await RowsAsync(_api, "?limit=10", last)).Select(r => (Text(r, "action"), Text(r, "outcome"))).Should().Equal(("reconciliation.recomputed", "done"));
    }

    [Fact]
    public async Task A_reversal_whose_administrator_goes_away_is_done_and_logged_as_done()
    {
        await _api.CreateAsync("/v1/sources", new { id = "gone" });
        (await _api.PostAsync("/v1/events", Events.Native("e-1", "gone"))).EnsureSuccessStatusCode();
        await using (var stalled = await StallAsync(_database))
        {
            using var patience = new CancellationTokenSource();
            var reversal = _api.Client.PostAsync("/v1/events/gone/e-1/reversal", null, patience.Token);
            await Until.TrueAsync(() => IsWaitingAsync(_database), "the ledger waits");
            await patience.CancelAsync();
            await reversal.Awaiting(r => r).Should().ThrowAsync<OperationCanceledException>();
        }

        await Until.TrueAsync(async () => (await RowsAsync(_api, "?object=events/gone/e-1")).Count > 0, "the row is there");
        (await RowsAsync(_api, "?object=events/gone/e-1")).Select(r => Text(r, "outcome")).Should().Equal("done");
        (await _api.PostAsync("/v1/events/gone/e-1/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.OK, "it was reversed before");
    }

    [Fact]
    public async Task A_reversal_that_nobody_can_wait_for_is_logged_as_unknown()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__Ledger__MaxCommitWaitMs"] = "3000" });
        await api.CreateAsync("/v1/sources", new { id = "late" });
        (await api.PostAsync("/v1/events", Events.Native("e-1", "late"))).EnsureSuccessStatusCode();
        await using (var stalled = await StallAsync(database))
            (await api.PostAsync("/v1/events/late/e-1/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);

        Text((await RowsAsync(api, "?object=events/late/e-1")).Should().ContainSingle().Which, "outcome").Should().Be("unknown");
    }

    [Fact]
    public async Task Attempts_that_could_not_be_written_down_are_counted_on()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__AccessNotesSeconds"] = "1" });
        await database.ExecuteAsync("revoke insert on audit_event from tokenfactory_service");
        using var nobody = api.ClientWith(null);
        (await nobody.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        await Until.TrueAsync(() => Task.FromResult(api.Output.Contains("could not be written down", StringComparison.Ordinal)), "writing has failed");
        (await nobody.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        await database.ExecuteAsync("grant insert on audit_event to tokenfactory_service");

        await Until.TrueAsync(async () => (await RowsAsync(api, "?outcome=denied")).Sum(r => r.GetProperty("details").GetProperty("attempts").GetInt64()) == 2, "both are in the log");
        (await RowsAsync(api, "?outcome=denied")).Should().OnlyContain(r => Text(r, "remote_address") == "127.0.0.1");
    }

    [Fact]
    public async Task Attempts_without_the_right_are_counted_and_not_written_one_by_one()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__AccessNotesSeconds"] = "1" });
        var key = await api.CreateAsync("/v1/api-keys", new { name = "curious", scopes = (string[])["read"] });
        using var reader = api.ClientWith(Text(key, "key"));
        using var nobody = api.ClientWith("tf_wrong");

        for (var i = 0; i < 50; i++)
        {
            (await nobody.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            (await reader.DeleteAsync("/v1/producers/openai")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
            (await reader.GetAsync("/v1/reconciliation?full=true")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        }

        await Until.TrueAsync(async () => (await CountsAsync()).Sum(c => c.Attempts) == 150, "all attempts are in the log");
        var counts = await CountsAsync();
        counts.Should().HaveCountLessThan(100, "they are added up");
        counts.GroupBy(c => (c.Action, c.Actor)).ToDictionary(g => g.Key, g => g.Sum(c => c.Attempts)).Should().BeEquivalentTo(new Dictionary<(string, string?), long>
        {
            [("api_keys.list", null)] = 50, [("producer.deleted", Text(key, "id"))] = 50, [("reconciliation.recomputed", Text(key, "id"))] = 50,
        });

        async Task<List<(string Action, string? Actor, long Attempts)>> CountsAsync() => [.. (await RowsAsync(api, "?outcome=denied&limit=1000")).Select(r =>
            (Text(r, "action")!, Text(r, "actor_id"), r.GetProperty("details").GetProperty("attempts").GetInt64()))];
    }

    private static async Task<string> ContentAsync(TestDatabase database) => string.Join('\n', await Task.WhenAll(Tables.Select(async table =>
        $"{table} {await database.ScalarAsync<string>($"select coalesce(md5(string_agg(r, ',' order by r)), '') from (select (to_jsonb(t) - 'last_used_at')::text r from {table} t) x")}")));

    // Whoever records waits for as long as this is held.
    private static async Task<NpgsqlConnection> StallAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("begin; lock table event_identity in share mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task<bool> IsWaitingAsync(TestDatabase database) =>
        await database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0;

    private static Task<long> LastAsync(TestDatabase database) => database.ScalarAsync<long>("select coalesce(max(id), 0) from audit_event");

    private static async Task<List<JsonElement>> RowsAsync(ApiProcess api, string query, long after = 0) =>
        [.. (await api.GetAsync($"/v1/audit{query}")).GetProperty("items").EnumerateArray().Where(r => r.GetProperty("id").GetInt64() > after)];

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static string Pattern(string path) => $"^{Regex.Escape(path).Replace("\\*", "[0-9a-f]+", StringComparison.Ordinal)}$";

    private static async Task<string?> StateOfAsync(string connectionString, string statement)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        try
        {
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
