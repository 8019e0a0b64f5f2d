using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Quarantine;

/// <summary>Usage that can't be read when it is sent, and what tests ask about it.</summary>
internal static class HeldUsage
{
    public const string Prompt = "the secret plan of the minister";

    /// <summary>A chat completion of a producer whom nobody may know.</summary>
    public static string Chat(string source, string id, string producer, string? flavor = "openai_chat", string model = "m-1", int completion = 5) =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["source"] = source,
            ["provider"] = producer,
            ["flavor"] = flavor,
            ["occurred_at"] = "2026-10-05T10:00:00Z",
            ["account"] = "acme",
            ["response"] = new
            {
                id,
                model,
                choices = new[] { new { message = new { content = Prompt } } },
                usage = new { prompt_tokens = 10, completion_tokens = completion, total_tokens = 10 + completion },
            },
        }.Where(m => m.Value is not null).ToDictionary());

    /// <summary>Its parts do not sum to its total, whoever reads it.</summary>
    public static string Broken(string source, string id) => Chat(source, id, "openai").Replace("\"total_tokens\":15", "\"total_tokens\":99", StringComparison.Ordinal);

    /// <summary>Sends what is to be held back, and answers its number.</summary>
    public static async Task<long> HoldAsync(this ApiProcess api, string body)
    {
        using var answer = await api.PostAsync("/v1/ingest/raw", body);
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var sent = JsonDocument.Parse(body).RootElement;
        var listed = await api.ListAsync($"?source={sent.GetProperty("source").GetString()}");
        return listed.Single(e => e.GetProperty("event_id").GetString() == sent.GetProperty("response").GetProperty("id").GetString()).GetProperty("id").GetInt64();
    }

    public static async Task<List<JsonElement>> ListAsync(this ApiProcess api, string query) =>
        [.. (await api.GetAsync($"/v1/quarantine{query}{(query.Length == 0 ? "?" : "&")}limit=1000")).GetProperty("items").EnumerateArray()];

    public static async Task<string> StatusAsync(this ApiProcess api, long id) => (await api.GetAsync($"/v1/quarantine/{id}")).GetProperty("status").GetString()!;

    public static Task<(HttpStatusCode Status, JsonElement Body)> ReleaseAsync(this ApiProcess api, long id, object? body = null) =>
        AskAsync(api.Client, $"/v1/quarantine/{id}/release", body);

    public static Task<(HttpStatusCode Status, JsonElement Body)> DiscardAsync(this ApiProcess api, long id, string reason = "a test") =>
        AskAsync(api.Client, $"/v1/quarantine/{id}/discard", new { reason });

    public static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpClient client, string path, object? body)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var answer = await client.PostAsync(path, content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static async Task<JsonElement> BooksAsync(this ApiProcess api)
    {
        var books = await api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
        return books;
    }
}
