using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>A reading of a counter that only ever grows, as it was sent.</summary>
/// <param name="Meter">SHA-256 of what tells the counter from others.</param>
/// <param name="Reading">What it shows.</param>
internal sealed record CounterReading(byte[] Meter, MeterReading Reading)
{
    public string Key { get; } = Convert.ToHexString(Meter);
}

/// <summary>
/// Makes events of readings: what a counter grew by since its last one. Pure, and made anew when a counter has moved meanwhile. A counter that is
/// read for the first time counts from zero; a reading no later than the last adds nothing, nor does one that shows less: a counter that has
/// begun anew has another start, and is another counter. What spans tell instead moves the counter and is no event.
/// </summary>
internal static class CounterGrowth
{
    /// <param name="items">Readings of one source; of two with the same instant the first in the list counts.</param>
    /// <param name="history">What is recorded of their counters, and which of their events are.</param>
    /// <param name="catalog">Knows which signal the source's usage is taken from, and since when.</param>
    public static void Apply(IEnumerable<IngestItem> items, MeterHistory history, CatalogSnapshot catalog)
    {
        var last = new Dictionary<string, MeterReading>(history.Readings, StringComparer.Ordinal);
        var recorded = new HashSet<string>(history.RecordedIds, StringComparer.Ordinal);
        foreach (var item in items.OrderBy(i => i.Sent.Counter!.Reading.ReadAt))
        {
            var counter = item.Sent.Counter!;
            var before = last.TryGetValue(counter.Key, out var known) ? known : (MeterReading?)null;
            var isLate = before?.ReadAt >= counter.Reading.ReadAt;
            var total = counter.Reading.Total;
            var growth = total - (before?.Total ?? 0);
            var isOfOtherSignal = EventRater.RefusedSignal(item.Sent, catalog) is not null;
            var isToldBySpans = before is null && counter.Reading.StartedAt < catalog.FindSource(item.Sent.Source)?.SignalSince;
            item.CounterRefusal = isLate ? EventRater.Late : growth < 0 ? EventRater.Fallen : isToldBySpans ? EventRater.BeganBefore : null;
            // Somebody else's event has its id: it is a conflict, and what the counter grew by is for the next reading to tell.
            var isTaken = !isLate && history.RecordedIds.Contains(item.Sent.Id);
            item.IsEmpty = isOfOtherSignal ? total == 0 : isLate ? !recorded.Contains(item.Sent.Id) : growth == 0 && !isTaken;
            item.Move = !isLate && !isTaken && growth > 0 ? new MeterMove(counter.Meter, before, counter.Reading) : null;
            if (item.Move is null)
                continue;
            last[counter.Key] = counter.Reading;
            if (isOfOtherSignal || isToldBySpans)
                continue;
            item.Sent.Usage = [item.Sent.Usage[0] with { Quantity = (long)growth }];
            recorded.Add(item.Sent.Id);
        }
    }
}
