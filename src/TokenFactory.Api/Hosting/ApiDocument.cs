using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Hosting;

/// <summary>The OpenAPI 3.1 document at /openapi/v1.json and Swagger UI over it.</summary>
internal static class ApiDocument
{
    private const string BearerScheme = "bearer_key";
    private const string HeaderScheme = "header_key";
    private const string Description =
        """
        Meters and prices what large models produce: tokens. Programs record usage events; the ledger values each at its own time, and
        figures are published per sector (household, government, enterprise, unclassified): **Token GDP** (quantity x unit value) and the
        **Token Index** (price, quantity, value).

        * **Keys**: `Authorization: Bearer tf_...` or `X-Api-Key: tf_...`. Scopes: `ingest` (for named sources), `read`, `admin`. Figures may be public.
        * **Numbers**: money and quantities are strings in JSON, because they pass what a double can hold. Unit values are money per million tokens.
        * **Time**: RFC 3339 with an offset. Windows are half-open: `start` is inside, `end` is not.
        * **Once**: an event is identified by its source and id. Sending the same again is always safe.
        * **Errors**: problem documents (RFC 9457) with a stable `code`, and JSON Pointers in `errors`.
        """;

    // Parameters that mean the same everywhere.
    private static readonly Dictionary<string, IReadOnlyList<string>> Vocabularies = new()
    {
        ["sector"] = WireNames.AllSectors,
        ["token_class"] = WireNames.AllTokenClasses,
        ["service_tier"] = WireNames.AllServiceTiers,
    };

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(SecureAsync);
        options.AddOperationTransformer(DescribeAnswersAsync);
        options.AddOperationTransformer(DescribeRawBodyAsync);
        options.AddOperationTransformer(DescribeExamplesAsync);
        options.AddOperationTransformer(DescribeParametersAsync);
        options.AddSchemaTransformer(ShapeAsync);
    });

    public static void UseApiPages(this IApplicationBuilder app) => app.UseSwaggerUI(ui =>
    {
        ui.DocumentTitle = "Token Factory API";
        ui.SwaggerEndpoint("/openapi/v1.json", "Token Factory v1");
        ui.RoutePrefix = "swagger";
        ui.EnablePersistAuthorization();
        ui.EnableTryItOutByDefault();
        ui.EnableDeepLinking();
        ui.DisplayRequestDuration();
        ui.ConfigObject.DefaultModelsExpandDepth = -1;
    });

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "Token Factory";
        document.Info.Version = "v1";
        document.Info.Description = Description;
        // Relative to wherever it is served, whatever stands in front.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [BearerScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A key of this service: `Authorization: Bearer tf_...`",
            },
            [HeaderScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "X-Api-Key",
                Description = "The same key in a header of its own, where Authorization is taken.",
            },
        };
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = "Events", Description = "Usage events: recorded once, reversed, never changed." },
            new() { Name = "Senders", Description = "Usage in other people's shapes: LiteLLM, OpenTelemetry, CSV, providers' responses and reports." },
            new() { Name = "Quarantine", Description = "What could not be read: why, and its release." },
            new() { Name = "Quotes", Description = "What a usage is worth, and why, without recording it." },
            new() { Name = "Ledger", Description = "The entries behind the figures." },
            new() { Name = "Figures", Description = "Token GDP and the Token Index." },
            new() { Name = "Producers", Description = "Token factories, and the names under which emitters report them." },
            new() { Name = "Models", Description = "What producers make tokens with; registered on sight." },
            new() { Name = "Sources", Description = "Who may send events." },
            new() { Name = "Accounts", Description = "Whom tokens are for, and the institutional sector that they belong to over time." },
            new() { Name = "Sector rules", Description = "What decides a sector where nobody says it: domains, legal forms and plans." },
            new() { Name = "Rate cards", Description = "Unit values by model, service tier and token class, from an instant on." },
            new() { Name = "Exchange rates", Description = "What currencies are worth in each other, as published." },
            new() { Name = "Repricings", Description = "Recorded events priced anew, as new entries with a reason." },
            new() { Name = "Keys", Description = "Who may do what." },
            new() { Name = "Audit log", Description = "Who did what: administrative acts, never changed." },
            new() { Name = "Operations", Description = "Whether all is well." },
        };
        return Task.CompletedTask;
    }

    private static Task DescribeRawBodyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RawBodyAttribute>().SingleOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = body.Description,
                // What JSON it is, is its publisher's.
                Content = body.Types.ToDictionary(t => t, t => t.StartsWith("text/", StringComparison.Ordinal)
                    ? new OpenApiMediaType
                    {
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                        Example = body.Example is { } example ? JsonValue.Create(example) : null,
                    }
                    : new OpenApiMediaType
                    {
                        Schema = new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Array },
                        Example = t == "application/json" && body.Example is { } json && json.TrimStart() is ['{' or '[', ..] ? JsonNode.Parse(json) : null,
                    }),
            };
        }

        return Task.CompletedTask;
    }

    private static Task DescribeExamplesAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var examples = context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyExampleAttribute>().ToList();
        if (examples.Count > 0 && operation.RequestBody?.Content is { } content && content.TryGetValue("application/json", out var json))
        {
            json.Examples = examples.ToDictionary(e => e.Summary.ToLowerInvariant().Replace(' ', '_'),
                IOpenApiExample (e) => new OpenApiExample { Summary = e.Summary, Value = JsonNode.Parse(e.Json) });
        }

        return Task.CompletedTask;
    }

    // The policy that a controller or action names is the scope that a key must have.
    private static Task SecureAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var policy = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().LastOrDefault(a => a.Policy is not null)?.Policy;
        if (policy is null)
            return Task.CompletedTask;
        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(HeaderScheme, context.Document)] = [] },
        ];
        if (policy == "figures")
            operation.Security.Add([]);
        operation.Description = string.Join("\n\n", new[] { operation.Description, policy == "figures"
            ? "Needs no key where figures are public, else the scope `read`."
            : $"Needs the scope `{policy}`." }.Where(t => !string.IsNullOrEmpty(t)));
        return Task.CompletedTask;
    }

    // What any operation may answer, whether or not its controller says so; and nothing that it never does.
    private static Task DescribeAnswersAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = new OpenApiSchemaReference(nameof(ProblemDocument), context.Document);
        operation.Responses ??= [];
        if (operation.Security is { Count: > 0 })
        {
            operation.Responses.TryAdd("401", new OpenApiResponse());
            operation.Responses.TryAdd("403", new OpenApiResponse());
        }

        if (operation.RequestBody is not null)
            operation.Responses.TryAdd("408", new OpenApiResponse());
        operation.Responses.TryAdd("429", new OpenApiResponse());
        operation.Responses.TryAdd("503", new OpenApiResponse());
        foreach (var (status, response) in operation.Responses)
        {
            if (response is not OpenApiResponse answer)
                continue;
            AnswerTexts.Describe(status, answer);
            if (status == "204")
                answer.Content?.Clear();
            else if (status[0] is '4' or '5')
                answer.Content = new Dictionary<string, OpenApiMediaType> { [Problems.ContentType] = new() { Schema = problem, Example = AnswerTexts.Example(status) } };
            else
                DescribeContent(answer);
        }

        // The framework would take JSON under other names too; one is enough to tell.
        foreach (var other in operation.RequestBody?.Content?.Keys.Where(type => type != "application/json").ToList() ?? [])
            operation.RequestBody!.Content!.Remove(other);

        return Task.CompletedTask;
    }

    // Lines and tables are text that holds the members of the JSON answer, not that answer.
    private static void DescribeContent(OpenApiResponse answer)
    {
        answer.Content?.Remove(Problems.ContentType);
        foreach (var (type, content) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            var isTable = type.EndsWith("csv", StringComparison.Ordinal);
            if (!isTable && type != "application/x-ndjson")
                continue;
            content.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = isTable ? "A header line, then the same columns." : "One object per line, as in `items`.",
            };
        }
    }

    // Values to choose from. An example of a parameter that may be left out goes into its description: Swagger UI would send it.
    private static Task DescribeParametersAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(p => p.In == ParameterLocation.Query))
        {
            var described = context.Description.ParameterDescriptions.First(p => p.Name == parameter.Name);
            // Of what several operations take, the texts stand at the properties of its class.
            ICustomAttributeProvider? declared = described.ModelMetadata?.ContainerType is { } container && described.ModelMetadata.PropertyName is { } property
                ? container.GetProperty(property)
                : (described.ParameterDescriptor as ControllerParameterDescriptor)?.ParameterInfo;
            var values = declared?.GetCustomAttributes(inherit: true).OfType<OneOfAttribute>().FirstOrDefault()?.Values
                ?? Vocabularies.GetValueOrDefault(described.Name);
            parameter.Description ??= declared?.GetCustomAttributes(inherit: true).OfType<DescriptionAttribute>().FirstOrDefault()?.Description;
            var schema = (parameter.Schema?.Items ?? parameter.Schema) as OpenApiSchema;
            if (values is not null && schema is not null)
                schema.Enum = [.. values.Select(v => JsonValue.Create(v))];
            if (parameter.Example is { } example && !parameter.Required)
            {
                parameter.Example = null;
                if (values is null)
                    parameter.Description = $"{parameter.Description} Example: `{example}`.".TrimStart();
            }
        }

        return Task.CompletedTask;
    }

    private static Task ShapeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        // Answers may grow; a member that a request has too many is refused with a pointer to it.
        schema.AdditionalPropertiesAllowed = true;
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(decimal))
        {
            schema.Type = JsonSchemaType.String | (context.JsonTypeInfo.Type == typeof(decimal) ? 0 : JsonSchemaType.Null);
            schema.Format = null;
            schema.Pattern = "^-?[0-9]+(\\.[0-9]{1,12})?$";
            schema.Examples ??= [JsonValue.Create("2.50")!];
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. WireJson.NamesOf(type).Select(n => JsonValue.Create(n))];
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String | (context.JsonTypeInfo.Type == typeof(DateTimeOffset) ? 0 : JsonSchemaType.Null);
            schema.Format = "date-time";
            schema.Examples ??= [JsonValue.Create("2026-11-23T10:00:00Z")!];
        }

        // The framework leaves the items of such a list away where the list itself may be left out.
        else if (schema.Items is null && context.JsonTypeInfo.ElementType is { IsEnum: true } element)
        {
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. WireJson.NamesOf(element).Select(n => JsonValue.Create(n))] };
        }

        return Task.CompletedTask;
    }
}

/// <summary>Why a request was not answered with success (RFC 9457).</summary>
public sealed record ProblemDocument
{
    /// <summary>Stable: identifies the kind of problem.</summary>
    /// <example>/problems/invalid</example>
    public required string Type { get; init; }

    /// <example>The request is not valid.</example>
    public required string Title { get; init; }

    /// <example>422</example>
    public required int Status { get; init; }

    /// <summary>What to do.</summary>
    public required string Detail { get; init; }
    public string? Instance { get; init; }

    /// <summary>Stable and machine-readable.</summary>
    /// <example>invalid</example>
    public required string Code { get; init; }

    /// <summary>Under which the service has logged it.</summary>
    public required string TraceId { get; init; }

    /// <summary>Every violation of the request, where it is one.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }
}
