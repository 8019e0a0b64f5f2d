using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Quarantine;

/// <summary>What can't be read waits, and somebody decides what becomes of it.</summary>
public sealed class QuarantineTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task What_was_held_back_is_listed_as_it_was_sent_without_its_texts()
    {
        await SourceAsync("listed");
        var id = await _api.HoldAsync(HeldUsage.Chat("listed", "l-1", "nobody-1"));

        var row = await _api.GetAsync($"/v1/quarantine/{id}");

        row.GetProperty("source").GetString().Should().Be("listed");
        row.GetProperty("event_id").GetString().Should().Be("l-1");
        row.GetProperty("status").GetString().Should().Be("open");
        row.GetProperty("code").GetString().Should().Be("unknown_producer");
        row.GetProperty("detail").GetString().Should().Contain("/v1/producers");
        row.GetProperty("shape").GetString().Should().Be("raw");
        row.GetProperty("producer").GetString().Should().Be("nobody-1");
        row.GetProperty("model").GetString().Should().Be("m-1");
        row.GetProperty("occurred_at").GetString().Should().StartWith("2026-10-05T10:00:00");
        row.GetProperty("id_taken").GetBoolean().Should().BeFalse();
        row.GetProperty("payload").GetProperty("response").GetProperty("usage").GetProperty("completion_tokens").GetInt32().Should().Be(5);
        row.ToString().Should().NotContain("secret");
        (await _api.Client.GetAsync("/v1/quarantine/999999999")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("source=filters", "f-1 f-2 f-3")]
    [InlineData("source=filters&code=sum_mismatch", "f-3")]
    [InlineData("source=filters&code=unknown_producer", "f-1 f-2")]
    [InlineData("source=filters&shape=raw", "f-1 f-2 f-3")]
    [InlineData("source=filters&shape=litellm", "")]
    [InlineData("source=filters&producer=nobody-b", "f-2")]
    [InlineData("source=filters&model=m-a", "f-1")]
    [InlineData("source=filters&start=2100-01-01T00:00:00Z", "")]
    [InlineData("source=filters&end=2100-01-01T00:00:00Z", "f-1 f-2 f-3")]
    [InlineData("source=filters&end=2000-01-01T00:00:00Z", "")]
    [InlineData("source=filters&status=released", "f-5")]
    [InlineData("source=filters&status=discarded", "f-4")]
    public async Task Each_filter_finds_its_own(string query, string expected)
    {
        if (await fixture.Database.ScalarAsync<long>("select count(*) from sources where slug = 'filters'") == 0)
        {
            await SourceAsync("filters");
            await _api.HoldAsync(HeldUsage.Chat("filters", "f-1", "nobody-a", model: "m-a"));
            await _api.HoldAsync(HeldUsage.Chat("filters", "f-2", "nobody-b"));
            await _api.HoldAsync(HeldUsage.Broken("filters", "f-3"));
            await _api.DiscardAsync(await _api.HoldAsync(HeldUsage.Broken("filters", "f-4")));
            (await _api.ReleaseAsync(await _api.HoldAsync(HeldUsage.Chat("filters", "f-5", "nobody-c")), new { producer = "openai" })).Status.Should().Be(HttpStatusCode.Created);
        }

        var ids = (await _api.ListAsync($"?{query}")).Select(e => e.GetProperty("event_id").GetString()).Order(StringComparer.Ordinal);

        string.Join(' ', ids).Should().Be(expected);
    }

    [Theory]
    [InlineData("status=gone")]
    [InlineData("start=yesterday")]
    [InlineData("cursor=zzz")]
    [InlineData("limit=0")]
    [InlineData("code=a%00b")]
    public async Task A_filter_that_is_none_is_refused(string query) =>
        (await _api.Client.GetAsync($"/v1/quarantine?{query}")).StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);

    [Fact]
    public async Task Pages_follow_each_other_the_newest_first()
    {
        await SourceAsync("pages");
        for (var i = 0; i < 5; i++)
            await _api.HoldAsync(HeldUsage.Broken("pages", $"p-{i}"));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _api.GetAsync($"/v1/quarantine?source=pages&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("event_id").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        seen.Should().Equal("p-4", "p-3", "p-2", "p-1", "p-0");
    }

    [Fact]
    public async Task Reasons_say_what_to_mend_the_most_first()
    {
        await SourceAsync("reasons");
        await _api.HoldAsync(HeldUsage.Chat("reasons", "r-1", "nobody-r"));
        var latest = await _api.HoldAsync(HeldUsage.Chat("reasons", "r-2", "nobody-r"));
        await _api.HoldAsync(HeldUsage.Broken("reasons", "r-3"));
        await _api.DiscardAsync(await _api.HoldAsync(HeldUsage.Broken("reasons", "r-4")));

        var rows = (await _api.GetAsync("/v1/quarantine/reasons?source=reasons")).GetProperty("items").EnumerateArray().ToList();

        rows.Select(r => (r.GetProperty("code").GetString(), r.GetProperty("producer").GetString(), r.GetProperty("events").GetInt64()))
            .Should().Equal(("unknown_producer", "nobody-r", 2), ("sum_mismatch", "openai", 1));
        rows[0].GetProperty("latest_id").GetInt64().Should().Be(latest);
        rows[0].GetProperty("latest_detail").GetString().Should().StartWith("/provider: ");
    }

    [Fact]
    public async Task After_an_alias_was_added_one_call_releases_all_that_waited_for_it()
    {
        await SourceAsync("alias");
        await _api.CreateAsync("/v1/producers", new { id = "alias-factory", name = "x", kind = "both" });
        var first = await _api.HoldAsync(HeldUsage.Chat("alias", "a-1", "Alias-Cloud"));
        await _api.HoldAsync(HeldUsage.Chat("alias", "a-2", "alias-cloud"));
        await _api.HoldAsync(HeldUsage.Chat("alias", "a-3", "alias-other"));
        await _api.HoldAsync(HeldUsage.Broken("alias", "a-4"));

        var early = await _api.ReleaseAsync(first);
        var batches = await BatchesAsync("alias");
        using (await _api.Client.PatchAsync("/v1/producers/alias-factory", new StringContent("""{"aliases":["alias-cloud"]}""", System.Text.Encoding.UTF8, "application/json")))
        {
        }

        var (status, counts) = await HeldUsage.AskAsync(_api.Client, "/v1/quarantine/release", new { source = "alias" });
        var (_, again) = await HeldUsage.AskAsync(_api.Client, "/v1/quarantine/release", new { source = "alias" });
        var receipt = await _api.GetAsync("/v1/events/alias/a-1");

        early.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        early.Body.GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_producer");
        batches.Should().Be(4, "what still can't be read leaves no trace");
        status.Should().Be(HttpStatusCode.OK);
        CountsOf(counts).Should().Be((4, 2, 2, 0));
        counts.GetProperty("reasons").EnumerateArray().Select(r => r.GetProperty("code").GetString()).Should().BeEquivalentTo("unknown_producer", "sum_mismatch");
        CountsOf(again).Should().Be((2, 0, 2, 0));
        receipt.GetProperty("producer").GetString().Should().Be("alias-factory");
        receipt.GetProperty("usage_profile").GetString().Should().Be("openai_chat/2");
        (await _api.StatusAsync(first)).Should().Be("released");
        (await _api.ReleaseAsync(first)).Status.Should().Be(HttpStatusCode.OK);
        await _api.BooksAsync();
    }

    [Fact]
    public async Task What_was_decided_reads_it_and_the_event_stays_what_was_sent()
    {
        await SourceAsync("decided");
        var sent = HeldUsage.Chat("decided", "d-1", "nobody-d", flavor: null);
        var id = await _api.HoldAsync(sent);

        var asSent = await _api.ReleaseAsync(id);
        var byProfileAlone = await _api.ReleaseAsync(id, new { profile = "openai_chat" });
        var released = await _api.ReleaseAsync(id, new { profile = "openai_chat", producer = "Moonshot_AI" });
        using var sentAgain = await _api.PostAsync("/v1/ingest/raw", sent);

        (await _api.ListAsync("?source=decided&status=released")).Single().GetProperty("code").GetString().Should().Be("unknown_profile");
        asSent.Body.GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_profile");
        byProfileAlone.Body.GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_producer");
        released.Status.Should().Be(HttpStatusCode.Created, released.Body.ToString());
        released.Body.GetProperty("producer").GetString().Should().Be("moonshot");
        released.Body.GetProperty("usage_profile").GetString().Should().Be("openai_chat/2");
        released.Body.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("quantity").GetString()).Should().Equal("10", "5");
        sentAgain.StatusCode.Should().Be(HttpStatusCode.OK, "it is the same event");
        await _api.BooksAsync();
    }

    [Fact]
    public async Task A_usage_that_reports_no_tokens_once_it_can_be_read_is_not_released()
    {
        await SourceAsync("nothing");
        var id = await _api.HoldAsync(HeldUsage.Chat("nothing", "n-1", "nobody-n", flavor: null, completion: 0).Replace("_tokens\":10", "_tokens\":0", StringComparison.Ordinal));

        var released = await _api.ReleaseAsync(id, new { profile = "openai_chat", producer = "openai" });

        released.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        released.Body.GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("no_tokens");
    }

    [Fact]
    public async Task What_is_given_up_is_not_released_and_what_is_released_is_not_given_up()
    {
        await SourceAsync("given-up");
        var discarded = await _api.HoldAsync(HeldUsage.Chat("given-up", "g-1", "nobody-g"));
        var released = await _api.HoldAsync(HeldUsage.Chat("given-up", "g-2", "nobody-g"));

        var first = await _api.DiscardAsync(discarded, "a test of the gateway");
        var second = await _api.DiscardAsync(discarded, "another reason");
        (await _api.ReleaseAsync(released, new { producer = "openai" })).Status.Should().Be(HttpStatusCode.Created);

        first.Status.Should().Be(HttpStatusCode.OK);
        first.Body.GetProperty("status").GetString().Should().Be("discarded");
        second.Body.GetProperty("discarded_reason").GetString().Should().Be("a test of the gateway");
        (await _api.ReleaseAsync(discarded, new { producer = "openai" })).Body.GetProperty("code").GetString().Should().Be("discarded");
        (await _api.DiscardAsync(released)).Body.GetProperty("code").GetString().Should().Be("already_released");
        (await _api.DiscardAsync(999_999_999)).Status.Should().Be(HttpStatusCode.NotFound);
        (await _api.DiscardAsync(released, " ")).Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await _api.ReleaseAsync(999_999_999)).Status.Should().Be(HttpStatusCode.NotFound);
        (await _api.ReleaseAsync(released, new { profile = "no_such" })).Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        await _api.BooksAsync();
    }

    [Fact]
    public async Task What_was_given_up_and_is_sent_again_when_it_can_be_read_is_in_the_ledger()
    {
        await SourceAsync("again");
        var sent = HeldUsage.Chat("again", "s-1", "later-known");
        var id = await _api.HoldAsync(sent);
        await _api.DiscardAsync(id);
        await _api.CreateAsync("/v1/producers", new { id = "later-known", name = "x", kind = "both" });

        using var answer = await _api.PostAsync("/v1/ingest/raw", sent);

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        (await _api.StatusAsync(id)).Should().Be("released");
        await _api.BooksAsync();
    }

    [Fact]
    public async Task An_id_that_other_content_has_taken_is_not_released_and_costs_nothing()
    {
        await SourceAsync("taken");
        var id = await _api.HoldAsync(HeldUsage.Chat("taken", "t-1", "nobody-t"));
        using var corrected = await _api.PostAsync("/v1/ingest/raw", HeldUsage.Chat("taken", "t-1", "openai"));
        var batches = await BatchesAsync("taken");

        var released = await _api.ReleaseAsync(id, new { producer = "openai" });
        var (_, counts) = await HeldUsage.AskAsync(_api.Client, "/v1/quarantine/release", new { source = "taken" });

        corrected.StatusCode.Should().Be(HttpStatusCode.Created);
        released.Status.Should().Be(HttpStatusCode.Conflict);
        released.Body.GetProperty("code").GetString().Should().Be("content_conflict");
        CountsOf(counts).Should().Be((1, 0, 0, 1));
        (await BatchesAsync("taken")).Should().Be(batches);
        (await _api.GetAsync($"/v1/quarantine/{id}")).GetProperty("id_taken").GetBoolean().Should().BeTrue();
        (await _api.DiscardAsync(id)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_releases_what_it_may_write_and_nothing_else()
    {
        await SourceAsync("mine");
        await SourceAsync("theirs");
        var mine = await _api.HoldAsync(HeldUsage.Chat("mine", "k-1", "nobody-k"));
        var theirs = await _api.HoldAsync(HeldUsage.Chat("theirs", "k-1", "nobody-k"));
        var key = (await _api.CreateAsync("/v1/api-keys", new { name = "x", scopes = new[] { "ingest" }, sources = new[] { "mine" } })).GetProperty("key").GetString();
        using var client = _api.ClientWith(key);

        var refused = await HeldUsage.AskAsync(client, $"/v1/quarantine/{theirs}/release", new { producer = "openai" });
        var refusedToo = await HeldUsage.AskAsync(client, "/v1/quarantine/release", new { source = "theirs" });
        var all = await HeldUsage.AskAsync(client, "/v1/quarantine/release", null);
        var own = await HeldUsage.AskAsync(client, $"/v1/quarantine/{mine}/release", new { producer = "openai" });

        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        refusedToo.Status.Should().Be(HttpStatusCode.Forbidden);
        CountsOf(all.Body).Should().Be((1, 0, 1, 0));
        own.Status.Should().Be(HttpStatusCode.Created);
        (await _api.StatusAsync(theirs)).Should().Be("open");
    }

    [Fact]
    public async Task The_books_count_what_became_of_each()
    {
        await SourceAsync("books");
        var before = (await _api.BooksAsync()).GetProperty("quarantine");
        await _api.HoldAsync(HeldUsage.Broken("books", "b-1"));
        await _api.DiscardAsync(await _api.HoldAsync(HeldUsage.Broken("books", "b-2")));
        await _api.ReleaseAsync(await _api.HoldAsync(HeldUsage.Chat("books", "b-3", "nobody-b")), new { producer = "openai" });

        var after = await _api.BooksAsync();

        foreach (var status in new[] { "open", "released", "discarded" })
            after.GetProperty("quarantine").GetProperty(status).GetInt64().Should().Be(before.GetProperty(status).GetInt64() + 1, status);
        (await fixture.Database.ScalarAsync<long>("select sum(accepted) from ledger_batch b join sources s on s.id = b.source_id where s.slug = 'books'")).Should().Be(1);
        (await _api.GetAsync("/v1/reconciliation")).GetProperty("quarantine").GetProperty("open").GetInt64().Should().BePositive();
    }

    private static (long LookedAt, long Released, long StillHeld, long Conflict) CountsOf(JsonElement answer) => (
        answer.GetProperty("looked_at").GetInt64(), answer.GetProperty("released").GetInt64(),
        answer.GetProperty("still_held").GetInt64(), answer.GetProperty("conflict").GetInt64());

    private Task<long> BatchesAsync(string source) =>
        fixture.Database.ScalarAsync<long>($"select count(*) from ledger_batch b join sources s on s.id = b.source_id where s.slug = '{source}'");

    private Task<JsonElement> SourceAsync(string id) => _api.CreateAsync("/v1/sources", new { id });
}
