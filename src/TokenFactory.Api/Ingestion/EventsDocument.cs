using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Tells the API document what the parser takes, with the limits as they are configured: the body is read by hand, so nothing else could.
/// </summary>
internal sealed class EventsDocument(IngestionOptions options, EventSchema schema) : IOpenApiOperationTransformer
{
    private const string One =
        """
        {
          "source": "gateway-1", "id": "req-8f2", "occurred_at": "2026-11-23T10:00:00Z",
          "producer": "moonshot", "model": "kimi-k2", "account": "acme", "sector": "enterprise",
          "usage": { "input": 86, "cache_read": 17817, "output": 40, "output_reasoning": 12 },
          "unit_values": { "output": "2.50" }, "currency": "USD"
        }
        """;
    private const string Another =
        """
        {
          "source": "gateway-1", "id": "req-8f3", "occurred_at": "2026-11-23T10:00:01.250Z",
          "producer": "openai", "model": "gpt-4o-2024-08-06", "service_tier": "batch",
          "usage": { "input": 1200, "output": 310 }
        }
        """;

    private const string Enveloped =
        """
        {
          "specversion": "1.0", "type": "tokenfactory.usage.v1", "source": "gateway-1", "id": "req-8f4", "time": "2026-11-23T10:00:02Z",
          "datacontenttype": "application/json",
          "data": { "producer": "moonshot", "model": "kimi-k2", "account": "acme", "usage": { "input": 86, "output": 40 } }
        }
        """;

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.OperationId != EventsController.RecordOperation)
            return Task.CompletedTask;
        var document = context.Document ?? throw new InvalidOperationException("The operation has no document.");
        document.AddComponent("UsageEvent", schema.Event());
        document.AddComponent("UsageCloudEvent", schema.CloudEvent());
        operation.Description += "\n\n" + Limits();
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "One event, an array of events, or one event per line; or CloudEvents with events as data.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        OneOf =
                        [
                            Event(),
                            new OpenApiSchema { Type = JsonSchemaType.Array, Items = Event(), MaxItems = options.MaxArrayEvents },
                        ],
                    },
                    Examples = new Dictionary<string, IOpenApiExample>
                    {
                        ["one"] = new OpenApiExample { Summary = "One event", Value = JsonNode.Parse(One) },
                        ["many"] = new OpenApiExample { Summary = "An array", Value = JsonNode.Parse($"[{One},{Another}]") },
                    },
                },
                ["application/x-ndjson"] = new()
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One event per line; the last line may end without a newline." },
                    Example = JsonValue.Create($"{OnOneLine(One)}\n{OnOneLine(Another)}\n"),
                },
                [CloudEventModes.StructuredType] = new() { Schema = CloudEvent(), Example = JsonNode.Parse(Enveloped) },
                [CloudEventModes.BatchType] = new()
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = CloudEvent(), MaxItems = options.MaxArrayEvents },
                    Example = JsonNode.Parse($"[{Enveloped}]"),
                },
            },
        };
        Answer("200", "Recorded: the receipt of an event that was recorded before, or the counts of a batch that was taken whole.",
            ("application/json", new OpenApiSchema { OneOf = [Schema(nameof(Receipt)), Schema(nameof(BatchAnswer))] }));
        Answer("201", "The receipt of a new event.", ("application/json", Schema(nameof(Receipt))));
        Answer("207", "The counts of a batch of which something was not taken, and why.", ("application/json", Schema(nameof(BatchAnswer))));
        foreach (var (status, why) in ((string, string)[])[("409", "The event's id is taken by other content."), ("422", "The event is not valid.")])
        {
            Answer(status, $"{why} With `atomic=true`: nothing was recorded, and why.",
                (Problems.ContentType, Schema(nameof(ProblemDocument))), ("application/json", Schema(nameof(BatchAnswer))));
        }

        return Task.CompletedTask;

        void Answer(string status, string description, params (string Type, IOpenApiSchema Schema)[] content) => operation.Responses![status] = new OpenApiResponse
        {
            Description = description,
            Content = content.ToDictionary(c => c.Type, c => new OpenApiMediaType { Schema = c.Schema }),
        };

        IOpenApiSchema Schema(string name) => new OpenApiSchemaReference(name, document);

        IOpenApiSchema Event() => new OpenApiSchemaReference("UsageEvent", document);

        IOpenApiSchema CloudEvent() => new OpenApiSchemaReference("UsageCloudEvent", document);
    }

    private string Limits() => string.Create(CultureInfo.InvariantCulture,
        $"""
        Limits, each answered with 413 or a violation that names it:

        * a JSON body: {options.MaxBodyBytes:N0} bytes after decompression, an array or a batch of CloudEvents: {options.MaxArrayEvents:N0} events
        * an NDJSON body: {options.MaxStreamBytes:N0} bytes after decompression, a line: {options.MaxLineBytes:N0} bytes, any number of lines
        * `atomic=true`: {options.MaxAtomicEvents:N0} events of one source
        * `id`, `account`, `model` and other names: {options.MaxNameLength:N0} characters
        * tokens of one class in one event: {options.MaxQuantity:N0}
        * `occurred_at`: from 2000 to {options.MaxFutureSkewSeconds:N0} seconds in the future
        """);

    private static string OnOneLine(string json) => JsonNode.Parse(json)!.ToJsonString();
}
