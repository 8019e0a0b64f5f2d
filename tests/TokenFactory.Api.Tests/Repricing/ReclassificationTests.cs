using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>An account that belongs to another sector than was thought: what moves, and what stays. Sector 0 unclassified, 1 household, 2 government, 3 enterprise.</summary>
public sealed class ReclassificationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Reason = "it was taken for a company";
    private const string From = "2026-10-02T00:00:00Z";

    private readonly ApiProcess _api = fixture.Api;
    private readonly TestDatabase _database = fixture.Database;

    [Fact]
    public async Task Its_events_move_at_their_prices_but_those_that_name_their_sector_and_those_of_before()
    {
        var (source, account) = await SourceAsync();
        await _api.CreateAsync("/v1/accounts", new { id = account, sectors = new[] { new { sector = "enterprise" } } });
        await _api.SendAsync(
            Event("e-before", source, account, "2026-10-01T23:59:59.999999Z"), Event("e-first", source, account, From), Event("e-own", source, account, From, "household"),
            Event("e-unpriced", source, account, From, value: null), Event("e-other", source, account + "-other", From));
        (await _database.SumsAsync(account)).Should().Be("1 15 0.00003, 3 45 0.00006");
        var looked = await _api.ReclassifyAsync(account, new { sector = "government", effective_from = From, dry_run = true });
        (await _database.SumsAsync(account)).Should().Be("1 15 0.00003, 3 45 0.00006", "a dry run moves nothing");
        (await _api.GetAsync($"/v1/accounts/{account}")).GetProperty("sectors").GetArrayLength().Should().Be(1);

        var moved = await _api.ReclassifyAsync(account, new { sector = "government", effective_from = From, reason = Reason });

        (await _database.SumsAsync(account)).Should().Be("1 15 0.00003, 2 30 0.00003, 3 15 0.00003");
        (await _database.SumsAsync(account + "-other")).Should().Be("0 15 0.00003");
        moved.Moved().Should().Be((3, 2, 4, 0)).And.Be(looked.Moved());
        moved.Rows().Should().Equal("enterprise 30 0.00003 15", "total 30 0.00003 15").And.Equal(looked.Rows());
        var sectors = (await _api.GetAsync($"/v1/accounts/{account}")).GetProperty("sectors").EnumerateArray().Select(s => s.GetProperty("sector").GetString());
        sectors.Should().Equal("enterprise", "government");

        var receipt = await _api.GetAsync($"/v1/events/{source}/e-first");
        receipt.GetProperty("sector").GetString().Should().Be("enterprise", "it is that of the first recording");
        receipt.TryGetProperty("repricings", out _).Should().BeFalse();
        var note = receipt.GetProperty("reclassifications").EnumerateArray().Single();
        (note.GetProperty("reclassification").GetInt64(), note.GetProperty("sector").GetString(), note.GetProperty("reason").GetString())
            .Should().Be((moved.Id(), "government", Reason));
        (await _api.GetAsync($"/v1/events/{source}/e-own")).TryGetProperty("reclassifications", out _).Should().BeFalse();
        var entries = (await _api.GetAsync($"/v1/ledger/entries?source={source}&event_id=~repricing/e-first/000001")).GetProperty("items").EnumerateArray();
        entries.Select(e => (e.GetProperty("sector").GetString(), e.GetProperty("sector_basis").GetString(), e.GetProperty("quantity").GetString())).Should().Equal(
            ("enterprise", "account", "-10"), ("enterprise", "account", "-5"), ("government", "reclassification", "10"), ("government", "reclassification", "5"));
        (await _database.ScalarAsync<long>($"select count(*) from ledger_batch b join sources s on s.id = b.source_id where s.slug = '{source}' and b.kind = 5")).Should().Be(1);

        // Once more: there is nothing left to move. What comes later has the sector already.
        (await _api.ReclassifyAsync(account, new { sector = "government", effective_from = From, reason = Reason })).Moved().Should().Be((3, 0, 0, 0));
        await _api.SendAsync(Event("e-late", source, account, From));
        (await _api.GetAsync($"/v1/events/{source}/e-late")).GetProperty("sector_basis").GetString().Should().Be("account");
        (await _database.SumsAsync(account)).Should().Be("1 15 0.00003, 2 45 0.00006, 3 15 0.00003");
        await _api.ShouldBeBalancedAsync();

        var list = (await _api.GetAsync($"/v1/accounts/{account}/reclassifications")).GetProperty("items").EnumerateArray().ToList();
        list.Select(r => r.GetProperty("progress").GetProperty("changed").GetInt64()).Should().Equal(0, 2, 2);
        (await _api.Client.GetAsync($"/v1/repricings/{moved.Id()}")).StatusCode.Should().Be(HttpStatusCode.NotFound, "it is no repricing");
        (await _api.RefusedAsync(new { reverts = moved.Id(), reason = "x" })).Status.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task What_a_rule_a_tag_or_nobody_decided_moves_and_what_nobody_knows_the_reason_of_stays()
    {
        // A ledger of its own: what is changed in it behind the ledger's back unbalances the books.
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        const string source = "gateway-1", account = "jane@labs.gov";
        await api.CreateAsync("/v1/sources", new { id = source });
        await api.SendAsync(Event("e-rule", source, account, From), Event("e-tag", source, account, From), Event("e-none", source, account, From), Event("e-old", source, account, From));
        await BasisAsync("e-tag", "3, sector = 3, sector_rule_id = null");
        await BasisAsync("e-none", "5, sector = 0, sector_rule_id = null");
        await BasisAsync("e-old", "null, sector = 3, sector_rule_id = null");

        var moved = await api.ReclassifyAsync(account, new { sector = "household", effective_from = From, reason = Reason });

        moved.Moved().Should().Be((4, 3, 6, 1));
        moved.Rows().Should().Equal("unclassified 15 0.00003 0", "government 15 0.00003 0", "enterprise 15 0.00003 0", "total 45 0.00009 0");
        (await database.SumsAsync(account)).Should().Be("1 45 0.00009, 3 15 0.00003");
        // And back: what was reclassified once is again.
        (await api.ReclassifyAsync(account, new { sector = "unclassified", effective_from = From, reason = Reason })).Moved().Should().Be((4, 3, 6, 1));
        (await database.SumsAsync(account)).Should().Be("0 45 0.00009, 3 15 0.00003");
        (await api.GetAsync($"/v1/events/{source}/e-rule")).GetProperty("reclassifications").EnumerateArray().Select(n => n.GetProperty("sector").GetString())
            .Should().Equal("household", "unclassified");

        // As a tag, and as a ledger of before, would have recorded it.
        Task BasisAsync(string id, string basis) => database.ExecuteAsync(
            $"""
            alter table ledger_entry disable trigger all; alter table rollup_delta disable trigger all;
            update ledger_entry set sector_basis = {basis} where event_id = '{id}' and source_id = (select id from sources where slug = '{source}');
            alter table ledger_entry enable trigger all; alter table rollup_delta enable trigger all;
            """);
    }

    [Theory]
    [InlineData(false, "2026-10-04T00:00:00Z", "1 15 0.00003, 2 30 0.00006, 3 15 0.00003")]
    [InlineData(true, null, "2 45 0.00009, 3 15 0.00003")]
    public async Task It_holds_until_the_accounts_next_sector_unless_that_is_replaced(bool replaces, string? end, string sums)
    {
        var (source, account) = await SourceAsync();
        await _api.CreateAsync("/v1/accounts", new { id = account, sectors = new object[] { new { sector = "enterprise" }, new { sector = "household", effective_from = "2026-10-04T00:00:00Z" } } });
        await _api.SendAsync(Event("e-1", source, account, "2026-10-01T00:00:00Z"), Event("e-2", source, account, From), Event("e-3", source, account, "2026-10-03T23:59:59.999999Z"),
            Event("e-4", source, account, "2026-10-04T00:00:00Z"));

        var moved = await _api.ReclassifyAsync(account, new { sector = "government", effective_from = From, replaces_following = replaces, reason = Reason });

        moved.GetProperty("effective_to").GetString().Should().Be(end);
        (await _database.SumsAsync(account)).Should().Be(sums);
        var sectors = (await _api.GetAsync($"/v1/accounts/{account}")).GetProperty("sectors").EnumerateArray().Select(s => s.GetProperty("sector").GetString());
        sectors.Should().Equal(replaces ? ["enterprise", "government"] : ["enterprise", "government", "household"]);
    }

    [Fact]
    public async Task Repricings_and_reversals_before_and_after_it_each_take_back_what_is_in_force()
    {
        var (source, account) = await SourceAsync();
        var model = $"model-{account}";
        await _api.CreateAsync("/v1/accounts", new { id = account, sectors = new[] { new { sector = "enterprise" } } });
        await _api.CardAsync(model, "2026-09-01T00:00:00Z", "100000", "100000");
        await _api.SendAsync(Enumerable.Range(0, 4).Select(i => Event($"e-{i}", source, account, From, value: null, model: model)));
        (await _database.SumsAsync(account)).Should().Be("3 60 6");
        await _api.CreateAsync("/v1/rate-cards", new { producer = "moonshot", model, effective_from = From, unit_values = new { input = "200000", output = "200000" } });
        await _api.CreateAsync("/v1/rate-cards", new { producer = "moonshot", model, sector = "government", effective_from = From, unit_values = new { input = "300000", output = "300000" } });
        object window = new { start = RepricingSteps.Start, end = RepricingSteps.End, filter = new { source = new[] { source } }, reason = "prices" };
        var dryRun = await _api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, filter = new { source = new[] { source } }, dry_run = true });
        var repriced = await _api.RepriceAsync(window);
        (await _database.SumsAsync(account)).Should().Be("3 60 12");
        await _api.CreateAsync($"/v1/events/{source}/e-0/reversal", new { });
        var other = await _api.RepriceAsync(new { start = RepricingSteps.Start, end = RepricingSteps.End, filter = new { source = new[] { source }, sector = new[] { "government" } }, dry_run = true });
        other.Counts().Examined.Should().Be(0);

        // The prices that they had; the reversed one stays where it was.
        (await _api.ReclassifyAsync(account, new { sector = "government", effective_from = From, reason = Reason })).Moved().Should().Be((4, 3, 6, 0));
        (await _database.SumsAsync(account)).Should().Be("2 45 9");
        (await _api.RefusedAsync(new { confirms = dryRun.Id(), reason = "x" })).Status.Should().Be(HttpStatusCode.Conflict);
        (await _api.RefusedAsync(new { confirms = other.Id(), reason = "x" })).Text.Should().Contain("superseded");

        // The repricing of before is taken back in the sector of now.
        (await _api.RepriceAsync(new { reverts = repriced.Id(), reason = "back" })).Counts().Should().Be((4, 3, 0));
        (await _database.SumsAsync(account)).Should().Be("2 45 4.5");

        // Priced anew, by the sector in force.
        var again = await _api.RepriceAsync(new
        {
            start = RepricingSteps.Start, end = RepricingSteps.End, filter = new { source = new[] { source }, sector = new[] { "government" } }, reason = "the sector's prices",
        });
        again.Counts().Should().Be((3, 3, 0));
        (await _database.SumsAsync(account)).Should().Be("2 45 13.5");
        await _api.CreateAsync($"/v1/events/{source}/e-1/reversal", new { });
        (await _database.SumsAsync(account)).Should().Be("2 30 9");

        // And on: what a repricing has recorded moves as it is.
        (await _api.ReclassifyAsync(account, new { sector = "household", effective_from = From, reason = Reason })).Moved().Should().Be((4, 2, 4, 0));
        (await _database.SumsAsync(account)).Should().Be("1 30 9");
        await _api.CreateAsync($"/v1/events/{source}/e-2/reversal", new { });
        await _api.CreateAsync($"/v1/events/{source}/e-3/reversal", new { });
        (await _database.SumsAsync(account)).Should().Be("");
        var receipt = await _api.GetAsync($"/v1/events/{source}/e-2");
        receipt.GetProperty("repricings").GetArrayLength().Should().Be(3);
        receipt.GetProperty("reclassifications").EnumerateArray().Select(n => n.GetProperty("sector").GetString()).Should().Equal("government", "household");
        receipt.GetProperty("reversal").ValueKind.Should().Be(JsonValueKind.Object);
        await _api.ShouldBeBalancedAsync();
    }

    [Fact]
    public async Task Figures_move_today_and_those_as_of_yesterday_do_not()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() - interval '2 days' $$");
        await api.SendAsync(Enumerable.Range(0, 20).Select(i => Event($"e-{i}", "gateway-1", i % 2 == 0 ? "acme" : "other", From)));
        await database.ExecuteAsync("create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$");
        var asOf = (await database.ScalarAsync<string>("select to_char((clock_timestamp() at time zone 'UTC')::date - 1, 'YYYY-MM-DD')"));
        var before = await api.FiguresAsync("sector");

        await api.ReclassifyAsync("acme", new { sector = "government", effective_from = From, reason = Reason });

        before.Should().BeEquivalentTo(new Dictionary<string, decimal> { ["unclassified"] = 0.0006m });
        var after = await api.FiguresAsync("sector");
        (after["unclassified"], after["government"]).Should().Be((0.0003m, 0.0003m));
        (await api.FiguresAsync("sector", $"&as_of={asOf}")).Where(f => f.Value != 0).Should().BeEquivalentTo(before);
        (await api.FiguresAsync(""))[""].Should().Be(0.0006m);
        await api.ShouldBeBalancedAsync();
    }

    [Theory]
    [InlineData("""{"sector":"government","effective_from":"2026-10-01T00:00:00Z"}""", HttpStatusCode.UnprocessableEntity, "/reason")]
    [InlineData("""{"sector":"government","effective_from":"2026-10-01T00:00:00Z","reason":" "}""", HttpStatusCode.UnprocessableEntity, "/reason")]
    [InlineData("""{"sector":"nobody","effective_from":"2026-10-01T00:00:00Z","reason":"x"}""", null, "sector")]
    [InlineData("""{"sector":"government","reason":"x"}""", null, "effective_from")]
    [InlineData("""{"sector":"government","effective_from":"2026-10-01T00:00:00Z","reason":"x"}""", HttpStatusCode.NotFound, "never-seen")]
    [InlineData("""{"sector":"government","effective_from":"2026-10-01T00:00:00Z","dry_run":true}""", HttpStatusCode.NotFound, "never-seen")]
    public async Task What_can_not_be_done_is_refused(string body, HttpStatusCode? status, string text)
    {
        using var answer = await _api.PostAsync("/v1/accounts/never-seen/reclassifications", body);

        answer.StatusCode.Should().BeOneOf(status is { } known ? [known] : [HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity]);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(text);
        (await _api.Client.GetAsync("/v1/accounts/never-seen/reclassifications")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_one_account_one_is_under_way_at_a_time()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString);
        await api.CreateAsync("/v1/accounts", new { id = "köln/1" });
        await api.CreateAsync("/v1/accounts", new { id = "other" });
        var request = new { sector = "government", effective_from = From, reason = Reason };
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync();
        // As somebody who works at it, for a while.
        await using (var hold = new NpgsqlCommand("select pg_advisory_lock(hashtext('repricing'), hashint8(1))", holder))
            await hold.ExecuteNonQueryAsync();

        var first = api.ReclassifyAsync("köln/1", request);
        await Until.TrueAsync(async () => await database.ScalarAsync<long>("select count(*) from repricings") == 1, "the first");
        using var second = await api.Client.PostAsJsonAsync("/v1/accounts/k%C3%B6ln%2F1/reclassifications", request);
        await api.ReclassifyAsync("other", request);
        await holder.CloseAsync();
        NpgsqlConnection.ClearPool(holder);

        second.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await second.Content.ReadAsStringAsync()).Should().Contain("not_completed");
        (await first).GetProperty("account").GetString().Should().Be("köln/1");
        (await api.ReclassifyAsync("köln/1", request)).Moved().Changed.Should().Be(0);
    }

    private async Task<(string Source, string Account)> SourceAsync()
    {
        var name = $"{Guid.NewGuid():N}";
        await _api.CreateAsync("/v1/sources", new { id = $"s-{name}" });
        return ($"s-{name}", $"a-{name}");
    }

    private static string Event(string id, string source, string account, string at, string? sector = null, string? value = "2", string model = "kimi-k2") =>
        Events.Native(id, source, at, model: model, sector: sector, account: account, outputValue: value);
}
