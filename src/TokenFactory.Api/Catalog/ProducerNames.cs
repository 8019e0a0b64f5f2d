using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>A producer is found by its id or an alias, whatever the case, here as in events: one rule for both.</summary>
internal static partial class ProducerNames
{
    /// <summary>The one form under which names are compared and kept. Not <c>OrdinalIgnoreCase</c>: it pairs other letters beyond ASCII.</summary>
    public static string Normalize(string name) => name.ToLowerInvariant();

    /// <summary>Whether a text can be the id of a producer or source.</summary>
    public static bool IsSlug(string text) => SlugPattern().IsMatch(text);

    /// <summary>Null with an error at the pointer: no producer has this name.</summary>
    public static async Task<Producer?> FindAsync(
        TokenFactoryContext context, string pointer, string name, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var wanted = Normalize(name);
        // PostgreSQL holds no NUL, and takes none as a parameter.
        var found = wanted.Contains('\0', StringComparison.Ordinal)
            ? null
            : await context.Set<Producer>().AsNoTracking().SingleOrDefaultAsync(p => p.Slug == wanted || p.Aliases.Any(a => a.Alias == wanted), cancellationToken);
        if (found is null)
            errors.Add(new FieldError(pointer, "unknown_producer", "No producer has this id or alias."));
        return found;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex SlugPattern();
}
