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
                errors.Add(ErrorOf(key, error));
        }

        // A body that can't be read is reported a second time as a missing argument of the action.
        if (context.ModelState.Keys.Any(k => k.StartsWith('$')))
            errors.RemoveAll(e => e.Pointer.StartsWith('?'));
        return Problems.Invalid(context.HttpContext, errors.Distinct().ToList());
    }

    /// <summary><c>$.rates[0].unit_value</c> -> <c>/rates/0/unit_value</c>.</summary>
    public static string PointerOf(string jsonPath)
    {
        var pointer = new StringBuilder();
        foreach (var part in jsonPath.TrimStart('$').Split('.', '[', ']').Where(p => p.Length > 0))
            pointer.Append('/').Append(part.Trim('\'', '"').Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        return pointer.ToString();
    }

    private static FieldError ErrorOf(string key, ModelError error)
    {
        if (!key.StartsWith('$'))
            return key.Length == 0 ? new FieldError("", "required", "A JSON body is required.") : new FieldError($"?{key}", "invalid_value", "The value can't be read.");
        var message = error.ErrorMessage;
        if (message.Contains("missing required", StringComparison.Ordinal))
        {
            // "... missing required properties including: 'kind', 'name'." The names are ours; the type before them is not for the wire.
            var names = message[(message.IndexOf("including", StringComparison.Ordinal) + 1)..].Split('\'').Where((_, i) => i % 2 == 1);
            return new FieldError(PointerOf(key), "required", $"Required members are missing: {string.Join(", ", names)}.");
        }

        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return new FieldError(PointerOf(key), "unknown_member", "There is no such member; leave it out.");
        if (message.Contains("Duplicate", StringComparison.Ordinal))
            return new FieldError(PointerOf(key), "repeated_member", "The member appears twice; send it once.");
        return message.StartsWith("must ", StringComparison.Ordinal)
            ? new FieldError(PointerOf(key), "invalid_value", $"The value {message.Split(" Path:")[0].TrimEnd('.')}.")
            : new FieldError(PointerOf(key), "invalid_value", "The value is not valid JSON, or not of the type that belongs here.");
    }
}
