using System.Globalization;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ledger;

/// <summary>How the ledger's values are written in receipts and listings.</summary>
internal static class ReceiptText
{
    public static string Quantity(long quantity) => quantity.ToString(CultureInfo.InvariantCulture);

    public static string Quantity(decimal quantity) => quantity.ToString("0", CultureInfo.InvariantCulture);

    public static string Basis(ValueBasis basis) => basis switch
    {
        ValueBasis.None => "none",
        ValueBasis.Declared => "declared",
        ValueBasis.RateCard => "rate_card",
        _ => throw new ArgumentOutOfRangeException(nameof(basis), basis, "Not a value basis."),
    };
}
