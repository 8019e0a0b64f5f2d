namespace TokenFactory.Api.Catalog.Sectors;

/// <summary>What sector rules see of an account, made once: everything that a rule could be found under, the most specific first.</summary>
internal sealed class SectorFacts
{
    /// <summary>Characters that a form without spaces may have.</summary>
    private const int MaxUnspacedLength = 12;

    public static readonly SectorFacts None = new() { Domains = [], LegalForms = [] };

    /// <summary>The account's domain and its suffixes by whole labels, the longest first; empty: its id is no e-mail address and no host name.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>What the account's name ends with, the longest first. The whole name is none: a form is the form of something.</summary>
    public required IReadOnlyList<string> LegalForms { get; init; }

    /// <summary>The account's own plan.</summary>
    public string? Plan { get; init; }

    /// <param name="id">The name under which events know the account; null: the event names none.</param>
    /// <param name="name">The account's name; null: its id.</param>
    /// <param name="plan">The account's own plan; null: it has none.</param>
    public static SectorFacts Of(string? id, string? name, string? plan) => id is null ? None : new SectorFacts
    {
        Domains = DomainsOf(id),
        LegalForms = FormsOf(name ?? id),
        Plan = SectorRuleValues.Plan(plan),
    };

    // A name without a dot is a host name only behind an @.
    private static List<string> DomainsOf(string id)
    {
        var at = id.LastIndexOf('@');
        var host = at > 0 || id.Contains('.', StringComparison.Ordinal) ? SectorRuleValues.Host(id[(at + 1)..]) : null;
        var domains = new List<string>();
        for (var rest = host; rest is not null; rest = rest.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? rest[(dot + 1)..] : null)
            domains.Add(rest);
        return domains;
    }

    private static List<string> FormsOf(string name)
    {
        var words = SectorRuleValues.Words(name);
        var forms = new List<string>();
        if (words.Count == 0)
            return forms;
        for (var count = Math.Min(SectorRuleValues.MaxFormWords, words.Count - 1); count > 0; count--)
            forms.Add(string.Join(' ', words.TakeLast(count)));
        var last = words[^1];
        var first = words.Count > 1 ? 0 : 1;
        for (var start = Math.Max(first, last.Length - MaxUnspacedLength); start < last.Length; start++)
        {
            if (SectorRuleValues.IsUnspaced(last[start..]))
                forms.Add(last[start..]);
        }

        return forms;
    }
}
