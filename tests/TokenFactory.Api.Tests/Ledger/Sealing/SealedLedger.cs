using System.Net;
using System.Net.Http.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Ledger.Sealing;

/// <summary>A small ledger with every kind of record: events with and without price, corrections, what was held back, refused and in conflict; sealed, and its service gone.</summary>
public sealed class SealedLedger : IAsyncLifetime
{
    public const string Source = "sealed";

    public TestDatabase Database { get; private set; } = null!;

    public ApiProcess Api { get; private set; } = null!;

    /// <summary>The note of the last checkpoint, kept elsewhere.</summary>
    public string Note { get; private set; } = "";

    /// <summary>The key that it is signed with, in PEM.</summary>
    public string PublicKey { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.Current.CreateDatabaseAsync();
        Api = await ApiProcess.StartAsync(Database.ConnectionString, new Dictionary<string, string> { ["TokenFactory__Ledger__CheckpointIntervalSeconds"] = "1" });
        foreach (var source in (string[])[Source, "other"])
            await Api.CreateAsync("/v1/sources", new { id = source });
        for (var batch = 0; batch < 6; batch++)
        {
            var events = Enumerable.Range(0, 1 + (batch * 3)).Select(i => Events.Native(
                $"e-{batch}-{i}", i % 4 == 3 ? "other" : Source, account: i % 2 == 0 ? "acme" : null, sector: "enterprise", input: 10 + i, outputValue: i % 3 == 0 ? null : "2.50"));
            using var sent = await Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
            sent.EnsureSuccessStatusCode();
        }

        foreach (var refused in (string[])[Events.Native("e-1-0", Source, input: 77), Events.Native("none", Source, producer: "nobody-knows"), "{\"source\":\"sealed\",\"id\":\"bad\"}"])
            (await Api.PostAsync("/v1/events", refused)).Dispose();
        using var held = await Api.PostAsync("/v1/ingest/raw", HeldUsage.Chat(Source, "held", "nobody-knows"));
        held.StatusCode.Should().Be(HttpStatusCode.Accepted);
        using var reversed = await Api.Client.PostAsJsonAsync($"/v1/events/{Source}/e-2-1/reversal", new { reason = "a test" });
        reversed.EnsureSuccessStatusCode();

        // A proof seals what is not sealed yet.
        await Api.GetAsync($"/v1/ledger/proofs/{Source}/~reversal%2Fe-2-1");
        Note = (await Api.GetAsync("/v1/ledger/checkpoints?limit=1")).GetProperty("items")[0].GetProperty("note").GetString()!;
        PublicKey = (await Api.GetAsync("/v1/ledger/checkpoint-keys"))[0].GetProperty("public_key").GetString()!;
    }

    /// <summary>Opens the database as its owner.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }
}
