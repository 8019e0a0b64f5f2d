namespace TokenFactory.Api.Catalog;

/// <summary>Names of models with <c>*</c> for any run of characters: <c>gpt-4o-*</c>.</summary>
internal static class ModelPattern
{
    public static bool IsPattern(string alias) => alias.Contains('*', StringComparison.Ordinal);

    /// <summary>The longest first: the order in which patterns are tried.</summary>
    public static (string Pattern, T Model)[] InOrder<T>(IEnumerable<(string Pattern, T Model)> patterns) =>
        [.. patterns.OrderByDescending(p => p.Pattern.Length).ThenBy(p => p.Pattern, StringComparer.Ordinal)];

    /// <summary>What the first pattern that fits stands for; default: none does.</summary>
    public static T? First<T>((string Pattern, T Model)[] inOrder, string name)
    {
        foreach (var (pattern, model) in inOrder)
        {
            if (Matches(pattern, name))
                return model;
        }

        return default;
    }

    /// <summary>Whether the whole name fits; ordinal. Linear: only the latest star is ever tried again.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
