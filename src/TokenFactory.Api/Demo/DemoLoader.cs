using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Demo;

/// <summary>
/// Posts the demonstration economy through the public API, day by day. Cut off anywhere it goes on at the next start: what was recorded is
/// answered as a duplicate.
/// </summary>
internal sealed class DemoLoader(HttpClient api, DemoClock clock, TextWriter console, bool isTerminal)
{
    private static readonly TimeSpan Morning = TimeSpan.FromHours(4);

    /// <returns>The number of events posted; 0 when the demonstration was complete.</returns>
    /// <exception cref="InvalidOperationException">The ledger holds other events, or the API refused something.</exception>
    public async Task<int> LoadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        if (await clock.PrepareAsync(today.AddDays(-1), cancellationToken) is not { } until)
            return 0;
        var economy = new DemoEconomy(until);
        await RegisterAsync(economy, cancellationToken);
        var posted = 0;
        var days = economy.RecordingDays().ToList();
        for (var d = 0; d < days.Count; d++)
        {
            await clock.SetAsync(new DateTimeOffset(days[d], TimeOnly.FromTimeSpan(Morning), TimeSpan.Zero), cancellationToken);
            posted += await PostAsync(economy.RecordedOn(days[d]).ToList(), cancellationToken);
            foreach (var reversal in economy.ReversedOn(days[d]))
                await ReverseAsync(reversal, cancellationToken);
            Progress(d + 1, days.Count, posted);
        }

        await clock.FinishAsync(cancellationToken);
        return posted;
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

    private void Progress(int days, int allDays, int posted)
    {
        if (isTerminal)
            console.Write($"\rLoading the demonstration economy: {days} of {allDays} days, {posted} events {(days == allDays ? "\n" : "")}");
        else if (days * 10 / allDays > (days - 1) * 10 / allDays)
            console.WriteLine($"Loading the demonstration economy: {days} of {allDays} days, {posted} events");
    }
}
