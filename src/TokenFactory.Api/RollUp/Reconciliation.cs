namespace TokenFactory.Api.RollUp;

/// <summary>What came in, and whether both sides of the books agree.</summary>
public sealed record Reconciliation
{
    /// <summary>
    /// True when received = accepted + duplicate + conflict + rejected + quarantined, quarantined = open + released + discarded, ledger = roll-up,
    /// and every check holds.
    /// </summary>
    public required bool Balanced { get; init; }

    /// <summary>Whether everything was recomputed (<c>?full=true</c>) or the running totals were compared.</summary>
    public required bool Full { get; init; }
    public required long Received { get; init; }
    public required long Accepted { get; init; }
    public required long Duplicate { get; init; }
    public required long Conflict { get; init; }
    public required long Rejected { get; init; }
    public required long Quarantined { get; init; }

    /// <summary>What became of the quarantined events. A release is counted as received and accepted, as any event that comes in.</summary>
    public required ReconciliationQuarantine Quarantine { get; init; }

    /// <summary>Both sides per currency (XXX: no currency, unpriced) and token class.</summary>
    public required IReadOnlyList<ReconciliationRow> Totals { get; init; }

    /// <summary>With <c>?full=true</c>: what must hold between the tables.</summary>
    public required IReadOnlyList<ReconciliationCheck> Checks { get; init; }

    /// <summary>Journal batches that are committed but not folded into cells yet: figures include them.</summary>
    public required long PendingBatches { get; init; }
}

/// <summary>The events that were held back, by what became of them: open + released + discarded = quarantined.</summary>
public sealed record ReconciliationQuarantine
{
    /// <summary>They wait: see <c>GET /v1/quarantine</c>.</summary>
    public required long Open { get; init; }

    /// <summary>They are in the ledger: released, or sent again when they could be read.</summary>
    public required long Released { get; init; }

    /// <summary>They were given up.</summary>
    public required long Discarded { get; init; }
}

/// <summary>One currency and token class, on both sides.</summary>
public sealed record ReconciliationRow
{
    /// <example>USD</example>
    public required string Currency { get; init; }

    /// <example>output</example>
    public required string TokenClass { get; init; }

    /// <summary>Added up from the ledger's entries.</summary>
    public required ReconciliationSide Ledger { get; init; }

    /// <summary>Added up from the roll-up.</summary>
    public required ReconciliationSide RollUp { get; init; }
    public bool Balanced => Ledger == RollUp;
}

/// <summary>Totals of one side; exact.</summary>
public sealed record ReconciliationSide
{
    public required long Entries { get; init; }
    public required string Quantity { get; init; }
    public required string PricedQuantity { get; init; }
    public required string FreeQuantity { get; init; }

    /// <summary>In the row's currency.</summary>
    public required string Amount { get; init; }

    /// <summary>In the reporting currency.</summary>
    public required string ReportingAmount { get; init; }
}

/// <summary>Something that must hold, and how many rows break it.</summary>
public sealed record ReconciliationCheck
{
    public required string Name { get; init; }
    public required long Violations { get; init; }
}
