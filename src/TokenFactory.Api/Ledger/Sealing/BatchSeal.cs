using System.Security.Cryptography;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// The leaves of a batch: each holds a record of the ledger as it is written into the database, in PostgreSQL's binary COPY format, whose fields are the columns
/// that <see cref="LedgerColumns"/> names. What is hashed is what is sent: nothing is written twice, and who reads the rows back has the same bytes.
/// </summary>
/// <remarks>
/// An event: <c>E</c>, the SHA-256 of its row of <c>event_identity</c>, the SHA-256 of its rows of <c>ledger_entry</c> one after the other. What was held back:
/// <c>Q</c> and its row of <c>quarantined_event</c>. What was not taken: <c>R</c> and its row of <c>event_refusal</c>. A row is what stands between the header and
/// the trailer of the format: the number of fields, and each field with its length.
/// </remarks>
internal sealed class BatchSeal(int events, int others)
{
    private const int EventContent = 1 + (2 * MerkleTree.HashBytes);

    private readonly byte[] _leaves = new byte[(events + others) * MerkleTree.HashBytes];
    private int _others;

    /// <summary>The hashes of the leaves, one after the other: events in their order, then what else there is, as it was added.</summary>
    public byte[] Leaves => _leaves;

    /// <summary>Over all of them.</summary>
    public byte[] Root() => MerkleTree.Root(_leaves);

    /// <summary>Takes the identity of an event. Its entries must follow, if only none of them.</summary>
    public void AddIdentity(int index, ReadOnlySpan<byte> row) => SHA256.HashData(row, Leaf(index));

    /// <summary>Takes the entries of an event whose identity was taken.</summary>
    public void AddEntries(int index, ReadOnlySpan<byte> rows)
    {
        Span<byte> entries = stackalloc byte[MerkleTree.HashBytes];
        SHA256.HashData(rows, entries);
        EventLeaf(Leaf(index), entries, Leaf(index));
    }

    /// <summary>Takes what was held back, or not taken.</summary>
    /// <param name="kind"><c>Q</c> or <c>R</c>.</param>
    /// <param name="row">Its row.</param>
    public void AddOther(char kind, ReadOnlySpan<byte> row) => OtherLeaf(kind, row).CopyTo(Leaf(events + _others++));

    /// <summary>The hash of an event's leaf.</summary>
    /// <param name="identity">The SHA-256 of its identity's row.</param>
    /// <param name="entries">The SHA-256 of its entries' rows.</param>
    /// <param name="leaf">Where it goes; may be where the identity is.</param>
    public static void EventLeaf(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> entries, Span<byte> leaf)
    {
        Span<byte> content = stackalloc byte[1 + EventContent];
        content[0] = 0;
        content[1] = (byte)'E';
        identity.CopyTo(content[2..]);
        entries.CopyTo(content[(2 + MerkleTree.HashBytes)..]);
        SHA256.HashData(content, leaf);
    }

    /// <summary>The hash of the leaf of what is no event.</summary>
    public static byte[] OtherLeaf(char kind, ReadOnlySpan<byte> row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0, (byte)kind]);
        hash.AppendData(row);
        return hash.GetHashAndReset();
    }

    private Span<byte> Leaf(int index) => _leaves.AsSpan(index * MerkleTree.HashBytes, MerkleTree.HashBytes);
}
