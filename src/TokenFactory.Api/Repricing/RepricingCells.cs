using System.Runtime.InteropServices;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Repricing;

/// <summary>What some events are worth before and after, in the reporting currency. Exact sums.</summary>
internal struct RepricingCell
{
    public decimal Quantity;
    public decimal AmountBefore;
    public decimal AmountAfter;
    public decimal UnpricedBefore;
    public decimal UnpricedAfter;
}

/// <summary>What was found in a step of a repricing.</summary>
internal sealed class RepricingCells
{
    // As DeltaSet's: what comes near the 28 digits of a decimal takes a second row, and the database adds them up.
    private const decimal MaxSum = 5_000_000_000_000_000m;

    private readonly Dictionary<(Sector Sector, int ItemId), RepricingCell> _cells = [];
    private readonly List<KeyValuePair<(Sector Sector, int ItemId), RepricingCell>> _full = [];

    public IReadOnlyList<KeyValuePair<(Sector Sector, int ItemId), RepricingCell>> Cells => [.. _full, .. _cells];

    public long Examined { get; private set; }

    public long Changed { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>Entries of the events that changed, as they were.</summary>
    public long Entries { get; private set; }

    /// <param name="sector">The sector that the event has without the repricing.</param>
    /// <param name="outcome">What became of it.</param>
    public void Add(Sector sector, in RepricingOutcome outcome)
    {
        Examined++;
        Entries += outcome is { IsChanged: true, Before: { } changed } ? changed.Count : 0;
        Changed += outcome.IsChanged ? 1 : 0;
        Skipped += outcome.IsSkipped ? 1 : 0;
        foreach (var line in outcome.Before ?? [])
        {
            ref var cell = ref CellOf(sector, line.ItemId);
            cell.Quantity += line.Quantity;
            cell.AmountBefore += line.ReportingAmount ?? 0;
            cell.UnpricedBefore += line.ReportingAmount is null ? line.Quantity : 0;
        }

        foreach (var line in outcome.After ?? [])
        {
            ref var cell = ref CellOf(sector, line.ItemId);
            cell.AmountAfter += line.ReportingAmount ?? 0;
            cell.UnpricedAfter += line.ReportingAmount is null ? line.Quantity : 0;
        }
    }

    private ref RepricingCell CellOf(Sector sector, int itemId)
    {
        ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(_cells, (sector, itemId), out _);
        if (cell.AmountBefore > MaxSum || cell.AmountAfter > MaxSum)
        {
            _full.Add(KeyValuePair.Create((sector, itemId), cell));
            cell = default;
        }

        return ref cell;
    }
}
