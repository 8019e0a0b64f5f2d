using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>What operations that are about one event, named by its source and id, refuse alike.</summary>
internal static class NamedEvent
{
    /// <summary>Where one of the two parameters is left out: the refusal, which tells of each; else null.</summary>
    public static ObjectResult? RefuseIncomplete(HttpContext context, string? source, string? id)
    {
        var missing = new[] { ("source", source), ("id", id) }.Where(p => string.IsNullOrEmpty(p.Item2)).ToList();
        return missing.Count == 0 ? null : Problems.Invalid(context,
            [.. missing.Select(p => new FieldError($"?{p.Item1}", "required", "Name the event: both `source` and `id` are needed."))]);
    }

    public static ObjectResult NotFound(HttpContext context, string source, string id) =>
        Problems.NotFound(context, $"The source {source} has recorded no event with the id {id}.");
}
