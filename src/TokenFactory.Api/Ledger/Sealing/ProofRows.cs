namespace TokenFactory.Api.Ledger;

/// <summary>A signed root of the tree over all batches of the ledger.</summary>
public sealed record LedgerCheckpoint
{
    /// <summary>Batches under it.</summary>
    /// <example>1024</example>
    public required long TreeSize { get; init; }

    /// <summary>Checkpoints are counted from 1, without a gap.</summary>
    /// <example>17</example>
    public required long Number { get; init; }

    /// <summary>The root, in base64.</summary>
    public required string Root { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset SealedAt { get; init; }

    /// <summary>The key that it is signed with: one of <c>/v1/ledger/checkpoint-keys</c>.</summary>
    /// <example>4f1c2a9b</example>
    public required string KeyId { get; init; }

    /// <summary>What is to be kept elsewhere: a signed note (docs/audit.md).</summary>
    public required string Note { get; init; }
}

/// <summary>A page of checkpoints, the latest first.</summary>
public sealed record LedgerCheckpointPage
{
    public required IReadOnlyList<LedgerCheckpoint> Items { get; init; }

    /// <summary>Pass it as <c>before</c> for the next page; null: this is the last.</summary>
    public required long? NextBefore { get; init; }
}

/// <summary>A public key that checkpoints are signed with.</summary>
public sealed record LedgerCheckpointKey
{
    /// <summary>The first four bytes of the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal.</summary>
    /// <example>4f1c2a9b</example>
    public required string KeyId { get; init; }

    /// <summary>The origin that checkpoints of it name.</summary>
    /// <example>token-factory</example>
    public required string Name { get; init; }

    /// <summary>In PEM (ECDSA, P-256).</summary>
    public required string PublicKey { get; init; }

    public required DateTimeOffset FirstUsed { get; init; }
}

/// <summary>That the batches under one checkpoint are the first of those under another.</summary>
public sealed record LedgerConsistency
{
    public required LedgerCheckpoint First { get; init; }
    public required LedgerCheckpoint Second { get; init; }

    /// <summary>Hashes in base64 (RFC 9162, 2.1.4).</summary>
    public required IReadOnlyList<string> Proof { get; init; }
}

/// <summary>That an event is in the ledger exactly as recorded: what leads from its rows to a signed root.</summary>
public sealed record LedgerProof
{
    /// <example>gateway-1</example>
    public required string Source { get; init; }

    /// <example>req-8f2</example>
    public required string Id { get; init; }

    /// <summary>Which columns the rows hold (docs/audit.md).</summary>
    /// <example>1</example>
    public required int SealFormat { get; init; }

    /// <summary>The event's row of <c>event_identity</c> as it is sealed, in base64.</summary>
    public required string Identity { get; init; }

    /// <summary>Its rows of <c>ledger_entry</c> one after the other, in base64.</summary>
    public required string Entries { get; init; }

    public required LedgerProofOfBatch Batch { get; init; }
    public required LedgerProofOfTree Tree { get; init; }

    /// <summary>The signed root, as a note.</summary>
    public required string Checkpoint { get; init; }
}

/// <summary>The way from an event to the root of its batch.</summary>
public sealed record LedgerProofOfBatch
{
    public required long BatchId { get; init; }

    /// <summary>The number that rows have the source by.</summary>
    public required long SourceId { get; init; }
    public required short Lane { get; init; }
    public required long Seq { get; init; }

    /// <summary>The place of the event among the batch's leaves, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Leaves of the batch.</summary>
    public required int Size { get; init; }

    /// <summary>Hashes in base64, from below (RFC 9162, 2.1.3).</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>The root over the leaves, in base64.</summary>
    public required string Root { get; init; }

    /// <summary>The head of the lane's chain after the batch, in base64.</summary>
    public required string Head { get; init; }
}

/// <summary>The way from a batch to the root of all.</summary>
public sealed record LedgerProofOfTree
{
    /// <summary>The place of the batch among all, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>Batches under the checkpoint.</summary>
    public required long Size { get; init; }

    /// <summary>Hashes in base64, from below.</summary>
    public required IReadOnlyList<string> Path { get; init; }
}

/// <summary>What a verification of the whole ledger found.</summary>
public sealed record LedgerVerification
{
    /// <summary>Whether every record, chain, tree and checkpoint is what it was: of all batches that are chained.</summary>
    public required bool Intact { get; init; }

    /// <summary>What is wrong, the first hundred.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    public required long FaultCount { get; init; }
    public required long Batches { get; init; }
    public required long Events { get; init; }
    public required long Entries { get; init; }

    /// <summary>Entries of archived months: not here, by signed manifests.</summary>
    public required long ArchivedEntries { get; init; }

    /// <summary>Batches of a version without chains: only counted.</summary>
    public required long UnchainedBatches { get; init; }

    /// <summary>Batches in the tree.</summary>
    public required long SealedBatches { get; init; }

    public required long Checkpoints { get; init; }
}
