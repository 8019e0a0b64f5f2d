using System.Text.Json;
using System.Text.RegularExpressions;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>
/// Compares an answer with the one that a page prints. What differs from one time to the next is written <c>...</c>: a text <c>"..."</c>
/// stands for any value that is not null, <c>tf_...</c> for any text that begins so, a last element <c>"..."</c> of an array for further
/// elements, a member <c>"...": "..."</c> for further members, a line <c>...</c> for further lines.
/// </summary>
internal static partial class Likeness
{
    public const string Any = "...";

    /// <summary>The first difference, or null.</summary>
    public static string? OfJson(string printed, string real)
    {
        using var printedJson = JsonDocument.Parse(printed);
        JsonDocument realJson;
        try
        {
            realJson = JsonDocument.Parse(real);
        }
        catch (JsonException)
        {
            return "it is not JSON";
        }

        using (realJson)
            return Difference("", printedJson.RootElement, realJson.RootElement);
    }

    /// <summary>The first difference, or null. Empty lines at the end do not count.</summary>
    public static string? OfText(string printed, string real)
    {
        var pattern = new System.Text.StringBuilder(@"\A");
        foreach (var line in printed.TrimEnd('\n').Split('\n'))
            pattern.Append(line == Any ? "(?:.*\n)*?" : LinePattern(line) + "\n");
        return Regex.IsMatch(real.ReplaceLineEndings("\n").TrimEnd('\n') + "\n", pattern.Append(@"\z").ToString(), RegexOptions.None, TimeSpan.FromSeconds(10))
            ? null
            : "the lines differ";
    }

    /// <summary>A status line, headers in any order (those that are not printed are not compared), an empty line, the body.</summary>
    public static string? OfMessage(string printed, string status, IReadOnlyCollection<string> headers, string body)
    {
        var parts = printed.TrimEnd('\n').Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        if (!Matches(lines[0].TrimEnd(), status))
            return $"the first line is {status}";
        foreach (var line in lines.Skip(1).Where(l => l != Any))
        {
            if (!headers.Any(h => Matches(line, h)))
                return $"no header is {line}";
        }

        return parts.Length == 1 ? null : parts[1].StartsWith('{') ? OfJson(parts[1], body) : OfText(parts[1], body);
    }

    private static string? Difference(string at, JsonElement printed, JsonElement real)
    {
        if (printed.ValueKind == JsonValueKind.String && printed.GetString() == Any)
            return real.ValueKind == JsonValueKind.Null ? $"{at} is null" : null;
        if (printed.ValueKind != real.ValueKind)
            return $"{at} is {real.GetRawText()}, not {printed.GetRawText()}";
        return printed.ValueKind switch
        {
            JsonValueKind.Object => Members(at, printed, real),
            JsonValueKind.Array => Elements(at, printed, real),
            JsonValueKind.String => Matches(printed.GetString()!, real.GetString()!) ? null : $"{at} is \"{real.GetString()}\", not \"{printed.GetString()}\"",
            _ => printed.GetRawText() == real.GetRawText() ? null : $"{at} is {real.GetRawText()}, not {printed.GetRawText()}",
        };
    }

    private static string? Members(string at, JsonElement printed, JsonElement real)
    {
        var open = false;
        foreach (var member in printed.EnumerateObject())
        {
            if (member.Name == Any)
                open = true;
            else if (!real.TryGetProperty(member.Name, out var value))
                return $"{at}/{member.Name} is not there";
            else if (Difference($"{at}/{member.Name}", member.Value, value) is { } difference)
                return difference;
        }

        return open ? null : real.EnumerateObject().Where(m => !printed.TryGetProperty(m.Name, out _)).Select(m => $"{at}/{m.Name} is not printed").FirstOrDefault();
    }

    private static string? Elements(string at, JsonElement printed, JsonElement real)
    {
        var count = printed.GetArrayLength();
        var open = count > 0 && printed[count - 1].ValueKind == JsonValueKind.String && printed[count - 1].GetString() == Any;
        if (open)
            count--;
        if (real.GetArrayLength() < count || (!open && real.GetArrayLength() > count))
            return $"{at} has {real.GetArrayLength()} elements, not {count}";
        return Enumerable.Range(0, count).Select(i => Difference($"{at}/{i}", printed[i], real[i])).FirstOrDefault(d => d is not null);
    }

    private static bool Matches(string printed, string real) => Regex.IsMatch(real, $@"\A{LinePattern(printed)}\z", RegexOptions.None, TimeSpan.FromSeconds(10));

    private static string LinePattern(string printed) => Dots().Replace(Regex.Escape(printed), ".+");

    [GeneratedRegex(@"(?:\\\.){3}")]
    private static partial Regex Dots();
}
