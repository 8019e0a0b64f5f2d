using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Ingestion;

/// <summary>Limits of what is taken in. Bound from the configuration section <c>TokenFactory:Ingestion</c>.</summary>
internal sealed class IngestionOptions
{
    public const string Section = "TokenFactory:Ingestion";

    /// <summary>The largest JSON body (object or array) after decompression, in bytes. NDJSON and CSV are streamed and have <see cref="MaxStreamBytes"/>.</summary>
    [Range(1_024, 1L << 30)]
    public int MaxBodyBytes { get; set; } = 64 << 20;

    /// <summary>The largest NDJSON or CSV body after decompression, in bytes.</summary>
    [Range(1_024, 1L << 44)]
    public long MaxStreamBytes { get; set; } = 16L << 30;

    /// <summary>The longest line of NDJSON or row of CSV, in bytes.</summary>
    [Range(1_024, 16 << 20)]
    public int MaxLineBytes { get; set; } = 256 << 10;

    /// <summary>The most events in one JSON array or batch of CloudEvents.</summary>
    [Range(1, 10_000_000)]
    public int MaxArrayEvents { get; set; } = 100_000;

    /// <summary>The most events in one atomic batch (one transaction).</summary>
    [Range(1, 10_000)]
    public int MaxAtomicEvents { get; set; } = 10_000;

    /// <summary>Events recorded per transaction while a body streams in.</summary>
    [Range(1, 100_000)]
    public int ChunkEvents { get; set; } = 1_000;

    /// <summary>Chunks of one body that may be under way at once.</summary>
    [Range(1, 64)]
    public int ChunksInFlight { get; set; } = 4;

    /// <summary>The longest event id, account or model name, in characters. More than the bound would not fit PostgreSQL's index rows.</summary>
    [Range(16, 640)]
    public int MaxNameLength { get; set; } = 256;

    /// <summary>The most tokens of one class in one event.</summary>
    [Range(1, 1_000_000_000_000_000)]
    public long MaxQuantity { get; set; } = 1_000_000_000_000_000;

    /// <summary>How far in the future <c>occurred_at</c> may lie (a sender's clock that is fast), in seconds.</summary>
    [Range(0, 86_400)]
    public int MaxFutureSkewSeconds { get; set; } = 300;
}
