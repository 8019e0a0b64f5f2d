using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Demo;

/// <summary>
/// Posts the demonstration economy through the public API, day by day. Cut off anywhere it goes on with the same day at the next start: what
/// was recorded of it is answered as a duplicate.
/// </summary>
internal sealed class DemoLoader(HttpClient api, DemoClock clock, DemoConsole console)
{
    /// <exception cref="InvalidOperationException">The API refused something.</exception>
    public async Task LoadAsync(DemoPlan plan, CancellationToken cancellationToken)
    {
        var economy = new DemoEconomy(plan.Until);
        await RegisterAsync(economy, cancellationToken);
        var posted = 0;
        var days = economy.RecordingDays().ToList();
        for (var d = 0; d < days.Count; d++)
        {
            if (days[d] < plan.From)
                continue;
            await clock.SetAsync(days[d], cancellationToken);
            posted += await PostAsync(economy.RecordedOn(days[d]).ToList(), cancellationToken);
            foreach (var reversal in economy.ReversedOn(days[d]))
                await ReverseAsync(reversal, cancellationToken);
            console.Progress(d + 1, days.Count, posted);
        }
    }

    private async Task RegisterAsync(DemoEconomy economy, CancellationToken cancellationToken)
    {
        foreach (var source in new[] { DemoCatalog.Gateway, DemoCatalog.Plant })
            await CreateAsync("/v1/sources", new { id = source, name = $"{source} (demonstration)" }, cancellationToken);
        foreach (var producer in DemoCatalog.Producers)
            await CreateAsync("/v1/producers", new { id = producer.Id, name = producer.Name, kind = producer.Kind }, cancellationToken);
        foreach (var account in DemoCatalog.Accounts)
        {
            await CreateAsync("/v1/accounts", new
            {
                id = account.Id,
                name = account.Name,
                producer = account.Producer,
                sectors = account.Sector is { } sector ? new[] { new { sector = sector.Name() } } : [],
            }, cancellationToken);
        }

        foreach (var card in economy.RateCards())
            await CreateAsync("/v1/rate-cards", card, cancellationToken);
    }

    // 409: it was made before the load was cut off.
    private async Task CreateAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await api.PostAsJsonAsync(path, body, cancellationToken);
        if (answer.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.Conflict))
            await FailAsync(path, answer, cancellationToken);
    }

    private async Task<int> PostAsync(List<DemoEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return 0;
        var lines = new StringBuilder();
        foreach (var demoEvent in events)
            lines.Append(JsonSerializer.Serialize(demoEvent.Body)).Append('\n');
        using var content = new StringContent(lines.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        using var answer = await api.PostAsync("/v1/events", content, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            await FailAsync("/v1/events", answer, cancellationToken);
        return events.Count;
    }

    private async Task ReverseAsync(DemoReversal reversal, CancellationToken cancellationToken)
    {
        var path = $"/v1/events/{reversal.Source}/{Uri.EscapeDataString(reversal.Id)}/reversal";
        using var answer = await api.PostAsJsonAsync(path, new { reason = "sent ten times too large" }, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            await FailAsync(path, answer, cancellationToken);
    }

    private static async Task FailAsync(string path, HttpResponseMessage answer, CancellationToken cancellationToken) => throw new InvalidOperationException(
        $"The demonstration could not be loaded: {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
}
