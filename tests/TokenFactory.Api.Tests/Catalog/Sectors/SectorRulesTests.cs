using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog.Sectors;

/// <summary>Sector rules over HTTP: they decide what nobody says, are ended and not changed, and every entry keeps the one that decided.</summary>
public sealed class SectorRulesTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("jane@state.gov", "government", "domain_suffix", "gov")]
    [InlineData("ops@HMRC.gov.uk", "government", "domain_suffix", "gov.uk")]
    [InlineData("statcan.gc.ca", "government", "domain_suffix", "gc.ca")]
    [InlineData("impots.gouv.fr", "government", "domain_suffix", "gouv.fr")]
    [InlineData("bmi.bund.de", "government", "domain_suffix", "bund.de")]
    [InlineData("sat.gob.mx", "government", "domain_suffix", "gob.mx")]
    [InlineData("mof.go.jp", "government", "domain_suffix", "go.jp")]
    [InlineData("mof.gov.cn", "government", "domain_suffix", "gov.cn")]
    [InlineData("ec.europa.eu", "government", "domain_suffix", "europa.eu")]
    [InlineData("army.mil", "government", "domain_suffix", "mil")]
    [InlineData("toyota.co.jp", "enterprise", "domain_suffix", "co.jp")]
    [InlineData("Example Inc.", "enterprise", "legal_form", "inc")]
    [InlineData("Muster GmbH & Co. KG", "enterprise", "legal_form", "gmbh & co kg")]
    [InlineData("Société S.A.", "enterprise", "legal_form", "sa")]
    [InlineData("Nordic Oy", "enterprise", "legal_form", "oy")]
    [InlineData("阿里巴巴（中国）有限公司", "enterprise", "legal_form", "有限公司")]
    [InlineData("Meiji K.K.", "enterprise", "legal_form", "kk")]
    [InlineData("jane@gmail.com", "unclassified", null, null)]
    [InlineData("jane.doe", "unclassified", null, null)]
    public async Task An_account_that_nobody_classified_counts_for_what_a_built_in_rule_says_or_for_none(string account, string sector, string? kind, string? value)
    {
        var source = await SourceAsync();
        using var quoted = await _api.PostAsync("/v1/quotes", JsonSerializer.Serialize(new
        {
            occurred_at = "2026-10-05T10:00:00Z", producer = "moonshot", model = "kimi-k2", account, usage = new { input = 10 },
        }));

        using var answer = await _api.PostAsync("/v1/events", Events.Native("e-1", source, account: account));

        var quote = JsonDocument.Parse(await quoted.Content.ReadAsStringAsync()).RootElement;
        quote.GetProperty("sector").GetString().Should().Be(sector, "a quote for an account that is not known yet is by the same rule");
        var receipt = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        receipt.GetProperty("sector").GetString().Should().Be(sector);
        receipt.GetProperty("sector_basis").GetString().Should().Be(kind is null ? "none" : "rule");
        var classification = (await _api.GetAsync($"/v1/accounts/{Uri.EscapeDataString(account)}")).GetProperty("classification");
        classification.GetProperty("sector").GetString().Should().Be(sector);
        classification.GetProperty("basis").GetString().Should().Be(kind is null ? "none" : "rule");
        foreach (var entry in (await _api.GetAsync($"/v1/ledger/entries?source={source}")).GetProperty("items").EnumerateArray())
        {
            entry.GetProperty("sector_basis").GetString().Should().Be(kind is null ? "none" : "rule");
            if (kind is null)
            {
                entry.GetProperty("sector_rule_id").ValueKind.Should().Be(JsonValueKind.Null);
                continue;
            }

            var id = entry.GetProperty("sector_rule_id").GetInt32();
            id.Should().Be(receipt.GetProperty("sector_rule").GetInt32()).And.Be(classification.GetProperty("rule").GetInt32());
            var rule = await _api.GetAsync($"/v1/sector-rules/{id}");
            (rule.GetProperty("kind").GetString(), rule.GetProperty("value").GetString()).Should().Be((kind, value));
            rule.GetProperty("provenance").GetString().Should().StartWith("built in: ");
        }
    }

    [Theory]
    [InlineData("Family", "household")]
    [InlineData("enterprise", "enterprise")]
    [InlineData("public sector", "government")]
    [InlineData("free", "unclassified")]
    [InlineData("pro", "unclassified")]
    public async Task An_accounts_plan_decides_where_it_says_for_whom_it_is(string plan, string sector)
    {
        var source = await SourceAsync();
        var id = $"customer-{Guid.NewGuid():N}";
        (await _api.CreateAsync("/v1/accounts", new { id, plan })).GetProperty("plan").GetString().Should().Be(plan);

        using var answer = await _api.PostAsync("/v1/events", Events.Native("e-1", source, account: id));

        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("sector").GetString().Should().Be(sector);
        using var taken = await _api.Client.PatchAsync($"/v1/accounts/{id}", new StringContent("""{"plan":""}""", System.Text.Encoding.UTF8, "application/json"));
        var left = JsonDocument.Parse(await taken.Content.ReadAsStringAsync()).RootElement;
        left.GetProperty("plan").ValueKind.Should().Be(JsonValueKind.Null);
        (await _api.GetAsync($"/v1/accounts/{id}")).GetProperty("classification").GetProperty("basis").GetString().Should().Be("none");
    }

    [Fact]
    public async Task What_the_event_or_the_account_says_beats_every_rule()
    {
        var source = await SourceAsync();
        await _api.CreateAsync("/v1/accounts", new { id = "jane@labs.gov", sectors = new object[] { new { sector = "enterprise", effective_from = "2026-10-05T00:00:00Z" } } });

        (await BasisAsync(source, "e-1", "jane@labs.gov", "household", "2026-10-05T10:00:00Z")).Should().Be(("household", "event"));
        (await BasisAsync(source, "e-2", "jane@labs.gov", null, "2026-10-05T10:00:00Z")).Should().Be(("enterprise", "account"));
        (await BasisAsync(source, "e-3", "jane@labs.gov", null, "2026-10-04T10:00:00Z")).Should().Be(("government", "rule"));
    }

    [Fact]
    public async Task A_rule_is_ended_and_followed_by_another_and_entries_keep_the_one_that_decided()
    {
        var source = await SourceAsync();
        var first = await _api.CreateAsync("/v1/sector-rules", new { kind = "domain_suffix", value = "*.Versions.example", sector = "government", provenance = "the registry" });
        var id = first.GetProperty("id").GetInt32();
        first.GetProperty("value").GetString().Should().Be("versions.example");
        first.GetProperty("effective_from").ValueKind.Should().Be(JsonValueKind.Null);
        (await BasisAsync(source, "e-1", "a@versions.example", null, "2026-10-05T10:00:00Z")).Should().Be(("government", "rule"));

        using var beside = await _api.PostAsync("/v1/sector-rules", """{"kind":"domain_suffix","value":"versions.example","sector":"enterprise","effective_from":"2026-10-06T00:00:00Z","provenance":"x"}""");
        beside.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await beside.Content.ReadAsStringAsync()).Should().Contain("overlaps").And.Contain(id.ToString(CultureInfo.InvariantCulture));
        var ended = await OkAsync($"/v1/sector-rules/{id}/end", """{"effective_to":"2026-10-06T02:00:00+02:00","reason":"opened to everyone"}""");
        ended.GetProperty("effective_to").GetString().Should().Be("2026-10-06T00:00:00Z");
        ended.GetProperty("ends").GetArrayLength().Should().Be(1);
        var second = await _api.CreateAsync("/v1/sector-rules", new { kind = "domain_suffix", value = "versions.example", sector = "enterprise", effective_from = "2026-10-06T00:00:00Z", provenance = "the registry" });
        using var again = await _api.PostAsync($"/v1/sector-rules/{id}/end", """{"effective_to":"2026-10-07T00:00:00Z","reason":"x"}""");
        again.StatusCode.Should().Be(HttpStatusCode.Conflict, "the other rule holds then");

        (await BasisAsync(source, "e-2", "a@versions.example", null, "2026-10-05T23:59:59.999999Z")).Should().Be(("government", "rule"));
        (await BasisAsync(source, "e-3", "a@versions.example", null, "2026-10-06T00:00:00Z")).Should().Be(("enterprise", "rule"));
        await OkAsync($"/v1/sector-rules/{second.GetProperty("id").GetInt32()}/end", """{"effective_to":"2000-01-01T00:00:00Z","reason":"it was wrong"}""");
        (await BasisAsync(source, "e-4", "a@versions.example", null, "2026-10-06T00:00:00Z")).Should().Be(("unclassified", "none"));
        var entries = (await _api.GetAsync($"/v1/ledger/entries?source={source}")).GetProperty("items").EnumerateArray().ToList();
        entries.Select(e => (e.GetProperty("event_id").GetString(), e.GetProperty("sector_rule_id").ToString())).Distinct().Should().Equal(
            ("e-1", $"{id}"), ("e-2", $"{id}"), ("e-3", $"{second.GetProperty("id").GetInt32()}"), ("e-4", ""));
    }

    [Fact]
    public async Task Rules_are_listed_by_kind_and_sector_page_by_page()
    {
        var all = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var page = await _api.GetAsync($"/v1/sector-rules?kind=domain_suffix&sector=government&limit=50{cursor}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            if (page.GetProperty("next_cursor").GetString() is not { } next)
                break;
            cursor = $"&cursor={next}";
        }

        all.Should().OnlyContain(r => r.GetProperty("kind").GetString() == "domain_suffix" && r.GetProperty("sector").GetString() == "government");
        all.Select(r => r.GetProperty("id").GetInt32()).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        all.Count.Should().BeGreaterThan(100);
        using var unknown = await _api.Client.GetAsync("/v1/sector-rules?kind=colour&sector=nobody");
        unknown.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await unknown.Content.ReadAsStringAsync()).Should().Contain("?kind").And.Contain("?sector");
        (await _api.Client.GetAsync("/v1/sector-rules/999999")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"kind":"domain_suffix","value":"no domain","sector":"government","provenance":"x"}""", "/value")]
    [InlineData("""{"kind":"legal_form","value":"a b c d e f","sector":"enterprise","provenance":"x"}""", "/value")]
    [InlineData("""{"kind":"plan","value":" x","sector":"enterprise","provenance":"x"}""", "/value")]
    [InlineData("""{"kind":"plan","value":"x","sector":"enterprise","provenance":""}""", "/provenance")]
    [InlineData("""{"kind":"plan","value":"x","sector":"enterprise","effective_from":"2026-01-01T00:00:00Z","effective_to":"2026-01-01T00:00:00Z","provenance":"x"}""", "/effective_to")]
    [InlineData("""{"kind":"plan","value":"x","sector":"enterprise"}""", "provenance")]
    [InlineData("""{"kind":"colour","value":"x","sector":"enterprise","provenance":"x"}""", "kind")]
    public async Task A_rule_that_can_not_be_compared_or_says_not_why_is_refused(string body, string pointer)
    {
        using var answer = await _api.PostAsync("/v1/sector-rules", body);

        answer.StatusCode.Should().BeOneOf(HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(pointer);
    }

    // A value in another form than it is compared in would never fit anything.
    [Fact]
    public async Task Every_built_in_rule_is_kept_as_it_is_compared_and_none_is_there_twice()
    {
        var rules = (await _api.GetAsync("/v1/sector-rules?limit=1000")).GetProperty("items").EnumerateArray()
            .Where(r => r.GetProperty("provenance").GetString()!.StartsWith("built in: ", StringComparison.Ordinal))
            .Select(r => (Kind: r.GetProperty("kind").GetString()!, Value: r.GetProperty("value").GetString()!)).ToList();

        rules.Should().OnlyHaveUniqueItems();
        foreach (var (kind, value) in rules)
        {
            var compared = kind switch
            {
                "domain_suffix" => SectorRuleValues.DomainSuffix(value),
                "legal_form" => SectorRuleValues.LegalForm(value),
                _ => SectorRuleValues.Plan(value),
            };
            compared.Should().Be(value);
        }
    }

    [Theory]
    [InlineData("update sector_rules set sector = 1")]
    [InlineData("delete from sector_rules")]
    [InlineData("update sector_rule_ends set effective_to = now()")]
    [InlineData("delete from sector_rule_ends")]
    public async Task The_service_can_neither_change_nor_remove_a_rule(string sql)
    {
        var attempt = () => fixture.Database.ExecuteAsync($"set role tokenfactory_service; {sql}");

        (await attempt.Should().ThrowAsync<Npgsql.PostgresException>()).Which.SqlState.Should().Be(Npgsql.PostgresErrorCodes.InsufficientPrivilege);
    }

    private async Task<(string? Sector, string? Basis)> BasisAsync(string source, string id, string account, string? sector, string occurredAt)
    {
        using var answer = await _api.PostAsync("/v1/events", Events.Native(id, source, occurredAt, sector: sector, account: account));
        var receipt = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (receipt.GetProperty("sector").GetString(), receipt.GetProperty("sector_basis").GetString());
    }

    private async Task<JsonElement> OkAsync(string path, string body)
    {
        using var answer = await _api.PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<string> SourceAsync()
    {
        var id = $"rules-{Guid.NewGuid():N}";
        await _api.CreateAsync("/v1/sources", new { id });
        return id;
    }
}
