using System.Runtime.InteropServices;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

/// <summary>The cell that an entry belongs to; the recording date (vintage) and the source are those of its batch.</summary>
internal readonly record struct CellKey(DateTimeOffset Hour, int ItemId, Sector Sector, int BuyerId, string Currency);

/// <summary>What a batch adds to one cell. Exact sums.</summary>
internal struct CellDelta
{
    public long EntryCount;
    public decimal Quantity;
    public decimal PricedQuantity;
    public decimal FreeQuantity;
    public decimal Amount;
    public decimal ReportingAmount;
}

/// <summary>The entries of a batch grouped by roll-up cell, in one pass.</summary>
internal sealed class DeltaSet
{
    // A decimal holds 28 digits for certain, an amount has 12 of them behind the point: beyond 10^16 a sum could round. A cell that comes near
    // takes a second row, and the database, whose sums have no such bound, adds them up.
    private const decimal MaxSum = 5_000_000_000_000_000m;

    private readonly Dictionary<CellKey, CellDelta> _deltas = [];
    private readonly List<KeyValuePair<CellKey, CellDelta>> _full = [];

    /// <summary>What the batch adds to its cells; a cell of very large sums has several rows.</summary>
    public IEnumerable<KeyValuePair<CellKey, CellDelta>> Deltas => _full.Concat(_deltas);

    public void Add(LedgerEvent ledgerEvent, in LedgerLine line)
    {
        var occurredAt = ledgerEvent.OccurredAt;
        var hour = new DateTimeOffset(occurredAt.UtcTicks - (occurredAt.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        var key = new CellKey(hour, line.ItemId, line.Sector.Sector, ledgerEvent.BuyerId, line.Currency ?? Currency.None);
        ref var delta = ref CollectionsMarshal.GetValueRefOrAddDefault(_deltas, key, out _);
        if (Math.Abs(delta.Amount) > MaxSum || Math.Abs(delta.ReportingAmount) > MaxSum)
        {
            _full.Add(KeyValuePair.Create(key, delta));
            delta = default;
        }

        delta.EntryCount++;
        delta.Quantity += line.Quantity;
        delta.Amount += line.Amount ?? 0;
        if (line.ReportingAmount is not { } reportingAmount)
            return;
        delta.ReportingAmount += reportingAmount;
        delta.PricedQuantity += line.Quantity;
        if (line.UnitValue is { Trillionths: 0 })
            delta.FreeQuantity += line.Quantity;
    }
}
