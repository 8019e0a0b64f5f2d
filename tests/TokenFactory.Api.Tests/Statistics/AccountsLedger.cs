using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>
/// A ledger of sixteen months in which producers buy: resellers, a chain of them, one that buys of itself, one that only buys. With late events,
/// reversals, three vintages, free and unpriced items, items that come and go, and three changes of the clock in Berlin.
/// </summary>
public sealed class AccountsLedger : IAsyncLifetime
{
    /// <summary>The maker of an entry's item, and the period in which it occurred by a zone's calendar.</summary>
    public const string Entries = "ledger_entry e join items i on i.id = e.item_id join models m on m.id = i.model_id join producers p on p.id = m.producer_id";

    private static readonly DateTimeOffset First = new(2024, 12, 20, 0, 0, 0, TimeSpan.Zero);

    public TestDatabase Database { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    /// <summary>Further environment variables of the service.</summary>
    public Dictionary<string, string>? Settings { get; init; }

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        await Database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-01-05 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        Api = await ApiProcess.StartAsync(Database.ConnectionString, Settings);
        await RecordAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>The rows of an answer, each as the texts of some columns.</summary>
    public async Task<List<string>> RowsAsync(string query, params string[] columns) =>
        [.. (await Api.GetAsync(query)).GetProperty("rows").EnumerateArray().Select(r => string.Join('|', columns.Select(c => Text(r, c))))];

    /// <summary>The rows of a statement, each as the texts of its columns, as the owner.</summary>
    public async Task<List<string>> SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await row.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.IsDBNull(i) ? "" : Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    public static string Text(JsonElement row, string name) => row.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Null } => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        var other => other.GetRawText(),
    };

    private async Task RecordAsync()
    {
        foreach (var source in new[] { "gateway-1", "gateway-2" })
            await Api.CreateAsync("/v1/sources", new { id = source });
        // Who buys: openai of itself and of others, siliconflow and openrouter to resell, mistral to learn from; people.
        foreach (var producer in new[] { "openai", "siliconflow", "openrouter", "mistral" })
            await Api.CreateAsync("/v1/accounts", new { id = $"{producer}-buys", producer });
        var random = new Random(20260105);
        var number = 0;
        foreach (var (clock, until) in new[] { ("2026-01-05 09:00Z", 381), ("2026-02-10 23:59:59.999999Z", 417), ("2026-04-15 12:00Z", 481) })
        {
            await Database.ExecuteAsync($"update test_clock set at = '{clock}'");
            foreach (var source in new[] { "gateway-1", "gateway-2" })
            {
                var events = Enumerable.Range(0, 900).Select(_ => Event(random, number++, source, until)).ToList();
                using var answer = await Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
                answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
                for (var i = 0; i < 10; i++)
                    (await Api.PostAsync($"/v1/events/{source}/{number - 1 - (i * 9)}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
            }
        }

        // The first events of the first vintage, reversed in the last.
        for (var i = 0; i < 5; i++)
            (await Api.PostAsync($"/v1/events/gateway-1/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private static string Event(Random random, int number, string source, int days)
    {
        var at = First.AddHours(random.Next(days * 24)).AddMinutes(random.Next(60));
        var producer = random.Next(7) switch { 0 or 1 => "openai", 2 or 3 => "moonshot", 4 => "siliconflow", _ => "openrouter" };
        var buyer = (producer, random.Next(8)) switch
        {
            ("openai", 0) => "openai-buys",
            ("openai" or "moonshot", 1) => "siliconflow-buys",
            ("siliconflow", 2 or 3 or 5) => "openrouter-buys",
            (_, 4) => "mistral-buys",
            _ => null,
        };
        // Models 0 to 2 are always there, the others for some months; prices move by month, and one item in ten is free or without price.
        var (month, model) = (at.Month, random.Next(4) > 0 ? random.Next(3) : 3 + ((at.Month + random.Next(2)) % 5));
        var price = random.Next(20) switch
        {
            0 => "0",
            1 => null,
            _ => string.Create(CultureInfo.InvariantCulture, $"{(producer.Length * 0.25m) + model + (((month * 7 * (model + 2)) + (random.Next(3) * 10)) % 97 / 40m)}"),
        };
        return Events.Native(
            Events.Number(number), source, at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), producer, $"model-{model}",
            random.Next(4) switch { 0 => "household", 1 => "government", 2 => "enterprise", _ => null }, buyer,
            input: random.Next(buyer is null ? 3_000_000 : 600_000), output: random.Next(1_000_000), outputValue: price, tier: random.Next(9) == 0 ? "batch" : "standard");
    }
}
