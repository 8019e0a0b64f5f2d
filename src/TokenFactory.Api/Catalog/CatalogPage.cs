using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

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
        var utf8 = Base64Url.IsValid(cursor) ? Base64Url.DecodeFromChars(cursor) : [];
        var text = Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : "";
        return text.Length > list.Length + 1 && text.StartsWith($"{list}:", StringComparison.Ordinal) && !text.Any(char.IsControl)
            ? text[(list.Length + 1)..]
            : null;
    }
}
