using System.Buffers.Text;
using System.Text;

namespace TokenFactory.Api.Catalog;

/// <summary>A page of a list in the order of its names.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record CatalogPage<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Pass it as <c>cursor</c> for the next page; null: this is the last.</summary>
    public required string? NextCursor { get; init; }
}

internal static class CatalogPages
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public const int DefaultLimit = 100;
    public const int MaxLimit = 1_000;

    /// <summary>Cuts a page from one row more than it has.</summary>
    public static CatalogPage<TItem> Page<TRow, TItem>(string list, List<TRow> rows, int limit, Func<TRow, string> key, Func<TRow, TItem> item) => new()
    {
        Items = [.. rows.Take(limit).Select(item)],
        NextCursor = rows.Count > limit ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}:{key(rows[limit - 1])}")) : null,
    };

    /// <summary>The key after which a page begins; empty: the first page. Null: not a cursor of this list.</summary>
    public static string? KeyOf(string list, string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return "";
        try
        {
            var text = Base64Url.IsValid(cursor) ? Strict.GetString(Base64Url.DecodeFromChars(cursor)) : "";
            return text.Length > list.Length + 1 && text.StartsWith($"{list}:", StringComparison.Ordinal) && !text.Any(char.IsControl)
                ? text[(list.Length + 1)..]
                : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
