using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>An event that a repricing looks at, as the ledger holds it at the moment.</summary>
internal sealed class RepricingEvent
{
    /// <summary>Its lines are those in force.</summary>
    public required LedgerEvent Event { get; init; }
    public required int ProducerId { get; init; }
    public required int ModelId { get; init; }
    public required string Model { get; init; }
    public required ServiceTier ServiceTier { get; init; }
    public required bool IsReversed { get; init; }

    /// <summary>Numbers that corrections of its price have taken.</summary>
    public required int Corrections { get; init; }

    /// <summary>How its usage was read, and what that told of the requests in it; null: it came in the ledger's own classes.</summary>
    public required string? UsageProfile { get; init; }

    /// <summary>The lines in force, each with where it stands and its token class.</summary>
    public List<(LedgerLine Line, EntryPosition Position, TokenClass TokenClass)> InForce { get; } = [];

    /// <summary>What this repricing has recorded of it already; null: nothing.</summary>
    public RecordedRepricing? Own { get; set; }

    /// <summary>What the repricing that is to be reverted has recorded of it; null: nothing, or none is.</summary>
    public RecordedRepricing? Reverted { get; set; }

    /// <summary>The sector of the lines in force.</summary>
    public SectorDecision Sector => InForce[0].Line.Sector;

    /// <summary>The sector that it has without this repricing.</summary>
    public Sector SectorBefore => (Own is { } own ? own.Before[0].Sector : Sector).Sector;

    public bool IsUnpriced => InForce.Exists(l => l.Line.ReportingAmount is null);
}

/// <summary>What a repricing has recorded of one event.</summary>
internal sealed class RecordedRepricing
{
    /// <summary>The lines that it took back, as they were.</summary>
    public List<LedgerLine> Before { get; } = [];

    /// <summary>The lines that it recorded.</summary>
    public List<LedgerLine> After { get; } = [];

    public void Add(in LedgerLine line, bool isTakenBack)
    {
        if (isTakenBack)
            Before.Add(line with { Quantity = -line.Quantity, Amount = -line.Amount, ReportingAmount = -line.ReportingAmount });
        else
            After.Add(line);
    }
}
