using System.Globalization;

namespace TokenFactory.Api.Catalog.Sectors;

/// <summary>
/// The one form in which names are compared with sector rules: domains in lower case with A-labels (IDNA), legal forms in lower case without
/// dots, commas and brackets, plans in lower case with underscores.
/// </summary>
internal static class SectorRuleValues
{
    /// <summary>Words that a legal form may have: <c>S.A. de C.V.</c> has three, <c>S. de R.L. de C.V.</c> five.</summary>
    public const int MaxFormWords = 5;

    private const int MaxHostLength = 253;
    private const int MaxLabelLength = 63;
    private const string Ignored = ".,()（）";

    // Scripts without spaces between words begin here: Chinese and Japanese names end with their form's characters.
    private const char FirstUnspaced = '\u2E80';

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>A host name in the form that is compared; null: it can be none.</summary>
    public static string? Host(string text)
    {
        var host = text.Trim().TrimEnd('.').ToLowerInvariant();
        if (host.Length == 0)
            return null;
        if (!host.All(char.IsAscii))
        {
            try
            {
                host = Idn.GetAscii(host);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return host.Length <= MaxHostLength && host.Split('.').All(IsLabel) ? host : null;
    }

    /// <summary>A rule's domain: a host name, or a suffix written with a dot or <c>*.</c> before it.</summary>
    public static string? DomainSuffix(string text)
    {
        var suffix = text.Trim();
        return Host(suffix.StartsWith("*.", StringComparison.Ordinal) ? suffix[2..] : suffix.StartsWith('.') ? suffix[1..] : suffix);
    }

    /// <summary>A rule's legal form; null: it has no letters, or too many words.</summary>
    public static string? LegalForm(string text)
    {
        var words = Words(text);
        return words.Count is 0 or > MaxFormWords || !text.Any(char.IsLetter) ? null : string.Join(' ', words);
    }

    public static string? Plan(string? text) =>
        text?.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_') is { Length: > 0 } plan ? plan : null;

    /// <summary>The words of a name, without what is not compared.</summary>
    public static List<string> Words(string name) =>
        [.. name.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => string.Concat(word.Where(c => !Ignored.Contains(c, StringComparison.Ordinal)))).Where(word => word.Length > 0)];

    /// <summary>Whether a form is written without a space before it.</summary>
    public static bool IsUnspaced(string form) => form.Length > 0 && form[0] >= FirstUnspaced && !char.IsSurrogate(form[0]);

    // Underscores occur in host names, though not in registered domains.
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
