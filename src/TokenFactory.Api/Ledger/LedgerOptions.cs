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

    /// <summary>
    /// How long at most a source that many send to at once gathers what comes in before its next transaction, in milliseconds; 0: not at all. It is over as soon
    /// as all have sent again that were answered just now.
    /// </summary>
    [Range(0, 1_000)]
    public int GatherMs { get; set; } = 6;

    /// <summary>Postings that may wait for a writer; more are refused with 503.</summary>
    [Range(1, 100_000)]
    public int MaxWaitingPostings { get; set; } = 4_096;

    /// <summary>Events of all postings that wait for a writer; what would be more is refused with 503. One posting alone may have more.</summary>
    [Range(1, 10_000_000)]
    public int MaxWaitingEvents { get; set; } = 100_000;

    /// <summary>How long a posting may wait for room in the queue before it is refused with 503, in milliseconds.</summary>
    [Range(0, 60_000)]
    public int MaxWaitMs { get; set; } = 2_000;

    /// <summary>
    /// How long a posting may wait for its commit before it is answered 503, in milliseconds. It may be recorded all the same: sent again it is answered
    /// as a duplicate then.
    /// </summary>
    [Range(100, 600_000)]
    public int MaxCommitWaitMs { get; set; } = 30_000;

    /// <summary>How often a transaction is tried again after a deadlock, a serialization failure, a lost race or a repeated event.</summary>
    [Range(1, 100)]
    public int MaxRetries { get; set; } = 10;

    /// <summary>How often what is recorded is sealed into the tree over all batches and its root signed, in seconds.</summary>
    [Range(1, 86_400)]
    public int CheckpointIntervalSeconds { get; set; } = 10;

    /// <summary>What checkpoints name as their origin: tells this ledger's from another's.</summary>
    public string CheckpointOrigin { get; set; } = "token-factory";

    /// <summary>
    /// The private key that checkpoints are signed with, in PEM (ECDSA, P-256); made where there is none. Default: beside the data folder, with
    /// <c>.checkpoint-key.pem</c> behind its name.
    /// </summary>
    public string? SigningKeyFile { get; set; }
}
