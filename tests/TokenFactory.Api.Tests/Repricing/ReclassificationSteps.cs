using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>What the tests of reclassifications do again and again.</summary>
internal static class ReclassificationSteps
{
    /// <summary>Asks for a reclassification and waits for its end.</summary>
    public static async Task<JsonElement> ReclassifyAsync(this ApiProcess api, string account, object request)
    {
        using var answer = await api.Client.PostAsJsonAsync(PathOf(account), request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted, text);
        var id = JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt64();
        answer.Headers.Location!.ToString().Should().Be($"{PathOf(account)}/{id}");
        return await api.ReclassifiedAsync(account, id);
    }

    public static async Task<JsonElement> ReclassifiedAsync(this ApiProcess api, string account, long id)
    {
        JsonElement reclassification = default;
        await Until.TrueAsync(async () =>
        {
            reclassification = await api.GetAsync($"{PathOf(account)}/{id}");
            var state = reclassification.GetProperty("state").GetString();
            state.Should().BeOneOf(["running", "completed"], reclassification.ToString());
            return state == "completed";
        }, $"the end of reclassification {id}");
        return reclassification;
    }

    public static (long Examined, long Changed, long Entries, long Skipped) Moved(this JsonElement reclassification)
    {
        var progress = reclassification.GetProperty("progress");
        progress.GetProperty("batches_done").GetInt64().Should().Be(progress.GetProperty("batches").GetInt64());
        return (progress.GetProperty("examined").GetInt64(), progress.GetProperty("changed").GetInt64(), progress.GetProperty("entries").GetInt64(),
            progress.GetProperty("skipped").GetInt64());
    }

    /// <summary>What moves, as <c>sector quantity amount unpriced</c>, the total last.</summary>
    public static string[] Rows(this JsonElement reclassification)
    {
        var change = reclassification.GetProperty("change");
        return [.. change.GetProperty("by_sector").EnumerateArray().Append(change.GetProperty("total")).Select(r => string.Join(' ',
            (r.TryGetProperty("sector", out var sector) ? sector.GetString() : "total"), r.GetProperty("quantity").GetString(), r.GetProperty("amount").GetString(),
            r.GetProperty("unpriced_quantity").GetString()))];
    }

    /// <summary>What the ledger's rows of an account sum to, as <c>sector quantity amount</c>, by plain SQL; sectors without anything left out.</summary>
    public static Task<string> SumsAsync(this TestDatabase database, string account) => database.ScalarAsync<string>(
        $"""
        select coalesce(string_agg(concat_ws(' ', sector, quantity, amount), ', ' order by sector), '') from (
            select e.sector, sum(e.quantity) as quantity, trim_scale(coalesce(sum(e.reporting_amount), 0)) as amount
            from ledger_entry e join accounts a on a.id = e.account_id where a.slug = '{account}'
            group by e.sector having sum(e.quantity) <> 0 or sum(e.reporting_amount) <> 0) sums
        """);

    private static string PathOf(string account) => $"/v1/accounts/{Uri.EscapeDataString(account)}/reclassifications";
}
