using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace TokenFactory.Api.Ingestion;

/// <summary>Tells the API document what may be quoted: the body is read by hand, as that of events.</summary>
internal sealed class QuotesDocument(EventSchema schema) : IOpenApiOperationTransformer
{
    private const string Event =
        """
        {
          "producer": "moonshot", "model": "kimi-k2", "account": "acme", "occurred_at": "2026-11-23T10:00:00Z",
          "usage": { "input": 86, "cache_read": 17817, "output": 40, "output_reasoning": 12 }
        }
        """;
    private const string Response =
        """
        {
          "provider": "openai", "account": "acme",
          "response": {
            "id": "chatcmpl-8f2", "model": "gpt-4o-2024-08-06", "created": 1795428000, "service_tier": "default",
            "usage": {
              "prompt_tokens": 17903, "completion_tokens": 52, "total_tokens": 17955,
              "prompt_tokens_details": { "cached_tokens": 17817 }, "completion_tokens_details": { "reasoning_tokens": 12 }
            }
          }
        }
        """;

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.OperationId != QuotesController.QuoteOperation)
            return Task.CompletedTask;
        var document = context.Document ?? throw new InvalidOperationException("The operation has no document.");
        document.AddComponent("QuotedEvent", schema.QuotedEvent());
        document.AddComponent("RawUsage", schema.RawUsage());
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "An event, or a provider's response.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        OneOf = [new OpenApiSchemaReference("QuotedEvent", document), new OpenApiSchemaReference("RawUsage", document)],
                    },
                    Examples = new Dictionary<string, IOpenApiExample>
                    {
                        ["event"] = new OpenApiExample { Summary = "An event", Value = JsonNode.Parse(Event) },
                        ["response"] = new OpenApiExample { Summary = "A provider's response", Value = JsonNode.Parse(Response) },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }
}
