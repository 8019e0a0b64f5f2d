using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Refuses what an operation does not know in a query: a misspelt filter would answer with everything, a misspelt <c>atomic</c> record by halves.
/// </summary>
internal sealed class KnownParameters : IActionFilter
{
    public void OnActionExecuting(ActionExecutingContext context)
    {
        // Most requests have none: events come by the thousand.
        if (context.HttpContext.Request.Query.Count == 0 || context.Filters.OfType<TellsEveryViolationAttribute>().Any())
            return;
        var faults = FaultsOf(context);
        if (faults.Count > 0)
            context.Result = Problems.Invalid(context.HttpContext, faults);
    }

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }

    /// <summary>What the operation does not know, and what is there more than once where there can be only one.</summary>
    public static List<FieldError> FaultsOf(ActionContext context)
    {
        var known = context.ActionDescriptor.Parameters.Where(p => p.BindingInfo?.BindingSource == BindingSource.Query).SelectMany(Names).ToDictionary(StringComparer.Ordinal);
        var faults = new List<FieldError>();
        foreach (var (name, values) in context.HttpContext.Request.Query)
        {
            if (!known.TryGetValue(name, out var type))
            {
                faults.Add(new FieldError($"?{name}", "unknown_parameter",
                    known.Count == 0 ? "There are no parameters here; leave it out." : $"There is no such parameter. Known are {string.Join(", ", known.Keys)}."));
            }
            else if (values.Count > 1 && !type.IsArray)
            {
                faults.Add(new FieldError($"?{name}", "repeated", "Send it once."));
            }
        }

        return faults;
    }

    // What several operations take is a class of its own: its properties are the parameters.
    private static IEnumerable<KeyValuePair<string, Type>> Names(ParameterDescriptor parameter) =>
        parameter.ParameterType == typeof(string) || parameter.ParameterType.IsArray || parameter.ParameterType.IsValueType
            ? [KeyValuePair.Create(parameter.Name, parameter.ParameterType)]
            : parameter.ParameterType.GetProperties().Select(p => KeyValuePair.Create(p.Name, p.PropertyType));
}

/// <summary>The operation asks <see cref="KnownParameters"/> by itself, to tell all that is wrong with its query at once.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TellsEveryViolationAttribute : Attribute, IFilterMetadata;
