using System.Globalization;
using System.Numerics;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

/// <summary>Adds up rows by source and currency, exactly, however large the sums.</summary>
internal sealed class ArchiveTotals
{
    private const int Decimals = 12;

    private readonly Dictionary<(long Source, string Currency), (long Entries, BigInteger Quantity, BigInteger Amount, BigInteger ReportingAmount)> _sums = [];

    /// <summary>Takes a row of entries.</summary>
    public void AddEntry(CopyRow row) => Add(row.Number(0), row.IsNull(13) ? Currency.None : row.Text(13), 1, row.Number(10), Scaled(row, 15), Scaled(row, 17));

    /// <summary>Takes a closing balance.</summary>
    public void AddBalance(CopyRow row) => Add(row.Number(0), row.Text(5), row.Number(9), Scaled(row, 10) / BigInteger.Pow(10, Decimals), Scaled(row, 13), Scaled(row, 14));

    /// <summary>Whether these are the sums.</summary>
    public bool AreThese(IReadOnlyList<ArchiveSum> told) => told.Count == _sums.Count && told.All(t => _sums.TryGetValue((t.Source, t.Currency), out var sum)
        && sum == (t.Entries, Scaled(t.Quantity) / BigInteger.Pow(10, Decimals), Scaled(t.Amount), Scaled(t.ReportingAmount)));

    private void Add(long source, string currency, long entries, BigInteger quantity, BigInteger amount, BigInteger reportingAmount)
    {
        var (n, q, a, r) = _sums.GetValueOrDefault((source, currency));
        _sums[(source, currency)] = (n + entries, q + quantity, a + amount, r + reportingAmount);
    }

    private static BigInteger Scaled(CopyRow row, int field) => row.IsNull(field) ? 0 : Scaled(BinaryNumeric.Text(row.Bytes(field)));

    // In units of the last decimal that the ledger keeps.
    private static BigInteger Scaled(string number)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        return decimals <= Decimals
            ? BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) * BigInteger.Pow(10, Decimals - decimals)
            : throw new InvalidDataException("A number has more decimals than the ledger keeps.");
    }
}
