using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// Reads the fields of a usage object and keeps the first violation, so that a profile reads like the shape it describes. It may look at
/// several objects as one, where a provider repeats fields: what is stated twice must agree, and is read once.
/// </summary>
internal sealed class UsageFields
{
    private readonly (JsonElement Object, string Path)[] _objects;
    private readonly Findings _findings;

    public UsageFields(JsonElement usage)
        : this([(usage, "")], new Findings())
    {
    }

    private UsageFields((JsonElement, string)[] objects, Findings findings)
    {
        _objects = objects;
        _findings = findings;
    }

    public UsageViolation? Violation => _findings.First;

    /// <summary>The paths of all fields that were there when they were looked for, in this object, around it and inside it.</summary>
    public IReadOnlySet<string> Seen => _findings.Seen;

    /// <summary>Whether the object is there at all.</summary>
    public bool IsPresent => _objects.Length > 0;

    /// <summary>A member of a JSON value; undefined where the value is no object or has no such member.</summary>
    /// <exception cref="InvalidOperationException">The name of a member is not valid Unicode.</exception>
    public static JsonElement Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The tokens that a field states, 0..10^15, under any of its names; null where it is absent, null or no such number.</summary>
    public long? Find(params ReadOnlySpan<string> names)
    {
        long? found = null;
        foreach (var (value, path) in Values(names))
            found = Agree(path, found, Tokens(value, path));
        return found;
    }

    /// <summary>The tokens that a field states, under any of its names; 0 where it is absent.</summary>
    public long Optional(params ReadOnlySpan<string> names) => Find(names) ?? 0;

    /// <summary>The tokens that a field states, under any of its names; a violation where it is absent.</summary>
    public long Required(params ReadOnlySpan<string> names)
    {
        if (Find(names) is { } tokens)
            return tokens;
        Fail(UsageViolation.MissingField, $"The field `{names[0]}` is missing.");
        return 0;
    }

    /// <summary>The objects under a name, or under several, seen as one. Without any, every field in it is absent.</summary>
    public UsageFields Inside(params ReadOnlySpan<string> names)
    {
        var inner = new List<(JsonElement, string)>();
        foreach (var (value, path) in Values(names))
        {
            if (value.ValueKind == JsonValueKind.Object)
                inner.Add((value, path + "."));
            else
                Fail(UsageViolation.WrongType, $"The field `{path}` must be an object.");
        }

        return new UsageFields([.. inner], _findings);
    }

    /// <summary>The objects of a list; null where there is no list.</summary>
    public IReadOnlyList<UsageFields>? List(string name)
    {
        List<UsageFields>? items = null;
        foreach (var (value, path) in Values([name]))
        {
            items ??= [];
            if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
                items.AddRange(value.EnumerateArray().Select(item => new UsageFields([(item, path + "[].")], _findings)));
            else
                Fail(UsageViolation.WrongType, $"The field `{path}` must be a list of objects.");
        }

        return items;
    }

    /// <summary>Whether a text field has a value.</summary>
    public bool Says(string name, string text) =>
        _objects.Any(o => Member(o.Object, name) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text));

    /// <summary>Whether a field holds a number, where a shape also allows an object.</summary>
    public bool IsNumber(string name) => _objects.Any(o => Member(o.Object, name).ValueKind == JsonValueKind.Number);

    /// <summary>Whether a field holds the number 1.</summary>
    public bool IsOne(string name) =>
        _objects.Any(o => Member(o.Object, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number == 1);

    /// <summary>This and another object, seen as one.</summary>
    public UsageFields Beside(UsageFields other) => new([.. _objects, .. other._objects], _findings);

    /// <summary>One quantity that is stated twice: whichever is there; a violation where both are and differ.</summary>
    public long? Agree(string what, long? one, long? other)
    {
        if (one is not null && other is not null && one != other)
            Fail(UsageViolation.Contradiction, $"The field `{what}` says {other}, where another that repeats it says {one}.");
        return one ?? other;
    }

    /// <summary>Notes a violation; only the first is kept.</summary>
    public void Fail(string code, string detail) => _findings.First ??= new UsageViolation(code, detail);

    private List<(JsonElement Value, string Path)> Values(ReadOnlySpan<string> names)
    {
        var values = new List<(JsonElement, string)>(1);
        foreach (var (owner, path) in _objects)
        {
            foreach (var name in names)
            {
                var value = Member(owner, name);
                if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
                    continue;
                values.Add((value, path + name));
                _findings.Seen.Add(path + name);
            }
        }

        return values;
    }

    private long? Tokens(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            Fail(UsageViolation.NotANumber, $"The field `{path}` must be a number.");
            return null;
        }

        if (value.TryGetInt64(out var tokens) && tokens is >= 0 and <= Quantity.Maximum)
            return tokens;
        if (value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'))
            Fail(UsageViolation.NotWhole, $"The field `{path}` must be a whole number of tokens, without fraction or exponent.");
        else
            Fail(UsageViolation.OutOfRange, $"The field `{path}` must be in 0..{Quantity.Maximum}.");
        return null;
    }

    /// <summary>Shared by an object and all that is inside it.</summary>
    private sealed class Findings
    {
        public UsageViolation? First { get; set; }

        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);
    }
}
