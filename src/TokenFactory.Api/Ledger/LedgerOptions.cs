using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Ledger;

/// <summary>How the journal is written. Bound from the configuration section <c>TokenFactory:Ledger</c>.</summary>
internal sealed class LedgerOptions
{
    public const string Section = "TokenFactory:Ledger";

    /// <summary>Writer connections of this instance, each with a journal lane of its own.</summary>
    [Range(1, 64)]
    public int Writers { get; set; } = 4;

    /// <summary>Events that one transaction may gather from waiting requests.</summary>
    [Range(1, 100_000)]
    public int MaxEventsPerTransaction { get; set; } = 2_000;

    /// <summary>Postings that may wait for a writer; more are refused with 503.</summary>
    [Range(1, 100_000)]
    public int MaxWaitingPostings { get; set; } = 4_096;

    /// <summary>How long a posting may wait for room in the queue before it is refused with 503, in milliseconds.</summary>
    [Range(0, 60_000)]
    public int MaxWaitMs { get; set; } = 2_000;

    /// <summary>How often a transaction is tried again after a deadlock, a serialization failure, a lost race or a repeated event.</summary>
    [Range(1, 100)]
    public int MaxRetries { get; set; } = 10;
}
