using System.Globalization;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>Usage events as bodies.</summary>
public static class Events
{
    public const string Lines = "application/x-ndjson";

    public static string Native(
        string id, string source = "gateway-1", string occurredAt = "2026-10-05T10:00:00Z", string producer = "moonshot", string model = "kimi-k2",
        string? sector = null, string? account = null, long input = 10, long output = 5, string? outputValue = "2", string tier = "standard")
    {
        var body = new Dictionary<string, object>
        {
            ["source"] = source,
            ["id"] = id,
            ["occurred_at"] = occurredAt,
            ["producer"] = producer,
            ["model"] = model,
            ["service_tier"] = tier,
            ["usage"] = new { input, output },
        };
        if (sector is not null)
            body["sector"] = sector;
        if (account is not null)
            body["account"] = account;
        if (outputValue is not null)
        {
            body["unit_values"] = new { input = outputValue, output = outputValue };
            body["currency"] = "USD";
        }

        return JsonSerializer.Serialize(body);
    }

    public static string Join(IEnumerable<string> events) => string.Concat(events.Select(e => e + "\n"));

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
