using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>What names and lists of names in the catalog may be.</summary>
internal static class CatalogNames
{
    // As long as a name in an event may be: what was registered on sight can be sent back.
    private const int MaxNameLength = 256;
    internal const int MaxListLength = 1_000;

    /// <summary>Producers and sources are named in URLs and configuration files: lower-case letters, digits, dots, dashes, underscores.</summary>
    public static void CheckSlug(string pointer, string slug, List<FieldError> errors)
    {
        if (!ProducerNames.IsSlug(slug))
            errors.Add(new FieldError(pointer, "invalid_id", "Must have 1 to 64 of a-z, 0-9, dot, dash and underscore, and begin with a letter or digit."));
    }

    /// <summary>Whether a text can be a name: as <see cref="CheckName"/> has it.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && !text.Any(char.IsControl) && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]);

    public static void CheckName(string pointer, string? name, List<FieldError> errors)
    {
        if (name is not null && !IsName(name))
            errors.Add(new FieldError(pointer, "invalid_text", $"Must have 1 to {MaxNameLength} characters, without control characters or white space around it."));
    }

    /// <summary>Names in a list: null has no place there, and the list has an end.</summary>
    public static void CheckNames(string pointer, IReadOnlyList<string?> names, List<FieldError> errors)
    {
        if (CheckLength(pointer, names.Count, errors))
            return;
        for (var i = 0; i < names.Count; i++)
            CheckName($"{pointer}/{i}", names[i] ?? "", errors);
    }

    /// <returns>Whether the list is too long to be looked at.</returns>
    public static bool CheckLength(string pointer, int count, List<FieldError> errors)
    {
        if (count > MaxListLength)
            errors.Add(new FieldError(pointer, "too_long", $"At most {MaxListLength} rows."));
        return count > MaxListLength;
    }
}
