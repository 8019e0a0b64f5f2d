using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>What the parser takes, as schemas of the API document, with the limits as they are configured.</summary>
internal sealed class EventSchema(IngestionOptions options)
{
    public OpenApiSchema Event() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "The tokens of one request, identified by `source` and `id`. Members that are not listed are refused.",
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string> { "source", "id", "occurred_at", "producer", "model", "usage" },
        Properties = EventMembers(),
    };

    public OpenApiSchema CloudEvent() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A CloudEvent (specification 1.0) whose data is an event. Extension attributes are ignored.",
        AdditionalPropertiesAllowed = true,
        Required = new HashSet<string> { "specversion", "type", "source", "id" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["specversion"] = Only("1.0"),
            ["type"] = Only(CloudEventReader.EventType),
            ["source"] = Name("The registered source that sends it."),
            ["id"] = Name("The sender's id, unique within the source for ever. May not begin with `~`."),
            ["time"] = When("When the tokens were produced, where `data` has no `occurred_at`; with an offset. Kept to the microsecond."),
            ["datacontenttype"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "JSON. Left out: application/json." },
            ["data"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "An event. What it says of source, id and time must agree with the envelope. Members that are not listed are refused.",
                AdditionalPropertiesAllowed = false,
                Required = new HashSet<string> { "producer", "model", "usage" },
                Properties = EventMembers(),
            },
            ["data_base64"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte", Description = "The same as base64 of its JSON, in the place of `data`." },
        },
    };

    public OpenApiSchema QuotedEvent() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "As an event; `source` and `id` say nothing here, and without `occurred_at` it is now. Members that are not listed are refused.",
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string> { "producer", "model", "usage" },
        Properties = EventMembers(),
    };

    public OpenApiSchema RawUsage()
    {
        var members = EventMembers();
        foreach (var name in (ReadOnlySpan<string>)["producer", "usage", "unit_values", "currency", "reported_cost"])
            members.Remove(name);
        members["model"] = Name("Left out: as the response names it.", optional: true);
        members["occurred_at"] = When("Left out: when the response says that it was made, else now.");
        members["service_tier"] = OneOf(WireNames.AllServiceTiers, "Left out: as the response says, else standard.");
        members["provider"] = Name("A producer's id or alias: whose response it is.");
        members["flavor"] = OneOf([.. UsageProfiles.All.Select(p => p.Id)], "The shape of its usage. Left out: that of the provider's responses.");
        members["response"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "What the provider answered, whole. Its usage and what it says of itself are read, and nothing else." };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "A provider's response, whose usage is read into disjoint token classes. Members that are not listed are refused.",
            AdditionalPropertiesAllowed = false,
            Required = new HashSet<string> { "provider", "response" },
            Properties = members,
        };
    }

    private Dictionary<string, IOpenApiSchema> EventMembers() => new()
    {
        ["source"] = Name("The registered source that sends it."),
        ["id"] = Name("The sender's id, unique within the source for ever. May not begin with `~`."),
        ["occurred_at"] = When("When the tokens were produced; with an offset. Kept to the microsecond."),
        ["producer"] = Name("A producer's id or alias."),
        ["model"] = Name("The model's name, alias or dated name. A model that is not known is registered on sight."),
        ["account"] = Name("Whom the tokens were for. An account that is not known is registered on sight, unclassified.", optional: true),
        ["sector"] = OneOf(WireNames.AllSectors, "The institutional sector; it goes before that of the account. Leave it out where nothing is known."),
        ["region"] = Name("Where the tokens were made, for prices that depend on it.", optional: true),
        ["service_tier"] = OneOf(WireNames.AllServiceTiers, "Left out: standard."),
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

    private static OpenApiSchema Only(string value) => new() { Type = JsonSchemaType.String, Enum = [JsonValue.Create(value)] };

    private static OpenApiSchema When(string description) => new()
    {
        Type = JsonSchemaType.String,
        Format = "date-time",
        Description = description,
    };
}
