using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>Taking events back: exactly the one that is named, once.</summary>
public sealed class ReversalTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("100%")]
    [InlineData("a%41")]
    [InlineData("a b?c#d&e=f+g")]
    [InlineData("\u8BF7\u6C42")]
    [InlineData("..")]
    public async Task An_id_of_any_characters_is_addressed_exactly(string id)
    {
        var source = await SourceAsync($"exact-{Guid.NewGuid():N}");
        // Neighbours that a path decoded once too often, or not often enough, would hit instead.
        string[] ids = [.. new[] { id, Uri.UnescapeDataString(id), Uri.EscapeDataString(id), "aA", "a/b", "a" }.Distinct()];
        using var sent = await _api.PostAsync("/v1/events", Events.Join(ids.Select((other, i) => Events.Native(other, source, input: i))), Events.Lines);
        sent.StatusCode.Should().Be(HttpStatusCode.OK);

        // A client removes a segment of two dots from a path before it sends it: such an id can be asked for by the query alone.
        var found = id == ".." ? await _api.GetAsync($"/v1/events?source={source}&id=..") : await _api.GetAsync($"/v1/events/{source}/{Uri.EscapeDataString(id)}");
        found.GetProperty("id").GetString().Should().Be(id);
        (await _api.GetAsync($"/v1/events?source={source}&id={Uri.EscapeDataString(id)}")).GetProperty("id").GetString().Should().Be(id);
        if (id == "..")
            return;
        using var reversed = await _api.Client.PostAsJsonAsync($"/v1/events/{source}/{Uri.EscapeDataString(id)}/reversal", new { reason = "a test" });

        reversed.StatusCode.Should().Be(HttpStatusCode.Created);
        JsonDocument.Parse(await reversed.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString().Should().Be($"~reversal/{id}");
        foreach (var other in ids)
        {
            var receipt = await _api.GetAsync($"/v1/events?source={source}&id={Uri.EscapeDataString(other)}");
            (receipt.GetProperty("reversal").ValueKind != JsonValueKind.Null).Should().Be(other == id, other);
        }
    }

    [Fact]
    public async Task Each_entry_of_a_reversal_points_at_the_entry_that_it_takes_back()
    {
        var source = await SourceAsync("points");
        using var sent = await _api.PostAsync("/v1/events", Events.Join([Events.Native("x", source), Events.Native("y", source)]), Events.Lines);
        using var reversed = await _api.Client.PostAsync($"/v1/events/{source}/y/reversal", null);

        var entries = (await _api.GetAsync($"/v1/ledger/entries?source={source}")).GetProperty("items").EnumerateArray().ToList();
        entries.Should().HaveCount(6);
        var taken = entries.Where(e => e.GetProperty("event_id").GetString() == "y").ToList();
        var back = entries.Where(e => e.GetProperty("event_id").GetString() == "~reversal/y").ToList();
        back.Select(e => (e.GetProperty("reverses_batch_id").GetInt64(), e.GetProperty("reverses_entry_no").GetInt32()))
            .Should().Equal(taken.Select(e => (e.GetProperty("batch_id").GetInt64(), e.GetProperty("entry_no").GetInt32())));
        back.Select(e => e.GetProperty("quantity").GetString()).Should().Equal(taken.Select(e => $"-{e.GetProperty("quantity").GetString()}"));
        taken.Should().OnlyContain(e => e.GetProperty("reverses_batch_id").ValueKind == JsonValueKind.Null);
        (await _api.Client.GetStringAsync($"/v1/ledger/entries?source={source}&format=csv")).Split("\r\n")[0].Should().EndWith("reverses_batch_id,reverses_entry_no,sector_basis,sector_rule_id");
    }

    [Fact]
    public async Task Fifty_reversals_of_one_event_at_once_take_it_back_once()
    {
        var source = await SourceAsync("reverse-race");
        using var sent = await _api.PostAsync("/v1/events", Events.Native("a", source, producer: "mistral"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _api.Client.PostAsJsonAsync($"/v1/events/{source}/a/reversal", new { reason = $"{i}" })));

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).Should().Be(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).Should().Be(49);
        (await _api.GetAsync("/v1/gdp?frequency=year&producer=mistral")).GetProperty("rows")[0].GetProperty("quantity").GetString().Should().Be("0");
        (await _api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Reversals_that_share_a_transaction_leave_the_books_balanced()
    {
        var source = await SourceAsync("reverse-many");
        using var sent = await _api.PostAsync("/v1/events", Events.Join(Enumerable.Range(0, 60).Select(i => Events.Native($"e-{i}", source))), Events.Lines);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => _api.Client.PostAsync($"/v1/events/{source}/e-{i}/reversal", null)));

        answers.Should().OnlyContain(a => a.StatusCode == HttpStatusCode.Created);
        var books = await _api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
    }

    [Fact]
    public async Task A_reversal_is_not_reversed_and_an_unknown_event_is_not_found()
    {
        var source = await SourceAsync("reverse-none");
        using var sent = await _api.PostAsync("/v1/events", Events.Native("a", source));
        using var reversed = await _api.Client.PostAsync($"/v1/events/{source}/a/reversal", null);

        using var twice = await _api.Client.PostAsync($"/v1/events/{source}/{Uri.EscapeDataString("~reversal/a")}/reversal", null);
        using var unknown = await _api.Client.PostAsync($"/v1/events/{source}/b/reversal", null);
        using var unknownSource = await _api.Client.PostAsync("/v1/events/nobody/a/reversal", null);

        reversed.StatusCode.Should().Be(HttpStatusCode.Created);
        twice.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
        unknownSource.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }
}
