using System.Diagnostics;
using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Access;

/// <summary>What instances know of keys, and write down about them.</summary>
public sealed class KeyRingTests
{
    [Fact]
    public async Task A_key_that_one_instance_revokes_is_refused_by_the_other_within_seconds()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var first = await ApiProcess.StartAsync(database.ConnectionString);
        await using var second = await ApiProcess.StartAsync(database.ConnectionString);
        var key = await ReadKeyAsync(first);
        using var atFirst = first.ClientWith(key.GetProperty("key").GetString());
        using var atSecond = second.ClientWith(key.GetProperty("key").GetString());
        (await atSecond.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK, "it remembers the key from now on");

        (await first.Client.DeleteAsync($"/v1/api-keys/{key.GetProperty("id").GetString()}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        var revoked = Stopwatch.GetTimestamp();

        (await atFirst.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "here it holds at once");
        await Until.TrueAsync(async () => (await atSecond.GetAsync("/v1/sources")).StatusCode == HttpStatusCode.Unauthorized, "the other instance refuses the key");
        var took = Stopwatch.GetElapsedTime(revoked);
        TestContext.Current.SendDiagnosticMessage($"A revocation reached the other instance after {took.TotalSeconds:0.0} s.");
        // Remembered for 3 s; the rest is what a machine under tests may take.
        took.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_last_use_of_a_key_is_written_down_and_a_stop_loses_none()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        string id;
        await using (var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__AccessNotesSeconds"] = "1" }))
        {
            var key = await ReadKeyAsync(api);
            id = key.GetProperty("id").GetString()!;
            key.TryGetProperty("last_used_at", out var unused);
            (unused.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null).Should().BeTrue("nobody has used it");
            using var client = api.ClientWith(key.GetProperty("key").GetString());
            using var wrong = api.ClientWith(key.GetProperty("key").GetString()![..^1]);
            (await wrong.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            (await database.ScalarAsync<long>($"select count(*) from api_keys where id = '{id}' and last_used_at is not null")).Should().Be(0);

            var before = TimeProvider.System.GetUtcNow();
            (await client.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK);
            await Until.TrueAsync(async () => await LastUseAsync(database, id) is not null, "the use is written down");
            (await LastUseAsync(database, id)).Should().BeCloseTo(before, TimeSpan.FromSeconds(5));
            (await api.GetAsync("/v1/api-keys")).EnumerateArray().Single(k => k.GetProperty("id").GetString() == id).GetProperty("last_used_at").ValueKind.Should().Be(JsonValueKind.String);
        }

        // An interval that never comes round: the stop writes.
        await database.ExecuteAsync("update api_keys set last_used_at = null");
        await using var slow = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__AccessNotesSeconds"] = "3600" });
        (await slow.Client.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK);
        await slow.StopAsync();
        (await LastUseAsync(database, "bootstrap")).Should().NotBeNull();
    }

    private static async Task<DateTimeOffset?> LastUseAsync(TestDatabase database, string id) =>
        await database.ScalarAsync<string>($"select coalesce(to_char(last_used_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '') from api_keys where id = '{id}'") is { Length: > 0 } text
            ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    private static Task<JsonElement> ReadKeyAsync(ApiProcess api) => api.CreateAsync("/v1/api-keys", new { name = "a reader", scopes = (string[])["read"] });
}
