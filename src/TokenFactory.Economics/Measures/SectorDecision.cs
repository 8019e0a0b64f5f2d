namespace TokenFactory.Economics.Measures;

/// <summary>What decided an entry's sector. The numeric values are stored; never renumber them.</summary>
public enum SectorBasis : short
{
    /// <summary>Not on record: the entry is older than this column.</summary>
    Unrecorded = 0,

    /// <summary>The event says so itself.</summary>
    Event = 1,

    /// <summary>The event's account, by its sector at the time.</summary>
    Account = 2,

    /// <summary>A resource attribute or a tag of the sender: it holds for all that the sender does, so that the account's own sector beats it.</summary>
    Tag = 3,

    /// <summary>A sector rule.</summary>
    Rule = 4,

    /// <summary>Nothing is known: unclassified.</summary>
    None = 5,

    /// <summary>The account was reclassified after the event was recorded.</summary>
    Reclassification = 6,
}

/// <summary>The institutional sector that tokens count for, and why.</summary>
/// <param name="Sector">The sector.</param>
/// <param name="Basis">What decided.</param>
/// <param name="RuleId">The sector rule that decided; null: none did.</param>
public readonly record struct SectorDecision(Sector Sector, SectorBasis Basis, int? RuleId = null);
