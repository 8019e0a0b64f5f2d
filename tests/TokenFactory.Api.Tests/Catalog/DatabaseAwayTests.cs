using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>While the database is away every answer says so and when to come again; when it is back, so is the service.</summary>
public sealed class DatabaseAwayTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task The_catalog_answers_503_without_its_database_and_recovers_by_itself()
    {
        await _api.CreateAsync("/v1/sources", new { id = "before" });
        await SetAllowedAsync(false);
        try
        {
            foreach (var (method, path, body) in new[]
            {
                ("GET", "/v1/sources", null), ("GET", "/v1/accounts/none", null), ("GET", "/v1/models", null), ("GET", "/v1/api-keys", null),
                ("POST", "/v1/sources", """{"id":"during"}"""), ("POST", "/v1/api-keys", """{"name":"x","scopes":["read"]}"""),
                ("POST", "/v1/rate-cards", """{"producer":"groq","model":"m","effective_from":"2026-01-01T00:00:00Z","unit_values":{"output":"1"}}"""),
                ("PATCH", "/v1/accounts/none", "{}"), ("DELETE", "/v1/models/1", null), ("DELETE", "/v1/api-keys/none", null),
            })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                if (body is not null)
                    request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
                using var answer = await _api.Client.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();

                answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, $"{method} {path} answered {text}");
                answer.Headers.RetryAfter!.Delta.Should().BePositive();
                JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().Should().Be("database_unavailable");
                text.Should().NotContain("Npgsql").And.NotContain("127.0.0.1");
            }

            (await _api.Client.GetAsync("/health/ready")).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await _api.Client.GetAsync("/health/live")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            await SetAllowedAsync(true);
        }

        await _api.WaitUntilAsync("/health/ready", TimeSpan.FromSeconds(30));
        (await _api.GetAsync("/v1/sources")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("id").GetString()).Should().Contain("before").And.NotContain("during");
        (await _api.Client.PostAsJsonAsync("/v1/sources", new { id = "after" })).StatusCode.Should().Be(HttpStatusCode.Created);
        (await _api.PostAsync("/v1/events", Events.Native("e", "after"))).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private async Task SetAllowedAsync(bool allowed)
    {
        var settings = new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString) { Pooling = false };
        var name = settings.Database;
        settings.Database = "postgres";
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"alter database {name} allow_connections {allowed}; select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'", connection);
        await command.ExecuteNonQueryAsync();
    }
}
