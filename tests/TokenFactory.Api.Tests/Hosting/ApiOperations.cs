using System.Text.Json;
using System.Text.Json.Nodes;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>One operation of the API document.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonElement Node)
{
    public string Name => $"{Method} {Path}";

    /// <summary>The scope that it asks for: <c>ingest</c>, <c>read</c>, <c>admin</c> or <c>public</c>, as its description says.</summary>
    public string Scope => Node.TryGetProperty("description", out var text) && text.GetString() is { } said
        && new[] { "ingest", "read", "admin" }.FirstOrDefault(s => said.Contains($"Needs the scope `{s}`.", StringComparison.Ordinal)) is { } scope
        ? scope
        : "public";

    public IEnumerable<(string In, string Name, string Type)> Parameters => Node.TryGetProperty("parameters", out var parameters)
        ? parameters.EnumerateArray().Select(p => (p.GetProperty("in").GetString()!, p.GetProperty("name").GetString()!,
            p.GetProperty("schema").TryGetProperty("type", out var type) ? type.ToString() : "string"))
        : [];

    public IEnumerable<string> ContentTypes => Node.TryGetProperty("requestBody", out var body)
        ? body.GetProperty("content").EnumerateObject().Select(c => c.Name)
        : [];

    public bool TakesJson => ContentTypes.Contains("application/json");

    /// <summary>The path with a value in each of its places.</summary>
    public string PathWith(Func<string, string> value)
    {
        var path = Path;
        foreach (var (_, name, _) in Parameters.Where(p => p.In == "path"))
            path = path.Replace($"{{{name}}}", value(name), StringComparison.Ordinal);
        return path;
    }
}

/// <summary>The operations of the API document, and bodies made from its schemas: what is new in the document is tested by itself.</summary>
internal sealed class ApiOperations(JsonElement document)
{
    private const int MaxDepth = 6;

    public IReadOnlyList<ApiOperation> All { get; } =
    [
        .. document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => new ApiOperation(o.Name.ToUpperInvariant(), p.Name, o.Value))),
    ];

    /// <summary>A JSON body with every member that the schema knows; null where its members are not told.</summary>
    public JsonObject? BodyOf(ApiOperation operation)
    {
        if (!operation.TakesJson || !operation.Node.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").TryGetProperty("schema", out var schema))
            return null;
        return ValueOf(schema, "", 0) as JsonObject is { Count: > 0 } body ? body : null;
    }

    /// <summary>Where a body holds a value that is no object and no list, and the objects themselves.</summary>
    public static IEnumerable<(string Pointer, bool IsObject)> PlacesOf(JsonNode? node, string pointer = "")
    {
        if (node is JsonObject members)
        {
            yield return (pointer, true);
            foreach (var place in members.SelectMany(m => PlacesOf(m.Value, $"{pointer}/{m.Key}")))
                yield return place;
        }
        else if (node is JsonArray items)
        {
            foreach (var place in items.SelectMany((item, i) => PlacesOf(item, $"{pointer}/{i}")))
                yield return place;
        }
        else
        {
            yield return (pointer, false);
        }
    }

    /// <summary>The body's text with the value at a place replaced by a text that need not be JSON.</summary>
    public static string With(JsonObject body, string pointer, string text)
    {
        const string mark = "__the_place__";
        var copy = body.DeepClone();
        var at = copy;
        var path = pointer.Split('/')[1..];
        foreach (var step in path[..^1])
            at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at![step]!;
        if (at is JsonArray items)
            items[int.Parse(path[^1], System.Globalization.CultureInfo.InvariantCulture)] = mark;
        else
            at![path[^1]] = mark;
        return copy.ToJsonString().Replace($"\"{mark}\"", text, StringComparison.Ordinal);
    }

    /// <summary>The body's text with members added at the beginning of an object.</summary>
    public static string WithMember(JsonObject body, string pointer, string member)
    {
        const string mark = "__the_place__";
        var copy = body.DeepClone();
        var at = copy;
        foreach (var step in pointer.Split('/')[1..])
            at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at![step]!;
        ((JsonObject)at!).Insert(0, mark, 0);
        return copy.ToJsonString().Replace($"\"{mark}\":0", member, StringComparison.Ordinal);
    }

    private JsonNode? ValueOf(JsonElement schema, string name, int depth)
    {
        if (depth > MaxDepth)
            return null;
        if (schema.TryGetProperty("$ref", out var reference))
            return ValueOf(Resolve(reference.GetString()!), name, depth);
        foreach (var choice in new[] { "oneOf", "anyOf" })
        {
            if (schema.TryGetProperty(choice, out var choices))
                return choices.EnumerateArray().Select(c => ValueOf(c, name, depth)).FirstOrDefault(v => v is not null);
        }

        if (schema.TryGetProperty("properties", out var members))
        {
            var made = new JsonObject();
            foreach (var member in members.EnumerateObject())
                made[member.Name] = ValueOf(member.Value, member.Name, depth + 1);
            return made;
        }

        if (schema.TryGetProperty("enum", out var values))
            return JsonNode.Parse(values.EnumerateArray().First(v => v.ValueKind != JsonValueKind.Null).GetRawText());
        if (schema.TryGetProperty("items", out var items))
            return new JsonArray(ValueOf(items, name, depth + 1));
        return Plain(schema, name);
    }

    private static JsonNode? Plain(JsonElement schema, string name)
    {
        foreach (var example in new[] { "example", "default" })
        {
            if (schema.TryGetProperty(example, out var value))
                return JsonNode.Parse(value.GetRawText());
        }

        if (schema.TryGetProperty("examples", out var examples) && examples.GetArrayLength() > 0)
            return JsonNode.Parse(examples[0].GetRawText());
        var types = schema.TryGetProperty("type", out var type) ? type.ToString() : "";
        return types.Contains("string", StringComparison.Ordinal) ? JsonValue.Create(name.Length > 0 ? name : "text")
            : types.Contains("integer", StringComparison.Ordinal) || types.Contains("number", StringComparison.Ordinal) ? JsonValue.Create(1)
            : types.Contains("boolean", StringComparison.Ordinal) ? JsonValue.Create(true)
            : types.Contains("object", StringComparison.Ordinal) ? new JsonObject()
            : null;
    }

    private JsonElement Resolve(string reference)
    {
        var at = document;
        foreach (var step in reference.Split('/')[1..])
            at = at.GetProperty(step);
        return at;
    }
}
