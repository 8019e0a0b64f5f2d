using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// The answer to a batch while it is made: counts, and the rows that it lists. Rows beyond a megabyte go to a temporary file, so that a
/// million refusals do not sit in memory.
/// </summary>
internal sealed class IngestReport(bool listAll) : IAsyncDisposable
{
    private const int MemoryThresholdBytes = 1 << 20;
    private static readonly JsonSerializerOptions RowOptions = new(WireJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly FileBufferingWriteStream _rows = new(MemoryThresholdBytes);
    private readonly long[] _counts = new long[(int)EventOutcome.Quarantined + 1];
    private bool _anyRow;
    private long _ignored;

    /// <summary>Notes that something in the body is no usage.</summary>
    public void Ignore(long count = 1) => _ignored += count;

    public long Received => _counts.Sum();

    public bool AllTaken => Count(EventOutcome.Conflict) == 0 && Count(EventOutcome.Rejected) == 0;

    public async ValueTask DisposeAsync() => await _rows.DisposeAsync();

    public long Count(EventOutcome outcome) => _counts[(int)outcome];

    public async Task AddAsync(IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            if (item.IsEmpty)
            {
                Ignore();
                continue;
            }

            _counts[(int)item.Outcome]++;
            if (!listAll && item.Outcome is EventOutcome.Accepted or EventOutcome.Duplicate)
                continue;
            if (_anyRow)
                await _rows.WriteAsync(","u8.ToArray(), cancellationToken);
            _anyRow = true;
            await _rows.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(RowOf(item), RowOptions), cancellationToken);
        }
    }

    /// <summary>Writes the members of the answer: the counts and <c>items</c>, inside an object that the caller has opened.</summary>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            Received,
            Accepted = Count(EventOutcome.Accepted),
            Duplicate = Count(EventOutcome.Duplicate),
            Conflict = Count(EventOutcome.Conflict),
            Rejected = Count(EventOutcome.Rejected),
            Quarantined = Count(EventOutcome.Quarantined),
            Ignored = _ignored > 0 ? _ignored : (long?)null,
        }, RowOptions).AsMemory()[..^1], cancellationToken);
        await output.WriteAsync(",\"items\":["u8.ToArray(), cancellationToken);
        await _rows.DrainBufferAsync(output, cancellationToken);
        await output.WriteAsync("]}"u8.ToArray(), cancellationToken);
    }

    public static string StatusOf(EventOutcome outcome) => outcome switch
    {
        EventOutcome.Accepted => "accepted",
        EventOutcome.Duplicate => "duplicate",
        EventOutcome.Conflict => "conflict",
        EventOutcome.Rejected => "rejected",
        EventOutcome.Quarantined => "quarantined",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an event outcome."),
    };

    /// <summary>The row of an event in an answer.</summary>
    public static BatchItem RowOf(IngestItem item)
    {
        var isRecorded = item.Outcome is EventOutcome.Accepted or EventOutcome.Duplicate;
        return new BatchItem
        {
            Index = item.Index,
            Source = item.Sent.Source.Length == 0 ? null : item.Sent.Source,
            Id = item.Sent.Id.Length == 0 ? null : item.Sent.Id,
            Status = StatusOf(item.Outcome),
            RecordedAt = isRecorded ? item.Recorded.RecordedAt : null,
            BatchId = isRecorded ? item.Recorded.BatchId : null,
            Errors = item.Violations.Any ? item.Violations.Errors : null,
        };
    }
}
