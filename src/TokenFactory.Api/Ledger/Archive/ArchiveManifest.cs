using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>What a volume of an archive holds. Its text is signed with the key of checkpoints, and is kept in the ledger too.</summary>
internal sealed record ArchiveManifest
{
    /// <summary>The number of this layout.</summary>
    public const int CurrentFormat = 1;

    public const string FileName = "manifest.json";

    /// <summary>The signature: ECDSA over P-256 and SHA-256, in DER, over the bytes of the manifest.</summary>
    public const string SignatureFileName = "manifest.sig";

    private static readonly JsonSerializerOptions Layout = new(WireJson.Options) { WriteIndented = true };

    public required int Format { get; init; }

    /// <summary>Of the ledger's checkpoints.</summary>
    public required string Origin { get; init; }

    /// <summary>Of recording, such as <c>2025-01</c>.</summary>
    public required string Month { get; init; }

    public required short Volume { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>Which columns the leaves of its batches hold.</summary>
    public required short SealFormat { get; init; }

    public required long Batches { get; init; }
    public required long Events { get; init; }
    public required long Entries { get; init; }
    public required IReadOnlyList<ArchiveFile> Files { get; init; }
    public required IReadOnlyList<ArchiveSource> Sources { get; init; }

    /// <summary>Of the entries, by source and currency.</summary>
    public required IReadOnlyList<ArchiveSum> Sums { get; init; }

    public required IReadOnlyList<ArchiveLane> Lanes { get; init; }
    public required ArchiveTree Tree { get; init; }

    /// <summary>The signed checkpoint that all its batches are under, as a note.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The month as such.</summary>
    [JsonIgnore]
    public ArchiveMonth RecordedIn => ArchiveMonth.TryParse(Month, out var month) ? month : throw new InvalidDataException("The manifest names no month.");

    public string Text() => JsonSerializer.Serialize(this, Layout) + "\n";

    /// <summary>Reads one.</summary>
    /// <returns>Null: it is none, or of another format.</returns>
    public static ArchiveManifest? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ArchiveManifest>(text, Layout) is { Format: CurrentFormat, SealFormat: LedgerColumns.Format } manifest
                && ArchiveMonth.TryParse(manifest.Month, out _) ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The id of the key that signed these bytes; null: none of these.</summary>
    public static string? SignerOf(byte[] text, byte[] signature, IReadOnlyList<ECDsa> keys) =>
        keys.FirstOrDefault(k => k.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) is { } key
            ? Convert.ToHexStringLower(SigningKey.IdOf(key))
            : null;
}

/// <summary>A file of a volume: rows of one table in PostgreSQL's binary COPY format, compressed by gzip.</summary>
internal sealed record ArchiveFile
{
    public required string Name { get; init; }
    public required string Table { get; init; }
    public required IReadOnlyList<string> Columns { get; init; }
    public required long Rows { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Of the file as it is, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Of its rows alone: decompressed, without the header and the trailer of the format.</summary>
    public required string RowsSha256 { get; init; }
}

/// <summary>What a source has in a volume.</summary>
internal sealed record ArchiveSource
{
    public required long Id { get; init; }

    /// <summary>Its slug at that time; null: refusals that no source could be made out of.</summary>
    public required string? Name { get; init; }

    public required long Batches { get; init; }
    public required long Events { get; init; }
    public required long Entries { get; init; }

    /// <summary>Of its identities, as <see cref="ArchiveFile.RowsSha256"/>: they stay in the ledger, where their leaves can't be made anew without the entries.</summary>
    public required string IdentitiesSha256 { get; init; }
}

/// <summary>What entries add up to; exact.</summary>
internal sealed record ArchiveSum
{
    public required long Source { get; init; }

    /// <summary>XXX: none.</summary>
    public required string Currency { get; init; }

    public required long Entries { get; init; }
    public required string Quantity { get; init; }
    public required string Amount { get; init; }
    public required string ReportingAmount { get; init; }
}

/// <summary>Which batches of a lane: those with a number of this stretch that were recorded in the month.</summary>
internal sealed record ArchiveLane
{
    public required long Source { get; init; }
    public required short Lane { get; init; }
    public required long FirstSeq { get; init; }
    public required long LastSeq { get; init; }
    public required long Batches { get; init; }

    /// <summary>The chain's head before the first of them, in base64; null: it begins with that.</summary>
    public required string? HeadBefore { get; init; }

    /// <summary>The chain's head after the last of them, in base64.</summary>
    public required string Head { get; init; }
}

/// <summary>
/// Where the batches stand in the tree: a stretch of its leaves, whose hashes are a file of their own, and hashes of nodes beside it that lead to the root of the
/// checkpoint.
/// </summary>
internal sealed record ArchiveTree
{
    public const string FileName = "tree.hashes";

    /// <summary>Leaves under the checkpoint.</summary>
    public required long Size { get; init; }

    /// <summary>The stretch, half-open.</summary>
    public required long First { get; init; }
    public required long End { get; init; }

    /// <summary>Of the file, which has 32 bytes for each leaf.</summary>
    public required string Sha256 { get; init; }

    public required IReadOnlyList<ArchiveNode> Nodes { get; init; }
}

/// <summary>The node over leaves <paramref name="First"/> to <paramref name="End"/> (half-open).</summary>
/// <param name="First">Its first leaf.</param>
/// <param name="End">The leaf after its last.</param>
/// <param name="Hash">In base64.</param>
internal sealed record ArchiveNode(long First, long End, string Hash);
