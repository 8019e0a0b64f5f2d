using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>What the tests of repricings do again and again.</summary>
internal static class RepricingSteps
{
    public const string Start = "2026-10-01T00:00:00Z";
    public const string End = "2026-11-01T00:00:00Z";

    /// <summary>Events per dimension of a difference, as <c>/v1/gdp</c> names them.</summary>
    public static readonly string[] Groups = ["", "sector", "producer", "producer,model,token_class,service_tier"];

    public static Task<JsonElement> CardAsync(this ApiProcess api, string model, string from, string input, string output, string producer = "moonshot") =>
        api.CreateAsync("/v1/rate-cards", new { producer, model, effective_from = from, unit_values = new { input, output } });

    public static async Task SendAsync(this ApiProcess api, params IEnumerable<string> events)
    {
        using var answer = await api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
    }

    /// <summary>Asks for a repricing and waits for its end.</summary>
    public static async Task<JsonElement> RepriceAsync(this ApiProcess api, object request)
    {
        using var answer = await api.Client.PostAsJsonAsync("/v1/repricings", request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted, text);
        answer.Headers.Location!.ToString().Should().Be($"/v1/repricings/{JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt64()}");
        return await api.CompletedAsync(JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt64());
    }

    /// <summary>Asks for a repricing and expects a refusal.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> RefusedAsync(this ApiProcess api, object request)
    {
        using var answer = await api.Client.PostAsJsonAsync("/v1/repricings", request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static async Task<JsonElement> CompletedAsync(this ApiProcess api, long id)
    {
        JsonElement repricing = default;
        await Until.TrueAsync(async () =>
        {
            using var answer = await api.Client.GetAsync($"/v1/repricings/{id}");
            // A session that was just ended from outside: asked again, as the answer says.
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return false;
            answer.EnsureSuccessStatusCode();
            repricing = await answer.Content.ReadFromJsonAsync<JsonElement>();
            var state = repricing.GetProperty("state").GetString();
            state.Should().BeOneOf(["running", "completed"], repricing.ToString());
            return state == "completed";
        }, $"the end of repricing {id}");
        return repricing;
    }

    public static long Id(this JsonElement repricing) => repricing.GetProperty("id").GetInt64();

    public static (long Examined, long Changed, long Skipped) Counts(this JsonElement repricing)
    {
        var progress = repricing.GetProperty("progress");
        progress.GetProperty("batches_done").GetInt64().Should().Be(progress.GetProperty("batches").GetInt64());
        return (progress.GetProperty("examined").GetInt64(), progress.GetProperty("changed").GetInt64(), progress.GetProperty("skipped").GetInt64());
    }

    /// <summary>The amounts of a year's figures, by the names of their group.</summary>
    public static async Task<Dictionary<string, decimal>> FiguresAsync(this ApiProcess api, string by, string filter = "")
    {
        var rows = (await api.GetAsync($"/v1/gdp?frequency=year{(by == "" ? "" : $"&by={by}")}{filter}")).GetProperty("rows").EnumerateArray();
        return rows.ToDictionary(r => NameOf(r, by), r => r.GetProperty("gdp").GetString() is { } gdp ? Number(gdp) : 0);
    }

    /// <summary>The differences that a repricing shows, by the names of their group.</summary>
    public static Dictionary<string, decimal> DifferencesOf(this JsonElement repricing, string by)
    {
        var difference = repricing.GetProperty("difference");
        var rows = by switch
        {
            "" => [difference.GetProperty("total")],
            "sector" => difference.GetProperty("by_sector").EnumerateArray().ToList(),
            "producer" => [.. difference.GetProperty("by_producer").EnumerateArray()],
            _ => [.. difference.GetProperty("by_item").EnumerateArray()],
        };
        foreach (var row in rows)
            (Number(row.GetProperty("after").GetString()!) - Number(row.GetProperty("before").GetString()!)).Should().Be(Number(row.GetProperty("difference").GetString()!));
        return rows.ToDictionary(r => NameOf(r, by), r => Number(r.GetProperty("difference").GetString()!));
    }

    public static async Task ShouldBeBalancedAsync(this ApiProcess api)
    {
        var books = await api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
    }

    /// <summary>What an event is worth by its receipt: of its last repricing, else of its recording.</summary>
    public static async Task<string?> AmountAsync(this ApiProcess api, string source, string id)
    {
        var receipt = await api.GetAsync($"/v1/events/{source}/{id}");
        return receipt.TryGetProperty("repricings", out var repricings)
            ? repricings.EnumerateArray().Last().GetProperty("amount").GetString()
            : receipt.GetProperty("amount").GetString();
    }

    public static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string NameOf(JsonElement row, string by) =>
        string.Join(' ', by.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => row.GetProperty(name).GetString()));
}
