using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>
/// A ledger of three months, by a clock of its own: January and February 2025, and June, which is now. Every kind of record is in January, and February takes back and
/// prices anew what January recorded. All of it is folded, audited, settled and sealed.
/// </summary>
public sealed class ThreeMonths : IAsyncLifetime
{
    public const string Source = "plant";

    public static readonly string KeyFile = Path.Combine(AppContext.BaseDirectory, "checkpoint-key.pem");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("archive-");

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The public key of its checkpoints, in a file.</summary>
    public string PublicKeyFile => Path.Combine(_folder.FullName, "key.pem");

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        await Database.ExecuteAsync(
            """
            create table test_clock (at timestamptz not null);
            insert into test_clock values ('2025-01-10 09:00Z');
            grant select on test_clock to tokenfactory_service;
            create or replace function ledger_clock() returns timestamptz language sql volatile as $$ select at from test_clock $$;
            """);
        await using (var api = await StartAsync(Database))
        {
            foreach (var source in (string[])[Source, "other"])
                await api.CreateAsync("/v1/sources", new { id = source });
            for (var day = 10; day < 14; day++)
            {
                await SetClockAsync(Database, $"2025-01-{day} 09:00Z");
                await SendAsync(api, Enumerable.Range(0, 12).Select(i => Events.Native($"jan-{day}-{i}", i % 4 == 3 ? "other" : Source, $"2025-01-{day - (i % 3):D2}T0{i % 8}:30:00Z",
                    account: i % 2 == 0 ? "acme" : null, sector: "enterprise", input: 100 + i, outputValue: i % 3 == 0 ? null : "2.50")));
            }

            foreach (var refused in (string[])[Events.Native("jan-10-0", Source, input: 77), Events.Native("none", Source, producer: "nobody-knows")])
                (await api.PostAsync("/v1/events", refused)).Dispose();
            using (var held = await api.PostAsync("/v1/ingest/raw", HeldUsage.Chat(Source, "held", "nobody-knows")))
                held.StatusCode.Should().Be(HttpStatusCode.Accepted);
            await ReverseAsync(api, "jan-10-1");
            await SetClockAsync(Database, "2025-02-03 12:00Z");
            await SendAsync(api, Enumerable.Range(0, 10).Select(i => Events.Native($"feb-{i}", Source, "2025-02-02T10:30:00Z", sector: "government")));
            // It occurred in January: a figure of January needs it.
            await SendAsync(api, [Events.Native("late", Source, "2025-01-12T10:30:00Z", sector: "household")]);
            await ReverseAsync(api, "jan-11-1");
            await SetClockAsync(Database, "2025-06-01 12:00Z");
            await SendAsync(api, [Events.Native("jun-0", Source, "2025-06-01T10:30:00Z")]);
            await SettledAsync(api, Database);
            File.WriteAllText(PublicKeyFile, (await api.GetAsync("/v1/ledger/checkpoint-keys"))[0].GetProperty("public_key").GetString());
            await api.StopAsync();
        }

        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Where no folder is yet.</summary>
    public string NewFolder() => Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}");

    /// <summary>A copy of it.</summary>
    public Task<TestDatabase> CopyAsync() => PostgresServer.Current.CreateDatabaseAsync(Database.Name);

    public static Task<ApiProcess> StartAsync(TestDatabase database) => ApiProcess.StartAsync(database.ConnectionString, new()
    {
        ["TokenFactory__Ledger__CheckpointIntervalSeconds"] = "1",
        ["TokenFactory__Settlement__IntervalSeconds"] = "1",
        ["TokenFactory__RollUp__AuditIntervalMs"] = "100",
    });

    /// <summary>Waits until nothing is left to be done in the background.</summary>
    public static Task SettledAsync(ApiProcess api, TestDatabase database) => Until.TrueAsync(async () =>
        (await api.GetAsync("/v1/reconciliation")).GetProperty("pending_batches").GetInt64() == 0
        && await database.ScalarAsync<bool>(
            """
            select not exists (
                select from journal_lane l
                left join audit_cursor a on a.source_id = l.source_id and a.lane = l.lane
                left join settlement_cursor s on s.source_id = l.source_id and s.lane = l.lane
                left join ledger_tree_cursor t on t.source_id = l.source_id and t.lane = l.lane
                where l.seq > least(coalesce(a.audited_seq, 0), coalesce(s.settled_seq, 0), coalesce(t.sealed_seq, 0)))
            """), "everything folded, audited, settled and sealed");

    public static Task SetClockAsync(TestDatabase database, string at) => database.ExecuteAsync($"update test_clock set at = '{at}'");

    public static async Task SendAsync(ApiProcess api, IEnumerable<string> events)
    {
        using var sent = await api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        sent.StatusCode.Should().Be(HttpStatusCode.OK, await sent.Content.ReadAsStringAsync());
    }

    /// <summary>Runs a command of the program to its end.</summary>
    public static async Task<(int Code, string Text)> RunAsync(TestDatabase? database, params string[] arguments)
    {
        using var process = Start(database, KeyFile, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Starts a command of the program.</summary>
    public static Process Start(TestDatabase? database, string keyFile, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var argument in (string[])["TokenFactory.Api.dll", .. arguments])
            start.ArgumentList.Add(argument);
        if (database is not null)
            start.Environment["ConnectionStrings__TokenFactory"] = database.ConnectionString;
        start.Environment["TokenFactory__Ledger__SigningKeyFile"] = keyFile;
        return Process.Start(start)!;
    }

    private static async Task ReverseAsync(ApiProcess api, string id)
    {
        using var reversed = await api.Client.PostAsJsonAsync($"/v1/events/{Source}/{id}/reversal", new { reason = "a test" });
        reversed.StatusCode.Should().Be(HttpStatusCode.Created);
    }
}
