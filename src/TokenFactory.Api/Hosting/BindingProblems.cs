using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// What the framework says about a body or parameter that it can't bind, in the shape of every other violation: JSON Pointers instead of JSON
/// paths, and no names of .NET types.
/// </summary>
internal static class BindingProblems
{
    public static IActionResult Answer(ActionContext context)
    {
        var errors = new List<FieldError>();
        foreach (var (key, entry) in context.ModelState)
        {
            foreach (var error in entry.Errors)
                errors.AddRange(ErrorsOf(key, error, context.ActionDescriptor.Parameters.FirstOrDefault(p => p.Name == key)?.ParameterType));
        }

        // A body that can't be read is reported a second time as a missing argument of the action.
        if (context.ModelState.Keys.Any(k => k.Length == 0 || k.StartsWith('$')))
            errors.RemoveAll(e => e.Pointer.StartsWith('?'));
        return Problems.Invalid(context.HttpContext, errors.Distinct().ToList());
    }

    /// <summary><c>$.rates[0].unit_value</c> -> <c>/rates/0/unit_value</c>; names with dots or brackets come as <c>$['a.b']</c>.</summary>
    public static string PointerOf(string jsonPath)
    {
        var pointer = new StringBuilder();
        for (var at = 1; at < jsonPath.Length;)
        {
            var isQuoted = jsonPath.AsSpan(at).StartsWith("['");
            var begin = at + (isQuoted ? 2 : 1);
            var end = isQuoted ? jsonPath.IndexOf("']", begin, StringComparison.Ordinal)
                : jsonPath[at] == '[' ? jsonPath.IndexOf(']', begin)
                : jsonPath.IndexOfAny(['.', '['], begin);
            if (end < 0)
                end = jsonPath.Length;
            pointer.Append('/').Append(Escape(jsonPath[begin..end]));
            at = end + (isQuoted ? 2 : jsonPath[at] == '[' ? 1 : 0);
        }

        return pointer.ToString();
    }

    /// <summary>A member's name inside a JSON Pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static IEnumerable<FieldError> ErrorsOf(string key, ModelError error, Type? parameter)
    {
        var message = error.ErrorMessage;
        if (!key.StartsWith('$') || !message.Contains("missing required", StringComparison.Ordinal))
            return [ErrorOf(key, message, parameter)];
        // "... missing required properties including: 'kind', 'name'." The names are ours; the type before them is not for the wire.
        return message[(message.IndexOf("including", StringComparison.Ordinal) + 1)..].Split('\'').Where((_, i) => i % 2 == 1)
            .Select(name => new FieldError($"{PointerOf(key)}/{Escape(name)}", "required", "The member is missing."));
    }

    private static FieldError ErrorOf(string key, string message, Type? parameter)
    {
        if (!key.StartsWith('$'))
        {
            return key.Length == 0 ? new FieldError("", "required", "A JSON body is required.") : new FieldError($"?{key}", "invalid_value",
                parameter == typeof(bool) ? "Must be true or false."
                : parameter is { IsEnum: true } ? $"Must be one of {string.Join(", ", WireJson.NamesOf(parameter))}."
                : "Must be a whole number.");
        }

        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return new FieldError(PointerOf(key), "unknown_member", "There is no such member; leave it out.");
        if (message.Contains("Duplicate", StringComparison.Ordinal))
            return new FieldError(PointerOf(key), "repeated_member", "The member appears twice; send it once.");
        return message.StartsWith("must ", StringComparison.Ordinal) || message.StartsWith("has more ", StringComparison.Ordinal)
            ? new FieldError(PointerOf(key), "invalid_value", $"The value {message.Split(" Path:")[0].TrimEnd('.')}.")
            : new FieldError(PointerOf(key), "invalid_value", "The value is not valid JSON, or not of the type that belongs here.");
    }
}
