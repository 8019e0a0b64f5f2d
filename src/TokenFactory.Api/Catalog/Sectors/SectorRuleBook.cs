using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Sectors;

/// <summary>A sector rule as the hot path sees it: it holds for what occurred in [<paramref name="From"/>, <paramref name="To"/>).</summary>
internal readonly record struct SectorRule(int Id, SectorRuleKind Kind, string Value, Sector Sector, DateTimeOffset From, DateTimeOffset? To);

/// <summary>All that may decide an event's sector.</summary>
/// <param name="Event">What the event itself says.</param>
/// <param name="Account">Its account; null: none, or one that is not known yet.</param>
/// <param name="AccountName">The account as the event names it: one that is not known is seen so by the rules.</param>
/// <param name="Tag">What a resource attribute or a tag of the sender says.</param>
/// <param name="Plan">The plan that the sender names.</param>
/// <param name="OccurredAt">When.</param>
internal readonly record struct SectorEvidence(
    Sector? Event, AccountEntry? Account, string? AccountName, Sector? Tag, string? Plan, DateTimeOffset OccurredAt);

/// <summary>
/// The sector rules of a catalog. One key is held by one rule at a time. Every look-up is by key: none depends on how many rules there are.
/// </summary>
internal sealed class SectorRuleBook
{
    public static readonly SectorRuleBook Empty = new([]);

    private readonly Dictionary<(SectorRuleKind Kind, string Value), SectorRule[]> _rules;

    public SectorRuleBook(IEnumerable<SectorRule> rules) =>
        _rules = rules.Where(r => r.To is null || r.To > r.From).GroupBy(r => (r.Kind, r.Value)).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Id).ToArray());

    /// <summary>
    /// The sector that something counts for, and why: what the event says, else the account's at the time, else the sender's tag, else a rule,
    /// else none. Never a default.
    /// </summary>
    public SectorDecision Decide(in SectorEvidence evidence) =>
        evidence.Event is { } own ? new SectorDecision(own, SectorBasis.Event)
        : evidence.Account?.SectorAt(evidence.OccurredAt) is { } known ? new SectorDecision(known, SectorBasis.Account)
        : evidence.Tag is { } tag ? new SectorDecision(tag, SectorBasis.Tag)
        : Find(evidence.Account?.Facts ?? SectorFacts.Of(evidence.AccountName, null, null), evidence.Plan, evidence.OccurredAt) is { } rule ? new SectorDecision(rule.Sector, SectorBasis.Rule, rule.Id)
        : new SectorDecision(Sector.Unclassified, SectorBasis.None);

    /// <summary>
    /// The rule that decides: by the domain, else by the legal form, else by the plan; of several domains or forms the longest. A plan that the
    /// sender names stands for itself: where no rule knows it, the account's own is not asked.
    /// </summary>
    public SectorRule? Find(SectorFacts facts, string? plan, DateTimeOffset at) =>
        First(SectorRuleKind.DomainSuffix, facts.Domains, at)
        ?? First(SectorRuleKind.LegalForm, facts.LegalForms, at)
        ?? ((SectorRuleValues.Plan(plan) ?? facts.Plan) is { } known ? At(SectorRuleKind.Plan, known, at) : null);

    private SectorRule? First(SectorRuleKind kind, IReadOnlyList<string> values, DateTimeOffset at)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (At(kind, values[i], at) is { } rule)
                return rule;
        }

        return null;
    }

    private SectorRule? At(SectorRuleKind kind, string value, DateTimeOffset at)
    {
        foreach (var rule in _rules.GetValueOrDefault((kind, value)) ?? [])
        {
            if (rule.From <= at && (rule.To is null || at < rule.To))
                return rule;
        }

        return null;
    }
}
