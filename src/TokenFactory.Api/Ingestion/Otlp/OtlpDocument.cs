using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace TokenFactory.Api.Ingestion;

/// <summary>Tells the API document what OTLP's ways in answer: messages of OTLP, which no type of ours describes.</summary>
internal sealed class OtlpDocument : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var rejected = operation.OperationId switch
        {
            TracesController.RecordOperation => "rejectedSpans",
            MetricsController.RecordOperation => "rejectedDataPoints",
            _ => null,
        };
        if (rejected is null)
            return Task.CompletedTask;
        if (operation.RequestBody?.Content is { } body)
        {
            body[OtlpWire.ProtobufType] = Binary();
            body[OtlpWire.JsonType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } };
        }

        foreach (var (status, response) in operation.Responses!)
        {
            if (response is not OpenApiResponse answer)
                continue;
            answer.Content ??= new Dictionary<string, OpenApiMediaType>();
            if (status == "200")
            {
                answer.Description = "Received. `partialSuccess` is there only where something was not taken or is worth knowing.";
                answer.Content[OtlpWire.JsonType] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                    Example = new JsonObject { ["partialSuccess"] = new JsonObject { [rejected] = "1", ["errorMessage"] = "1 ... was rejected (...): ..." } },
                };
                answer.Content[OtlpWire.ProtobufType] = Binary();
            }
            else if (status is not "401")
            {
                // In the encoding of the request; a problem document only where the key itself is refused.
                answer.Content[OtlpWire.JsonType] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "google.rpc.Status." },
                    Example = new JsonObject { ["code"] = 3, ["message"] = "What is wrong, and what to do." },
                };
            }
        }

        return Task.CompletedTask;
    }

    private static OpenApiMediaType Binary() => new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
}
