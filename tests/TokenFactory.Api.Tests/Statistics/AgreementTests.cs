using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>
/// Every figure against plain SQL over the ledger entries, before anything is folded and after: several sources, vintages and currencies, late
/// events, free and unpriced items, reversals.
/// </summary>
public sealed class AgreementTests
{
    private static readonly (string Name, string Expression)[] Dimensions =
    [
        ("sector", "(array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1]"),
        ("producer", "p.slug"),
        ("model", "m.slug"),
        ("token_class", "case i.token_class when 1 then 'input' else 'output' end"),
        ("service_tier", "case i.service_tier when 1 then 'standard' else 'batch' end"),
    ];

    private static readonly string[] Frequencies = ["hour", "day", "week", "month", "quarter", "year"];

    [Fact]
    public async Task Every_frequency_grouping_and_vintage_equals_the_ledger_and_folding_changes_no_byte()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2026-01-05 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        var answers = new Dictionary<string, string>();
        await using (var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" }))
        {
            await RecordAsync(api, database);
            (await database.ScalarAsync<long>("select count(*) from rollup_cell_hour")).Should().Be(0, "nothing is folded yet");
            foreach (var asOf in new[] { "2026-01-05", "2026-01-06", "2026-01-12" })
            {
                for (var set = 0; set < 1 << Dimensions.Length; set++)
                {
                    var by = Dimensions.Where((_, i) => (set & (1 << i)) != 0).ToArray();
                    foreach (var frequency in Frequencies)
                    {
                        var query = $"/v1/gdp?frequency={frequency}&as_of={asOf}{(set == 0 ? "" : "&by=" + string.Join(',', by.Select(d => d.Name)))}";
                        var answer = await api.Client.GetStringAsync(query);

                        RowsOf(answer, by).Should().Equal(await ExpectedAsync(database, frequency, asOf, by), query);
                        answers.Add(query, answer);
                    }
                }
            }

            foreach (var index in new[] { "price", "quantity", "value" })
            foreach (var linking in new[] { "chained", "fixed_base" })
                await RememberAsync(api, $"/v1/indices?frequency=day&by=sector&index={index}&linking={linking}");
            await RememberAsync(api, "/v1/gdp");
        }

        await using var folding = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__FoldIntervalMs"] = "20" });
        var started = Stopwatch.GetTimestamp();
        while (await database.ScalarAsync<long>("select count(*) from rollup_pending") > 0)
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(60), "folding goes on");
        (await database.ScalarAsync<long>("select count(*) from rollup_cell_hour")).Should().BePositive();
        foreach (var (query, answer) in answers)
            (await folding.Client.GetStringAsync(query)).Should().Be(answer, query);

        async Task RememberAsync(ApiProcess api, string query) => answers.Add(query, await api.Client.GetStringAsync(query));
    }

    private static async Task RecordAsync(ApiProcess api, TestDatabase database)
    {
        var random = new Random(20260105);
        string?[] sectors = ["household", "government", "enterprise", null];
        string?[] values = ["2", "0.333333333333", "0", null, "17.25", "999999.999999999999"];
        string[] sources = ["gateway-1", "gateway-2"];
        foreach (var source in sources)
            await api.CreateAsync("/v1/sources", new { id = source });
        var number = 0;
        // Events of the turn of the year: ISO weeks, quarters and years part there at different days.
        foreach (var (clock, newest) in new[] { ("2026-01-05 09:00Z", "2026-01-05"), ("2026-01-05 23:59:59.999999Z", "2026-01-05"), ("2026-01-06 00:00Z", "2026-01-06"), ("2026-01-12 12:00Z", "2026-01-12") })
        {
            await database.ExecuteAsync($"update test_clock set at = '{clock}'");
            var days = (int)(DateTimeOffset.Parse(newest, CultureInfo.InvariantCulture) - new DateTimeOffset(2025, 12, 24, 0, 0, 0, TimeSpan.Zero)).TotalDays;
            foreach (var source in sources)
            {
                var events = Enumerable.Range(0, 60).Select(_ => Events.Native(
                    Events.Number(number++), source,
                    new DateTimeOffset(2025, 12, 24, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(days) * 1440L + (random.Next(3) * 719) + 1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                    random.Next(3) == 0 ? "openai" : "moonshot", $"model-{random.Next(3)}", sectors[random.Next(4)], null, random.NextInt64(1_000_000_000_000_000),
                    random.Next(10_000), values[random.Next(values.Length)], random.Next(5) == 0 ? "batch" : "standard")).ToList();
                var other = events.Select((e, i) => i % 7 == 0 ? e.Replace("USD", "EUR", StringComparison.Ordinal) : e);
                using var answer = await api.PostAsync("/v1/events", Events.Join(other), Events.Lines);
                answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
                for (var i = 0; i < 5; i++)
                {
                    using var reversal = await api.PostAsync($"/v1/events/{source}/{number - 1 - (i * 9)}/reversal", "{}");
                    reversal.StatusCode.Should().Be(HttpStatusCode.Created);
                }
            }
        }

        // The first events of the first vintage, reversed in the last.
        for (var i = 0; i < 5; i++)
            (await api.PostAsync($"/v1/events/gateway-1/{i}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private static List<string> RowsOf(string answer, (string Name, string Expression)[] by)
    {
        using var document = JsonDocument.Parse(answer);
        return [.. document.RootElement.GetProperty("rows").EnumerateArray()
            // A total has rows for empty periods too; the ledger has none to compare them with.
            .Where(r => by.Length > 0 || Text(r, "quantity") != "0" || Text(r, "gdp") != "0")
            .Select(r => string.Join('|', [Text(r, "start"), .. by.Select(d => Text(r, d.Name)),
                Text(r, "gdp"), Text(r, "quantity"), Text(r, "unpriced_quantity"), Text(r, "free_quantity")]))
            .Order(StringComparer.Ordinal)];
    }

    // Values and currency as the entries have them; none of the sums that the writer made for the roll-up.
    private static async Task<List<string>> ExpectedAsync(TestDatabase database, string frequency, string asOf, (string Name, string Expression)[] by)
    {
        var groups = string.Concat(by.Select(d => $", {d.Expression}"));
        var ordinals = string.Concat(Enumerable.Range(2, by.Length).Select(n => $", {n}"));
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            select to_char(date_trunc('{frequency}', e.occurred_at, 'UTC') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'){groups},
                   trim_scale(coalesce(sum(e.amount) filter (where e.currency = 'USD'), 0))::text, sum(e.quantity)::text,
                   coalesce(sum(e.quantity) filter (where e.currency is distinct from 'USD'), 0)::text,
                   coalesce(sum(e.quantity) filter (where e.unit_value = 0 and e.currency = 'USD'), 0)::text
            from ledger_entry e join items i on i.id = e.item_id join models m on m.id = i.model_id join producers p on p.id = m.producer_id
            where (e.recorded_at at time zone 'UTC')::date <= '{asOf}'
            group by 1{ordinals}
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        var expected = new List<string>();
        while (await row.ReadAsync())
        {
            var cells = Enumerable.Range(0, row.FieldCount).Select(row.GetString).ToList();
            if (by.Length > 0 || cells[^3] != "0" || cells[^4] != "0")
                expected.Add(string.Join('|', cells));
        }

        expected.Should().NotBeEmpty();
        return [.. expected.Order(StringComparer.Ordinal)];
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
