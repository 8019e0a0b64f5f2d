using System.Text.Json.Serialization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>What became of a batch. received = accepted + duplicate + conflict + rejected + quarantined.</summary>
public sealed record BatchAnswer
{
    public required long Received { get; init; }
    public required long Accepted { get; init; }
    public required long Duplicate { get; init; }
    public required long Conflict { get; init; }
    public required long Rejected { get; init; }
    public required long Quarantined { get; init; }

    /// <summary>
    /// What is in the body and is no usage: a failed call, an answer from the sender's own cache, a span that is no call of a model. Not received,
    /// and absent where there is none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Ignored { get; init; }

    /// <summary>One row per event that is neither accepted nor duplicate; with <c>receipts=all</c> one per event.</summary>
    public required IReadOnlyList<BatchItem> Items { get; init; }
}

/// <summary>One event of a batch.</summary>
public sealed record BatchItem
{
    /// <summary>The event's place in the body, from 0 (blank lines do not count); of a CSV file the row's number, from 1 for the row after the header.</summary>
    public required long Index { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    /// <summary><c>accepted</c>, <c>duplicate</c>, <c>conflict</c>, <c>rejected</c> or <c>quarantined</c>.</summary>
    /// <example>rejected</example>
    public required string Status { get; init; }

    /// <summary>When the event was (first) recorded; absent when it was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>The journal transaction that holds its entries; absent when it was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? BatchId { get; init; }

    /// <summary>Every violation, with pointers into the event.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }
}
