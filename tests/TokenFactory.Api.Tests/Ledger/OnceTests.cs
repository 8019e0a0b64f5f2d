using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>Acknowledged once, counted once: duplicates, conflicts, atomic batches and races.</summary>
public sealed class OnceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Fifty_writers_race_one_id_with_different_content_and_exactly_one_wins()
    {
        var source = await SourceAsync("race");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _api.PostAsync("/v1/events", Events.Native("same", source, input: i))));

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).Should().Be(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).Should().Be(49);
        (await fixture.Database.ScalarAsync<long>(
            $"select count(*) from event_refusal r join sources s on s.id = r.source_id where s.slug = '{source}' and outcome = 3")).Should().Be(49);
    }

    [Fact]
    public async Task Fifty_writers_race_the_same_event_and_it_counts_once()
    {
        var source = await SourceAsync("repeat");
        var sent = Events.Native("same", source);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _api.PostAsync("/v1/events", sent)));

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).Should().Be(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).Should().Be(49);
    }

    [Fact]
    public async Task Overlapping_batches_in_opposite_orders_do_not_deadlock()
    {
        var source = await SourceAsync("overlap");
        var forwards = Enumerable.Range(0, 400).Select(i => Events.Native($"e-{i:000}", source)).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            _api.PostAsync("/v1/events", Events.Join(n % 2 == 0 ? forwards : Enumerable.Reverse(forwards)), Events.Lines)));

        answers.Should().OnlyContain(a => a.StatusCode == HttpStatusCode.OK);
        var counts = await Task.WhenAll(answers.Select(ReadAsync));
        counts.Sum(c => c.GetProperty("accepted").GetInt32()).Should().Be(400);
        counts.Sum(c => c.GetProperty("duplicate").GetInt32()).Should().Be(7 * 400);
    }

    [Fact]
    public async Task Inside_one_batch_the_first_wins_and_every_other_is_told()
    {
        var source = await SourceAsync("inside");
        string[] batch = [Events.Native("a", source), Events.Native("a", source, input: 11), Events.Native("a", source), "{\"source\":1}", Events.Native("b", source)];

        using var answer = await _api.PostAsync("/v1/events?receipts=all", $"[{string.Join(',', batch)}]");
        var told = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        told.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("status").GetString())
            .Should().Equal("accepted", "conflict", "duplicate", "rejected", "accepted");
        told.GetProperty("received").GetInt32().Should().Be(5);
    }

    [Fact]
    public async Task Of_two_events_with_one_id_the_earlier_in_the_body_counts_even_where_pieces_of_it_overtake_each_other()
    {
        var source = await SourceAsync("in-order");
        // The first piece has names to register, so that the second, which has none, is ready before it.
        var lines = Enumerable.Range(0, 999).Select(i => Events.Native($"e-{i}", source, model: $"in-order-{i}"))
            .Append(Events.Native("same", source, input: 1)).Append(Events.Native("same", source, input: 2));

        using var answer = await _api.PostAsync("/v1/events", Events.Join(lines), Events.Lines);
        var told = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.MultiStatus);
        told.GetProperty("items").EnumerateArray().Should().ContainSingle().Which.GetProperty("index").GetInt32().Should().Be(1_000);
        (await _api.GetAsync($"/v1/events/{source}/same")).GetProperty("entries")[0].GetProperty("quantity").GetString().Should().Be("1");
    }

    [Fact]
    public async Task An_atomic_batch_with_one_invalid_event_records_none()
    {
        var source = await SourceAsync("atomic");
        string[] batch = [Events.Native("a", source), Events.Native("b", source, input: -1), Events.Native("c", source)];

        using var answer = await _api.PostAsync("/v1/events?atomic=true", Events.Join(batch), Events.Lines);
        var told = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        told.GetProperty("rejected").GetInt32().Should().Be(3);
        told.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("errors")[0].GetProperty("code").GetString())
            .Should().Equal("atomic_refused", "invalid_quantity", "atomic_refused");
        (await CountAsync(source)).Should().Be(0);
    }

    [Fact]
    public async Task An_atomic_batch_with_a_conflict_records_none_but_the_conflict_and_a_good_one_records_all()
    {
        var source = await SourceAsync("atomic-conflict");
        using var first = await _api.PostAsync("/v1/events?atomic=true", $"[{Events.Native("a", source)}]");
        first.StatusCode.Should().Be(HttpStatusCode.OK);

        using var answer = await _api.PostAsync("/v1/events?atomic=true", $"[{Events.Native("b", source)},{Events.Native("a", source, input: 99)}]");
        using var good = await _api.PostAsync("/v1/events?atomic=true", $"[{Events.Native("c", source)},{Events.Native("a", source)}]");

        answer.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await ReadAsync(answer)).GetProperty("conflict").GetInt32().Should().Be(1);
        good.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ReadAsync(good)).GetProperty("duplicate").GetInt32().Should().Be(1);
        (await CountAsync(source)).Should().Be(2);
    }

    [Fact]
    public async Task A_refused_atomic_batch_acknowledges_no_repeat_of_its_own_events()
    {
        var source = await SourceAsync("atomic-repeat");
        using var first = await _api.PostAsync("/v1/events", Events.Native("old", source));
        string[] batch = [Events.Native("a", source), Events.Native("a", source), Events.Native("old", source), Events.Native("old", source, input: 99)];

        using var answer = await _api.PostAsync("/v1/events?atomic=true&receipts=all", $"[{string.Join(',', batch)}]");
        var told = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.Conflict);
        told.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("status").GetString())
            .Should().Equal("rejected", "rejected", "duplicate", "conflict");
        (await CountAsync(source)).Should().Be(1);
        (await _api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task An_event_is_a_duplicate_even_after_the_name_of_its_producer_is_gone()
    {
        var source = await SourceAsync("alias-gone");
        await _api.CreateAsync("/v1/producers", new { id = "gone-maker", name = "Maker", kind = "both", aliases = new[] { "gone-alias" } });
        var sent = Events.Native("a", source, producer: "gone-alias");
        using var first = await _api.PostAsync("/v1/events", sent);
        first.StatusCode.Should().Be(HttpStatusCode.Created);
        using (var removed = await _api.Client.PatchAsync("/v1/producers/gone-maker", JsonContent.Create(new { aliases = Array.Empty<string>() })))
            removed.StatusCode.Should().Be(HttpStatusCode.OK);

        using var again = await _api.PostAsync("/v1/events", sent);
        using var other = await _api.PostAsync("/v1/events", Events.Native("a", source, producer: "gone-alias", input: 99));
        using var fresh = await _api.PostAsync("/v1/events", Events.Native("b", source, producer: "gone-alias"));
        using var batch = await _api.PostAsync("/v1/events?receipts=all", $"[{sent},{Events.Native("b", source, producer: "gone-alias")},{Events.Native("c", source)}]");
        using var atomic = await _api.PostAsync("/v1/events?atomic=true", $"[{sent},{Events.Native("d", source)}]");

        again.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ReadAsync(again)).GetProperty("producer").GetString().Should().Be("gone-maker");
        other.StatusCode.Should().Be(HttpStatusCode.Conflict);
        fresh.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await ReadAsync(fresh)).GetProperty("errors")[0].GetProperty("code").GetString().Should().Be("unknown_producer");
        (await ReadAsync(batch)).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("status").GetString())
            .Should().Equal("duplicate", "rejected", "accepted");
        atomic.StatusCode.Should().Be(HttpStatusCode.OK);
        (await CountAsync(source)).Should().Be(3);
        (await _api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task An_atomic_batch_holds_one_source()
    {
        var source = await SourceAsync("one");
        var other = await SourceAsync("other");

        using var answer = await _api.PostAsync("/v1/events?atomic=true", $"[{Events.Native("a", source)},{Events.Native("b", other)}]");

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("more_than_one_source");
        (await CountAsync(source)).Should().Be(0);
    }

    [Fact]
    public async Task A_catalog_change_does_not_turn_a_resent_event_into_a_conflict()
    {
        var source = await SourceAsync("resend");
        await _api.CreateAsync("/v1/producers", new { id = "resend-maker", name = "Maker", kind = "both" });
        var sent = Events.Native("a", source, producer: "resend-maker", model: "x-latest", account: "resend-account", outputValue: null);
        using var first = await _api.PostAsync("/v1/events", sent);
        await _api.CreateAsync("/v1/models", new { producer = "resend-maker", model = "x-1", aliases = new[] { "x-late*" } });
        await _api.CreateAsync("/v1/rate-cards", new { producer = "resend-maker", model = "x-latest", effective_from = "2020-01-01T00:00:00Z", unit_values = new { input = "1" } });

        using var again = await _api.PostAsync("/v1/events", sent);

        again.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ReadAsync(again)).GetProperty("amount").ValueKind.Should().Be(JsonValueKind.Null, "the price of a later card never moves what is recorded");
    }

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }

    private Task<long> CountAsync(string source) =>
        fixture.Database.ScalarAsync<long>($"select count(*) from event_identity e join sources s on s.id = e.source_id where s.slug = '{source}'");

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
