namespace TokenFactory.Api.Catalog;

/// <summary>Names of models with <c>*</c> for any run of characters: <c>gpt-4o-*</c>.</summary>
internal static class ModelPattern
{
    public static bool IsPattern(string alias) => alias.Contains('*', StringComparison.Ordinal);

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
