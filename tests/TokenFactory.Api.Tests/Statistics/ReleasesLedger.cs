using System.Globalization;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Five months of four sectors and four producers, of which four are released, with cells of few accounts, of a dominant one, of two that pay among many that do not, and of nobody; all with a service that withholds small cells.</summary>
public sealed class ReleasesLedger : IAsyncLifetime
{
    public const int MinAccounts = 3;
    public const int DominancePercent = 85;

    public static readonly string[] Months = ["2026-01", "2026-02", "2026-03", "2026-04"];
    public static readonly string[] Sectors = ["household", "government", "enterprise", "unclassified"];
    public static readonly string[] Producers = ["mistral", "moonshot", "openai", "siliconflow"];

    public TestDatabase Database { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    /// <summary>Without a key.</summary>
    public HttpClient Public { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        await Database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-05-20 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        Api = await ApiProcess.StartAsync(Database.ConnectionString, new()
        {
            ["TokenFactory__Suppression__MinAccounts"] = $"{MinAccounts}",
            ["TokenFactory__Suppression__DominancePercent"] = $"{DominancePercent}",
            ["TokenFactory__Suppression__ReleaseDays"] = "7",
            ["TokenFactory__Suppression__ReleaseIntervalSeconds"] = "1",
        });
        Public = Api.ClientWith(null);
        await Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        var random = new Random(20260520);
        // All at once: each month is released as soon as something of it is recorded.
        await RecordAsync(Enumerable.Range(0, 700).Select(n => Event(random, n)));
        await ReleasedAsync(Months.Length);
    }

    /// <summary>Waits until so many months are released.</summary>
    public Task ReleasedAsync(int months) =>
        Until.TrueAsync(async () => await Database.ScalarAsync<long>("select count(*) from release_month") >= months, $"{months} months are released");

    public async ValueTask DisposeAsync()
    {
        Public.Dispose();
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }

    public async Task RecordAsync(IEnumerable<string> events)
    {
        using var answer = await Api.PostAsync("/v1/events?atomic=true", $"[{string.Join(',', events)}]");
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    public static async Task<List<JsonElement>> RowsAsync(HttpClient client, string query)
    {
        using var answer = await client.GetAsync(query);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, $"{query}: {text}");
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("rows").EnumerateArray()];
    }

    private static string Event(Random random, int number)
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(random.Next(126 * 24));
        // Some cells have many accounts, some one or two, some nobody, and in one a single account has nearly all.
        var (sector, producer) = (random.Next(4), random.Next(4));
        if ((sector + producer + at.Month) % 7 == 0)
            producer = (producer + 1) % 4;
        var accounts = ((sector * 5) + (producer * 3) + at.Month) % 4 == 0 ? 2 : 9;
        var account = random.Next(12) == 0 ? null : $"{Sectors[sector][..3]}-{random.Next(accounts)}";
        var isLarge = sector == 2 && producer == 1 && account == "ent-0";
        var value = random.Next(25) switch { 0 => "0", 1 => null, _ => $"{random.Next(1, 900) / 100m}" };
        // What is free or of unknown value is money of nobody; one producer gives nothing away.
        if (sector == 1 && producer == 2)
            (account, value) = account is "gov-0" or "gov-1" or "gov-2" or "gov-3" ? (account is "gov-0" or "gov-2" ? "gov-0" : "gov-1", "1") : (account, at.Month % 2 == 0 ? "0" : null);
        else if (producer == 3 && value == "0")
            value = "1";
        return Events.Native(
            Events.Number(number), "gateway-1", at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), Producers[producer], $"model-{random.Next(3)}",
            sector == 3 ? null : Sectors[sector], account, input: random.Next(1, 2_000_000) * (isLarge ? 40L : 1), output: random.Next(1_000_000),
            outputValue: value);
    }
}
