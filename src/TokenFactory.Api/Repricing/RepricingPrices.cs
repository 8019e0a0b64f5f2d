using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Repricing;

/// <summary>What becomes of an event that is looked at.</summary>
/// <param name="IsSkipped">Of a revert: another repricing is in force. Of a reclassification: what decided the sector is not on record.</param>
/// <param name="Before">The lines in force without the repricing; null: the event is not in the difference.</param>
/// <param name="After">The lines in force with it.</param>
/// <param name="IsChanged">Whether the two differ.</param>
/// <param name="Posting">What is still to be recorded; null: nothing.</param>
internal readonly record struct RepricingOutcome(
    bool IsSkipped, IReadOnlyList<LedgerLine>? Before, IReadOnlyList<LedgerLine>? After, bool IsChanged, LedgerEvent? Posting);

/// <summary>Prices and exchange rates as a repricing knows them, and what it makes of an event by them. Pure.</summary>
internal sealed class RepricingPrices(RepricingTask task, KnownPrices known, string reportingCurrency)
{
    private static readonly RepricingOutcome Left = new(false, null, null, false, null);

    /// <summary>What becomes of an event. What the repricing has recorded of it already comes out as it did then.</summary>
    public RepricingOutcome Of(RepricingEvent sent)
    {
        if (sent.Own is { } own)
            return new RepricingOutcome(false, own.Before, own.After, true, null);
        if (task.Selection.ToSector is { } sector)
            return sent.IsReversed ? Left : Move(sent, sector);
        if (sent.IsReversed || (task.Reverts is null && task.Selection.Only == RepricingEvents.Unpriced && !sent.IsUnpriced))
            return Left;
        var before = sent.InForce.ConvertAll(l => l.Line);
        var after = task.Reverts is null ? Rate(sent) : FormerLines(sent, before);
        if (after is null)
            return Left with { IsSkipped = true };
        return before.SequenceEqual(after)
            ? new RepricingOutcome(false, before, after, false, null)
            : new RepricingOutcome(false, before, after, true, CorrectionOf(sent, before, after));
    }

    // The same lines in another sector. What the event itself says is left; so is what nobody knows the reason of.
    private RepricingOutcome Move(RepricingEvent sent, Sector sector)
    {
        if (sent.Sector.Sector == sector || sent.Sector.Basis == SectorBasis.Event)
            return Left;
        if (sent.Sector.Basis == SectorBasis.Unrecorded)
            return Left with { IsSkipped = true };
        var before = sent.InForce.ConvertAll(l => l.Line);
        var after = InSector(before, new SectorDecision(sector, SectorBasis.Reclassification));
        return new RepricingOutcome(false, before, after, true, CorrectionOf(sent, before, after));
    }

    // What was there before the repricing that is reverted, as long as the price in force is still its own; in the sector of now.
    private static List<LedgerLine>? FormerLines(RepricingEvent sent, List<LedgerLine> inForce) =>
        InSector(sent.Reverted!.After, sent.Sector).SequenceEqual(inForce) ? InSector(sent.Reverted.Before, sent.Sector) : null;

    private static List<LedgerLine> InSector(List<LedgerLine> lines, SectorDecision sector) => lines.ConvertAll(l => l with { Sector = sector });

    // Token classes as they were recorded; what the former prices had added beyond tokens is dropped, and made anew.
    private List<LedgerLine> Rate(RepricingEvent sent)
    {
        var recorded = sent.InForce.FindAll(l => !l.Line.Basis.IsAdjustment());
        var usage = recorded.ConvertAll(l => new UsageLine(l.TokenClass, l.Line.Quantity,
            l.Line.Basis == ValueBasis.Declared ? new DeclaredValue(l.Line.UnitValue!.Value, l.Line.Currency!) : null)).ToArray();
        var items = recorded.ToDictionary(l => l.TokenClass, l => l.Line.ItemId);
        var rated = EventRating.Rate(usage, known.Rates.ScheduleOf(sent.ProducerId, sent.ModelId, sent.Model, sent.ServiceTier), sent.Event.OccurredAt,
            sent.Event.AccountId, sent.Sector.Sector, sent.Event.Region, task.Selection.PriceBasis == PriceBasis.Current ? task.KnownAt : null,
            UsageProfiles.RequestsOf(sent.UsageProfile));
        return [.. rated.Select(line => LedgerLine.Of(line, items[line.TokenClass], sent.Sector, known.Exchange, reportingCurrency, sent.Event.OccurredAt))];
    }

    private LedgerEvent CorrectionOf(RepricingEvent sent, List<LedgerLine> before, List<LedgerLine> after)
    {
        var key = ReservedKeys.Repricing(sent.Event.EventId, sent.Corrections + 1);
        var takenBack = (sent.Event with { Lines = [.. before] }).TakenBack(sent.InForce.ConvertAll(l => l.Position));
        return sent.Event with
        {
            EventId = key,
            Fingerprint = ReservedKeys.FingerprintOf(key, task.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            Reason = task.Reason,
            RepricingId = task.Id,
            Lines = [.. takenBack, .. after],
        };
    }
}
