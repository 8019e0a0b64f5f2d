using System.Text;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>The contract of an OpenAPI document without its prose: one line per parameter, body, answer and member, so that a change can be reviewed.</summary>
internal static class ApiOutline
{
    public static string Of(JsonElement document)
    {
        var text = new StringBuilder();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
                AddOperation(text, $"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);
        }

        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            text.Append('\n').Append(schema.Name).Append(": ").Append(TypeOf(schema.Value)).Append('\n');
            AddMembers(text, schema.Value);
        }

        return text.ToString();
    }

    private static void AddOperation(StringBuilder text, string name, JsonElement operation)
    {
        var keyed = operation.TryGetProperty("security", out var security)
            ? security.EnumerateArray().Any(s => !s.EnumerateObject().Any()) ? "key or none" : "key"
            : "open";
        text.Append(name).Append("  ").Append(operation.GetProperty("operationId").GetString()).Append(" (").Append(keyed).Append(")\n");
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray())
                text.Append("    ").Append(parameter.GetProperty("in")).Append(' ').Append(parameter.GetProperty("name")).Append(": ").Append(TypeOf(parameter.GetProperty("schema"))).Append('\n');
        }

        if (operation.TryGetProperty("requestBody", out var body))
            text.Append("    body ").Append(ContentOf(body)).Append('\n');
        foreach (var answer in operation.GetProperty("responses").EnumerateObject().OrderBy(a => a.Name, StringComparer.Ordinal))
            text.Append("    ").Append(answer.Name).Append(' ').Append(ContentOf(answer.Value)).Append('\n');
    }

    private static void AddMembers(StringBuilder text, JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var members))
            return;
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        foreach (var member in members.EnumerateObject())
            text.Append("    ").Append(member.Name).Append(required.Contains(member.Name) ? "" : "?").Append(": ").Append(TypeOf(member.Value)).Append('\n');
    }

    private static string ContentOf(JsonElement holder) => holder.TryGetProperty("content", out var content)
        ? string.Join(" or ", content.EnumerateObject().Select(c => $"{c.Name} {(c.Value.TryGetProperty("schema", out var schema) ? TypeOf(schema) : "")}".TrimEnd()))
        : "-";

    private static string TypeOf(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return reference.GetString()!.Split('/')[^1];
        if (schema.TryGetProperty("oneOf", out var choices))
            return string.Join(" | ", choices.EnumerateArray().Select(TypeOf));
        if (schema.TryGetProperty("enum", out var values))
            return string.Join(" | ", values.EnumerateArray().Select(v => v.GetRawText()));
        var type = schema.TryGetProperty("type", out var named)
            ? named.ValueKind == JsonValueKind.Array ? string.Join(" | ", named.EnumerateArray().Select(t => t.GetString())) : named.GetString()!
            : "any";
        if (schema.TryGetProperty("items", out var items))
            type += $" of {TypeOf(items)}";
        if (schema.TryGetProperty("additionalProperties", out var further) && further.ValueKind == JsonValueKind.Object)
            type += $" of {TypeOf(further)} by name";
        return schema.TryGetProperty("format", out var format) ? $"{type} ({format})" : type;
    }
}
