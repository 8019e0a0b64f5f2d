using System.Globalization;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ledger;

/// <summary>How the ledger's values are written in receipts and listings.</summary>
internal static class ReceiptText
{
    public static string Quantity(long quantity) => quantity.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Sum of the priced lines in the reporting currency, without trailing zeros; null when none is priced. Exact: an event has some dozen
    /// lines of at most 10^15 with 12 decimals.
    /// </summary>
    public static decimal? Amount(IReadOnlyCollection<LedgerLine> lines) => lines.Any(l => l.ReportingAmount is not null)
        ? ExactDecimal.Normalize(lines.Sum(l => l.ReportingAmount ?? 0))
        : null;

    /// <summary>Tokens of the lines whose value in the reporting currency is not known.</summary>
    public static string UnpricedQuantity(IReadOnlyCollection<LedgerLine> lines) => Quantity(lines.Where(l => l.ReportingAmount is null).Sum(l => l.Quantity));

    /// <summary>
    /// What the sender says that it cost less what the ledger says, as in price variance; null where they can't be compared. A part of the tokens is not set against
    /// the cost of all.
    /// </summary>
    public static decimal? CostDifference(decimal? amount, string? unpricedQuantity, string currency, ReportedCost? reported) =>
        reported is not null && reported.Currency == currency && unpricedQuantity == "0" && amount is { } ours
            ? ExactDecimal.Normalize(reported.Amount - ours)
            : null;

    /// <summary>Null: not on record.</summary>
    public static string? SectorBasis(SectorBasis basis) => basis switch
    {
        Economics.Measures.SectorBasis.Unrecorded => null,
        Economics.Measures.SectorBasis.Event => "event",
        Economics.Measures.SectorBasis.Account => "account",
        Economics.Measures.SectorBasis.Tag => "tag",
        Economics.Measures.SectorBasis.Rule => "rule",
        Economics.Measures.SectorBasis.None => "none",
        Economics.Measures.SectorBasis.Reclassification => "reclassification",
        _ => throw new ArgumentOutOfRangeException(nameof(basis), basis, "Not a sector basis."),
    };

    public static string Basis(ValueBasis basis) => basis switch
    {
        ValueBasis.None => "none",
        ValueBasis.Declared => "declared",
        ValueBasis.RateCard => "rate_card",
        ValueBasis.Package => "package",
        ValueBasis.MinimumCharge => "minimum_charge",
        ValueBasis.MonthTiers => "month_tiers",
        _ => throw new ArgumentOutOfRangeException(nameof(basis), basis, "Not a value basis."),
    };
}
