using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Tells the API document what the parser takes, with the limits as they are configured: the body is read by hand, so nothing else could.
/// </summary>
internal sealed class EventsDocument(IngestionOptions options) : IOpenApiOperationTransformer
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

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.OperationId != EventsController.RecordOperation)
            return Task.CompletedTask;
        var document = context.Document ?? throw new InvalidOperationException("The operation has no document.");
        document.AddComponent("UsageEvent", EventSchema());
        operation.Description += "\n\n" + Limits();
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "One event, an array of events, or one event per line.",
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
    }

    private string Limits() => string.Create(CultureInfo.InvariantCulture,
        $"""
        Limits, each answered with 413 or a violation that names it:

        * a JSON body: {options.MaxBodyBytes:N0} bytes after decompression, an array: {options.MaxArrayEvents:N0} events
        * an NDJSON body: {options.MaxStreamBytes:N0} bytes after decompression, a line: {options.MaxLineBytes:N0} bytes, any number of lines
        * `atomic=true`: {options.MaxAtomicEvents:N0} events of one source
        * `id`, `account`, `model` and other names: {options.MaxNameLength:N0} characters
        * tokens of one class in one event: {options.MaxQuantity:N0}
        * `occurred_at`: from 2000 to {options.MaxFutureSkewSeconds:N0} seconds in the future
        """);

    private OpenApiSchema EventSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "The tokens of one request, identified by `source` and `id`. Members that are not listed are refused.",
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string> { "source", "id", "occurred_at", "producer", "model", "usage" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["source"] = Name("The registered source that sends it."),
            ["id"] = Name("The sender's id, unique within the source for ever. May not begin with `~`."),
            ["occurred_at"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When the tokens were produced; with an offset. Kept to the microsecond." },
            ["producer"] = Name("A producer's id or alias."),
            ["model"] = Name("The model's name, alias or dated name. A model that is not known is registered on sight."),
            ["account"] = Name("Whom the tokens were for. An account that is not known is registered on sight, unclassified.", optional: true),
            ["sector"] = OneOf(WireNames.AllSectors, "The institutional sector; it goes before that of the account. Leave it out where nothing is known."),
            ["service_tier"] = OneOf(WireNames.AllServiceTiers, "Left out: standard."),
            ["region"] = Name("Where the tokens were made, for prices that depend on it.", optional: true),
            ["usage"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Tokens by class. The classes are disjoint: `input` is without what was read from a cache, `output` without reasoning.",
                MinProperties = 1,
                AdditionalPropertiesAllowed = false,
                Properties = PerClass(() => new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer | JsonSchemaType.String,
                    Format = "int64",
                    Pattern = "^[0-9]+$",
                    Minimum = "0",
                    Maximum = options.MaxQuantity.ToString(CultureInfo.InvariantCulture),
                }),
            },
            ["unit_values"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object | JsonSchemaType.Null,
                Description = "Declared money per million tokens, by class of `usage`; what is not declared is looked up in the rate card. Needs `currency`.",
                AdditionalPropertiesAllowed = false,
                Properties = PerClass(() => Decimal("Up to 12 decimals, not negative.")),
            },
            ["currency"] = Currency("That of `unit_values`, ISO 4217; only with it.", optional: true),
            ["reported_cost"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object | JsonSchemaType.Null,
                Description = "What the sender says that the request cost. Kept with the receipt; no figure is made from it.",
                AdditionalPropertiesAllowed = false,
                Required = new HashSet<string> { "amount", "currency" },
                Properties = new Dictionary<string, IOpenApiSchema> { ["amount"] = Decimal("Up to 12 decimals."), ["currency"] = Currency("ISO 4217.", optional: false) },
            },
        },
    };

    private static Dictionary<string, IOpenApiSchema> PerClass(Func<IOpenApiSchema> schema) => WireNames.AllTokenClasses.ToDictionary(name => name, _ => schema());

    private OpenApiSchema Name(string description, bool optional = false) => new()
    {
        Type = JsonSchemaType.String | (optional ? JsonSchemaType.Null : 0),
        MinLength = 1,
        MaxLength = options.MaxNameLength,
        Description = description,
    };

    private static OpenApiSchema OneOf(IReadOnlyList<string> names, string description) => new()
    {
        Type = JsonSchemaType.String | JsonSchemaType.Null,
        Enum = [.. names.Select(n => JsonValue.Create(n)), JsonNullSentinel.JsonNull],
        Description = description,
    };

    private static OpenApiSchema Decimal(string description) => new()
    {
        Type = JsonSchemaType.String | JsonSchemaType.Number,
        Pattern = "^[0-9]+(\\.[0-9]{1,12})?$",
        Description = description,
    };

    private static OpenApiSchema Currency(string description, bool optional) => new()
    {
        Type = JsonSchemaType.String | (optional ? JsonSchemaType.Null : 0),
        Pattern = "^[A-Z]{3}$",
        Description = description,
    };

    private static string OnOneLine(string json) => JsonNode.Parse(json)!.ToJsonString();
}
