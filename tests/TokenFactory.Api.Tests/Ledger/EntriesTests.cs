using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>The ledger's rows, page by page.</summary>
public sealed class EntriesTests(EntriesTests.Ledger ledger) : IClassFixture<EntriesTests.Ledger>
{
    private readonly ApiProcess _api = ledger.Service.Api;

    /// <summary>Three sources whose transactions alternate: 90 events, 180 entries.</summary>
    public sealed class Ledger : IAsyncLifetime
    {
        public ApiFixture Service { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Service.InitializeAsync();
            string[] sources = ["a", "b", "c"];
            foreach (var source in sources)
                await Service.Api.CreateAsync("/v1/sources", new { id = source });
            for (var batch = 0; batch < 6; batch++)
            {
                foreach (var source in sources)
                {
                    var events = Enumerable.Range(0, 5).Select(i => Events.Native(
                        $"{batch}-{i}", source, $"2026-0{batch + 1}-05T10:00:00Z", sector: i % 2 == 0 ? "household" : null, account: $"account-{i}"));
                    using var answer = await Service.Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
                    answer.StatusCode.Should().Be(HttpStatusCode.OK);
                }
            }
        }

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(180)]
    [InlineData(10_000)]
    public async Task Pages_of_any_size_hold_every_row_once_and_in_one_order(int limit)
    {
        var whole = (await _api.GetAsync("/v1/ledger/entries?limit=10000")).GetProperty("items").EnumerateArray().Select(KeyOf).ToList();

        var paged = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _api.GetAsync($"/v1/ledger/entries?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(KeyOf));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        whole.Should().HaveCount(180).And.OnlyHaveUniqueItems();
        paged.Should().Equal(whole);
    }

    [Fact]
    public async Task Lines_and_tables_are_the_same_rows_and_the_header_leads_to_the_next_page()
    {
        var page = (await _api.GetAsync("/v1/ledger/entries?source=b&limit=10")).GetProperty("items").EnumerateArray().ToList();

        using var lines = await _api.Client.GetAsync("/v1/ledger/entries?source=b&limit=10&format=ndjson");
        using var table = await _api.Client.GetAsync("/v1/ledger/entries?source=b&limit=10&format=csv");
        var link = lines.Headers.GetValues("Link").Single();
        using var next = await _api.Client.GetAsync(link[1..link.IndexOf('>', StringComparison.Ordinal)]);

        (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => KeyOf(JsonDocument.Parse(line).RootElement)).Should().Equal(page.Select(KeyOf));
        (await table.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(row => string.Join(' ', row.Split(',')[1..4])).Should().Equal(page.Select(KeyOf));
        (await next.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => KeyOf(JsonDocument.Parse(line).RootElement)).Should().HaveCount(10).And.NotIntersectWith(page.Select(KeyOf));
    }

    [Theory]
    [InlineData("source=a", 60)]
    [InlineData("producer=Kimi", 180)]
    [InlineData("event_id=3-2", 6)]
    [InlineData("sector=household", 108)]
    [InlineData("sector=unclassified&source=c", 24)]
    [InlineData("account=account-4", 36)]
    [InlineData("token_class=output", 90)]
    [InlineData("token_class=cache_read", 0)]
    [InlineData("producer=moonshot&model=kimi-k2&service_tier=standard", 180)]
    [InlineData("producer=openai", 0)]
    [InlineData("start=2026-02-05T10:00:00Z&end=2026-04-05T10:00:00Z", 60)]
    [InlineData("recorded_from=2100-01-01T00:00:00Z", 0)]
    [InlineData("recorded_to=2100-01-01T00:00:00Z", 180)]
    public async Task Filters_hold_what_they_say(string filter, int expected) =>
        (await _api.GetAsync($"/v1/ledger/entries?limit=10000&{filter}")).GetProperty("items").GetArrayLength().Should().Be(expected);

    [Theory]
    [InlineData("limit=0")]
    [InlineData("source=nobody")]
    [InlineData("producer=nobody")]
    [InlineData("model=nobody")]
    [InlineData("account=nobody")]
    [InlineData("modle=kimi-k2")]
    [InlineData("source=a&source=b")]
    [InlineData("limit=10001")]
    [InlineData("cursor=nonsense")]
    [InlineData("cursor=MS4yLjMuNA")]
    [InlineData("sector=nobody")]
    [InlineData("start=yesterday")]
    [InlineData("format=xml")]
    [InlineData("source=%00")]
    public async Task What_can_not_be_read_is_refused(string query)
    {
        using var answer = await _api.Client.GetAsync($"/v1/ledger/entries?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0].GetProperty("pointer").GetString()
            .Should().Be($"?{query[..query.IndexOf('=', StringComparison.Ordinal)]}");
    }

    private static string KeyOf(JsonElement entry) => $"{entry.GetProperty("source").GetString()} {entry.GetProperty("batch_id").GetInt64()} {entry.GetProperty("entry_no").GetInt32()}";
}
