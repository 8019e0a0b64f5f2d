using System.Net;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>What the tests of quotes have in common.</summary>
internal static class Quoting
{
    /// <summary>Posts a usage and expects its quote.</summary>
    public static async Task<JsonElement> QuoteAsync(this ApiProcess api, string body, string query = "")
    {
        using var answer = await api.PostAsync("/v1/quotes" + query, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public static Task<JsonElement> QuoteAsync(this ApiProcess api, object usage, string query = "") => api.QuoteAsync(JsonSerializer.Serialize(usage), query);

    /// <summary>A card of groq's, from 2026 on; further members go before those that are always there.</summary>
    public static async Task<long> CardAsync(this ApiProcess api, string model, string members) =>
        (await api.CreateAsync("/v1/rate-cards", JsonDocument.Parse($$"""
            {"producer":"groq","model":"{{model}}",{{(members.Contains("\"effective_from\"", StringComparison.Ordinal) ? "" : "\"effective_from\":\"2026-01-01T00:00:00Z\",")}}{{members}}}
            """).RootElement)).GetProperty("id").GetInt64();

    public static object Usage(string model, long input = 0, long output = 0, string at = "2026-10-05T10:00:00Z", string? account = null, string? sector = null,
        string? region = null) => new { producer = "groq", model, occurred_at = at, account, sector, region, usage = new { input, output } };

    public static JsonElement Line(this JsonElement quote, string tokenClass, string? basis = null) => quote.GetProperty("lines").EnumerateArray()
        .Single(l => l.GetProperty("token_class").GetString() == tokenClass && (basis is null || l.GetProperty("basis").GetString() == basis));

    /// <summary>A text, or the digits of a number, at a path of members; null: it is not there, or null.</summary>
    public static string? Text(this JsonElement owner, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out owner))
                return null;
        }

        return owner.ValueKind is JsonValueKind.Null ? null : owner.ToString();
    }

    /// <summary>Publishes exchange rates, as another instance of the service would.</summary>
    public static Task PublishAsync(this TestDatabase database, long id, string publishedAt, string @base, params (string Currency, string Rate)[] rates) =>
        database.ExecuteAsync($"""
            insert into fx_publications (id, source, base, published_at, recorded_at) overriding system value values ({id}, 'ECB', '{@base}', '{publishedAt}', now());
            insert into fx_rates (publication_id, currency, rate) values {string.Join(", ", rates.Select(r => $"({id}, '{r.Currency}', {r.Rate})"))};
            update catalog_version set version = version + 1;
            """);
}
