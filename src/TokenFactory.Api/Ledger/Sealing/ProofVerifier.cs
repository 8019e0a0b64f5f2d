using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>Verifies the proof of an event by itself: no service, no database.</summary>
internal static class ProofVerifier
{
    /// <summary>What is wrong with a proof; null: the event was recorded exactly so, and is under the signed root.</summary>
    /// <param name="json">As the service answered it.</param>
    /// <param name="trust">Public keys that are trusted, and the origin of the ledger.</param>
    public static string? FaultOf(string json, Trust trust)
    {
        try
        {
            return JsonSerializer.Deserialize<LedgerProof>(json, WireJson.Options) is { } proof ? FaultOf(proof, trust) : "It can't be read: it is empty.";
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return $"It can't be read: {e.Message}";
        }
    }

    private static string? FaultOf(LedgerProof proof, Trust trust)
    {
        if (proof.SealFormat != LedgerColumns.Format)
            return $"It is of format {proof.SealFormat}, and this program knows {LedgerColumns.Format} alone.";
        var (identity, entries) = (Convert.FromBase64String(proof.Identity), Convert.FromBase64String(proof.Entries));
        if (FieldsOf(identity) is not [var ofIdentity] || ofIdentity.Count != LedgerColumns.Identity.Names.Length || FieldsOf(entries) is not { } rows
            || rows.Any(r => r.Count != LedgerColumns.Entry.Names.Length))
        {
            return "Its rows are not of the format that it names.";
        }

        if (Encoding.UTF8.GetString(ofIdentity[1]!) != proof.Id || Number(ofIdentity[0]) != proof.Batch.SourceId || Number(ofIdentity[4]) != proof.Batch.BatchId
            || Number(ofIdentity[6]) != rows.Count || rows.Any(r => !r[4].AsSpan().SequenceEqual(ofIdentity[1])))
        {
            return "Its rows are of another event.";
        }

        var leaf = new byte[MerkleTree.HashBytes];
        BatchSeal.EventLeaf(SHA256.HashData(identity), SHA256.HashData(entries), leaf);
        var batch = new SealedBatch(proof.Batch.SourceId, proof.Batch.Lane, proof.Batch.Seq, Convert.FromBase64String(proof.Batch.Root), Convert.FromBase64String(proof.Batch.Head));
        if (!batch.Root.AsSpan().SequenceEqual(MerkleTree.RootOf(leaf, proof.Batch.Index, proof.Batch.Size, HashesOf(proof.Batch.Path))))
            return "Its rows do not lead to the root of the batch.";
        var root = MerkleTree.RootOf(MerkleTree.LeafHash(batch.LeafContent()), proof.Tree.Index, proof.Tree.Size, HashesOf(proof.Tree.Path));
        if (Checkpoint.Read(proof.Checkpoint, trust.Keys) is not var (checkpoint, signedBy))
            return "Its checkpoint can't be read.";
        if (checkpoint.TreeSize != proof.Tree.Size || !checkpoint.Root.AsSpan().SequenceEqual(root))
            return "Its batch does not lead to the root of the checkpoint.";
        if (trust.Origin is not null && checkpoint.Origin != trust.Origin)
            return $"It is of another ledger: {checkpoint.Origin}.";
        return signedBy is not null ? null : "Its checkpoint is signed by no key that is trusted.";
    }

    /// <summary>What the rows of a proof say, column by column.</summary>
    public static IEnumerable<string> Describe(string json)
    {
        var proof = JsonSerializer.Deserialize<LedgerProof>(json, WireJson.Options)!;
        // The name that a source has is no part of what is sealed, its number is.
        yield return $"origin: {proof.Checkpoint.Split('\n')[0]}, {proof.Checkpoint.Split('\n')[4]}, over {proof.Tree.Size} batches";
        foreach (var (columns, content) in ((LedgerColumns, string)[])[(LedgerColumns.Identity, proof.Identity), (LedgerColumns.Entry, proof.Entries)])
        {
            foreach (var row in FieldsOf(Convert.FromBase64String(content)) ?? [])
            {
                var fields = columns.Names.Zip(row, (name, field) => field is null ? null : $"{name}={Text(columns.TypeOf(name), field)}").OfType<string>();
                yield return $"{columns.Table}: {string.Join(", ", fields)}";
            }
        }
    }

    private static string Text(string type, byte[] field) => type switch
    {
        "textsend" or "json_send" => Encoding.UTF8.GetString(field),
        "byteasend" => Convert.ToHexStringLower(field),
        "timestamptz_send" => UtcInstantConverter.Text(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(Number(field) * TimeSpan.TicksPerMicrosecond)),
        "numeric_send" => BinaryNumeric.Text(field),
        _ => Number(field).ToString(CultureInfo.InvariantCulture),
    };

    private static long Number(byte[]? field) => field switch
    {
        { Length: 2 } => BinaryPrimitives.ReadInt16BigEndian(field),
        { Length: 4 } => BinaryPrimitives.ReadInt32BigEndian(field),
        { Length: 8 } => BinaryPrimitives.ReadInt64BigEndian(field),
        _ => throw new FormatException("A field that must be a number is none."),
    };

    private static List<byte[]> HashesOf(IReadOnlyList<string> path) => [.. path.Select(Convert.FromBase64String)];

    // Rows of the binary COPY format, without header and trailer; null where they are none.
    private static List<List<byte[]?>>? FieldsOf(byte[] content)
    {
        var rows = new List<List<byte[]?>>();
        for (var at = 0; at < content.Length;)
        {
            if (content.Length - at < sizeof(short))
                return null;
            var row = new List<byte[]?>();
            var count = BinaryPrimitives.ReadInt16BigEndian(content.AsSpan(at));
            at += sizeof(short);
            for (var i = 0; i < count; i++)
            {
                if (content.Length - at < sizeof(int))
                    return null;
                var length = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(at));
                at += sizeof(int);
                if (length < -1 || length > content.Length - at)
                    return null;
                row.Add(length < 0 ? null : content[at..(at + length)]);
                at += Math.Max(length, 0);
            }

            rows.Add(row);
        }

        return rows;
    }
}
