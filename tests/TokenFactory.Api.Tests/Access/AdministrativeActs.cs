using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ingestion.Quarantine;

namespace TokenFactory.Api.Tests.Access;

/// <summary>One administrative act that can be done, once.</summary>
/// <param name="Operation">As the document names it.</param>
/// <param name="Path">Where it is sent.</param>
/// <param name="Body">What is sent; null: nothing.</param>
/// <param name="Action">What the log calls it.</param>
/// <param name="Object">What it is done to; null: the path.</param>
/// <param name="IsLoggedWhenOver">It is not logged by its own transaction.</param>
/// <param name="Outcome">What the log says became of it.</param>
public sealed record AdministrativeActCase(string Operation, string Path, string? Body, string Action, string? Object = null, bool IsLoggedWhenOver = false, string Outcome = "done")
{
    public async Task<HttpResponseMessage> SendAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Operation.Split(' ')[0]), Path);
        if (Body is not null)
        {
            request.Content = new StringContent(Body, Encoding.UTF8,
                new MediaTypeHeaderValue(Operation.EndsWith("/import", StringComparison.Ordinal) ? "text/csv" : "application/json"));
        }

        request.Headers.TryAddWithoutValidation("If-Match", "*");
        return await client.SendAsync(request);
    }
}

/// <summary>Every administrative act of the service, in an order in which each can be done.</summary>
internal static class AdministrativeActs
{
    /// <summary>Lays what the acts need, and tells them.</summary>
    public static async Task<List<AdministrativeActCase>> ReadyAsync(ApiProcess api)
    {
        await api.CreateAsync("/v1/sources", new { id = "acts" });
        var first = await api.HoldAsync(HeldUsage.Broken("acts", "held-1"));
        var second = await api.HoldAsync(HeldUsage.Chat("acts", "held-2", "nobody-yet"));
        var third = await api.HoldAsync(HeldUsage.Chat("acts", "held-3", "nobody-yet"));
        using var taken = await api.PostAsync("/v1/events", Events.Native("e-1", "acts", account: "acme"));
        taken.EnsureSuccessStatusCode();
        var key = (await api.CreateAsync("/v1/api-keys", new { name = "to be rotated", scopes = (string[])["read"] })).GetProperty("id").GetString();
        var model = (await api.CreateAsync("/v1/models", new { producer = "moonshot", model = "m-acts" })).GetProperty("id").GetInt32();
        var idle = (await api.CreateAsync("/v1/models", new { producer = "moonshot", model = "m-idle" })).GetProperty("id").GetInt32();
        var card = (await api.CreateAsync("/v1/rate-cards", Card("m-acts"))).GetProperty("id").GetInt64();
        var other = (await api.CreateAsync("/v1/rate-cards", Card("m-idle-2"))).GetProperty("id").GetInt64();
        var rule = (await api.CreateAsync("/v1/sector-rules", new { kind = "plan", value = "acts", sector = "household", provenance = "a test" })).GetProperty("id").GetInt32();
        return
        [
            new("POST /v1/api-keys", "/v1/api-keys", """{"name":"made","scopes":["read"]}""", "api_key.created", "api-keys/*"),
            new("POST /v1/api-keys/{id}/rotation", $"/v1/api-keys/{key}/rotation", "{}", "api_key.rotated", $"api-keys/{key}/rotation"),
            new("DELETE /v1/api-keys/{id}", $"/v1/api-keys/{key}", null, "api_key.revoked"),
            new("POST /v1/producers", "/v1/producers", """{"id":"p-acts","name":"P","kind":"both"}""", "producer.created", "producers/p-acts"),
            new("PATCH /v1/producers/{id}", "/v1/producers/p-acts", """{"name":"Q","aliases":["p.acts"]}""", "producer.changed"),
            new("DELETE /v1/producers/{id}", "/v1/producers/p-acts", null, "producer.deleted"),
            new("POST /v1/models", "/v1/models", """{"producer":"moonshot","model":"m-new"}""", "model.created", "models/*"),
            new("PATCH /v1/models/{id}", $"/v1/models/{model}", """{"aliases":["m-acts-alias"]}""", "model.changed"),
            new("DELETE /v1/models/{id}", $"/v1/models/{idle}", null, "model.deleted"),
            new("POST /v1/sources", "/v1/sources", """{"id":"s-acts"}""", "source.created", "sources/s-acts"),
            new("PATCH /v1/sources/{id}", "/v1/sources/s-acts", """{"name":"S","signal":"traces"}""", "source.changed"),
            new("DELETE /v1/sources/{id}", "/v1/sources/s-acts", null, "source.deleted"),
            new("POST /v1/accounts", "/v1/accounts", """{"id":"a-acts"}""", "account.created", "accounts/a-acts"),
            new("PATCH /v1/accounts/{id}", "/v1/accounts/a-acts", """{"sectors":[{"sector":"government"}]}""", "account.changed"),
            new("POST /v1/accounts/{account}/reclassifications", "/v1/accounts/acme/reclassifications",
                """{"sector":"household","effective_from":"2026-10-01T00:00:00Z","reason":"a test"}""", "account.reclassified", "accounts/acme/reclassifications/*"),
            new("POST /v1/sector-rules", "/v1/sector-rules", """{"kind":"plan","value":"acts-2","sector":"household","provenance":"a test"}""", "sector_rule.created", "sector-rules/*"),
            new("POST /v1/sector-rules/{id}/end", $"/v1/sector-rules/{rule}/end", """{"effective_to":"2999-01-01T00:00:00Z","reason":"a test"}""", "sector_rule.ended"),
            new("POST /v1/rate-cards", "/v1/rate-cards", JsonSerializer.Serialize(Card("m-acts-2")), "rate_card.created", "rate-cards/*"),
            new("PATCH /v1/rate-cards/{id}", $"/v1/rate-cards/{card}", """{"effective_to":"2027-01-01T00:00:00Z","reason":"a test"}""", "rate_card.ended"),
            new("DELETE /v1/rate-cards/{id}", $"/v1/rate-cards/{other}", null, "rate_card.withdrawn"),
            new("POST /v1/rate-cards/import", "/v1/rate-cards/import?format=csv",
                "producer,model,token_class,currency,unit_value,effective_from\nmoonshot,m-imported,input,USD,0.60,2025-10-01\n", "rate_card.imported"),
            new("POST /v1/fx-rates", "/v1/fx-rates", """{"source":"acts","base":"EUR","published_at":"2026-10-01T00:00:00Z","rates":{"USD":"1.05"}}""", "fx_rate.created", "fx-rates"),
            new("POST /v1/fx-rates/import", "/v1/fx-rates/import?source=acts", "Date,USD,\n2026-11-24,1.05,\n", "fx_rate.imported"),
            new("POST /v1/repricings", "/v1/repricings",
                """{"start":"2026-10-01T00:00:00Z","end":"2026-11-01T00:00:00Z","price_basis":"event_time","dry_run":true}""", "repricing.created", "repricings/*"),
            new("POST /v1/quarantine/{id}/discard", $"/v1/quarantine/{first}/discard", """{"reason":"a test"}""", "quarantine.discarded"),
            new("POST /v1/quarantine/{id}/release", $"/v1/quarantine/{second}/release", """{"producer":"moonshot"}""", "quarantine.released", null, IsLoggedWhenOver: true),
            new("POST /v1/quarantine/release", "/v1/quarantine/release", """{"source":"acts"}""", "quarantine.released", null, IsLoggedWhenOver: true, "unchanged"),
            new("POST /v1/events/{source}/{id}/reversal", "/v1/events/acts/e-1/reversal", """{"reason":"a test"}""", "event.reversed", null, IsLoggedWhenOver: true),
            new("GET /v1/reconciliation", "/v1/reconciliation?full=true", null, "reconciliation.recomputed", null, IsLoggedWhenOver: true),
        ];

        object Card(string name) => new { producer = "moonshot", model = name, effective_from = "2025-10-01T00:00:00Z", unit_values = new { input = "0.60" } };
    }
}
