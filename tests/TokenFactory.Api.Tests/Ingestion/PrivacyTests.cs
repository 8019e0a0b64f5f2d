using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>Prompts and answers are never stored: whatever comes in, and whatever becomes of it.</summary>
public sealed class PrivacyTests
{
    private const string Mark = "zorglub";
    private const string Source = "gateway-1";

    /// <summary>Ways in that take no usage: what administrators write, and what names events that are there.</summary>
    private static readonly string[] NoUsage =
    [
        "POST /v1/events/{source}/{id}/reversal", "POST /v1/quarantine/{id}/release", "POST /v1/quarantine/release", "POST /v1/quarantine/{id}/discard",
        "POST /v1/producers", "POST /v1/models", "POST /v1/sources", "POST /v1/accounts", "POST /v1/accounts/{account}/reclassifications", "POST /v1/sector-rules",
        "POST /v1/sector-rules/{id}/end", "POST /v1/rate-cards", "POST /v1/rate-cards/import", "POST /v1/fx-rates", "POST /v1/fx-rates/import", "POST /v1/repricings",
        "POST /v1/api-keys", "POST /v1/api-keys/{id}/rotation",
    ];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData($"the {Mark} of the minister, for tomorrow")]
    [InlineData(Mark)]
    public async Task A_prompt_or_an_answer_is_in_no_table_in_no_answer_and_in_no_line_of_the_log(string text)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new()
        {
            ["Serilog__MinimumLevel__Default"] = "Debug",
            ["Serilog__MinimumLevel__Override__Microsoft"] = "Debug",
            ["Serilog__MinimumLevel__Override__Npgsql"] = "Debug",
        });
        foreach (var source in new[] { Source, "spans", "metrics" })
            await api.CreateAsync("/v1/sources", new { id = source });
        var statuses = new Dictionary<string, List<HttpStatusCode>>();

        foreach (var sent in PrivacyShapes.Of(Source, text))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{sent.Operation.Split(' ')[1]}?{(sent.Query.Length > 0 ? sent.Query : TakesSource(sent) ? $"source={Source}" : "")}");
            request.Content = new ByteArrayContent(sent.Body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(sent.Type);
            foreach (var (name, value) in sent.Headers ?? new Dictionary<string, string>())
                request.Headers.TryAddWithoutValidation(name, value).Should().BeTrue();
            using var answer = await api.Client.SendAsync(request, Stopping);
            var said = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Stopping)) + answer.Headers;
            said.Should().NotContain(Mark, $"{sent.Operation} {sent.Type} answered {(int)answer.StatusCode}");
            ((int)answer.StatusCode).Should().BeLessThan(500, said);
            statuses.TryAdd(sent.Operation, []);
            statuses[sent.Operation].Add(answer.StatusCode);
        }

        // Every way in was tried, and something was taken at each; something was refused and something held back.
        var ways = (await api.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("post", out _)).Select(p => $"POST {p.Name}");
        statuses.Keys.Should().BeEquivalentTo(ways.Except(NoUsage).Append("POST /v1/logs"));
        statuses.Where(s => s.Key != "POST /v1/logs").Should().OnlyContain(s => s.Value.Any(v => v == HttpStatusCode.OK || v == HttpStatusCode.Created || v == HttpStatusCode.MultiStatus));
        statuses["POST /v1/logs"].Should().Equal(HttpStatusCode.NotFound);
        (await database.ScalarAsync<long>("select count(distinct source_id) from ledger_entry")).Should().Be(3);
        (await database.ScalarAsync<long>("select count(distinct shape) from quarantined_event")).Should().BeGreaterThan(4);
        (await database.ScalarAsync<long>("select count(*) from event_refusal where outcome = 4")).Should().BeGreaterThan(5);

        foreach (var path in new[] { "/v1/ledger/entries?limit=1000", "/v1/quarantine?limit=1000", "/v1/quarantine/reasons", "/v1/models?limit=1000", "/v1/accounts", "/v1/reconciliation?full=true", "/v1/audit", "/metrics" })
            (await api.Client.GetStringAsync(path, Stopping)).Should().NotContain(Mark, path);
        (await FoundAsync(database, Mark)).Should().BeEmpty();
        api.Output.Should().Contain("POST /v1/ingest/raw").And.NotContain(Mark);

        // What is looked for would be found: a name is stored.
        (await api.PostAsync("/v1/events", Events.Native("named", Source, account: Mark))).StatusCode.Should().Be(HttpStatusCode.Created);
        (await FoundAsync(database, Mark)).Should().Equal("accounts");
    }

    private static bool TakesSource(PrivacyShapes.Sent sent) => sent.Operation.StartsWith("POST /v1/ingest/", StringComparison.Ordinal) && sent.Operation != "POST /v1/ingest/raw";

    // Every column of every table and partition, of bytes too.
    private static async Task<List<string>> FoundAsync(TestDatabase database, string text)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Stopping);
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand("select quote_ident(tablename) from pg_tables where schemaname = 'public'", connection))
        await using (var row = await command.ExecuteReaderAsync(Stopping))
        {
            while (await row.ReadAsync(Stopping))
                tables.Add(row.GetString(0));
        }

        tables.Should().Contain(["quarantined_event", "ledger_entry", "event_refusal", "audit_event"]);
        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand($"select exists (select from {table} t where t::text ilike '%' || $1 || '%' or t::text ilike '%' || $2 || '%')", connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Convert.ToHexString(Encoding.UTF8.GetBytes(text)) });
            if (await command.ExecuteScalarAsync(Stopping) is true)
                found.Add(table);
        }

        return found;
    }
}
