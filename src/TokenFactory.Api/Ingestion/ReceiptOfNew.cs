using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>The receipt of an event that was recorded just now, from what is in memory: the same that the ledger answers ever after.</summary>
internal static class ReceiptOfNew
{
    public static Receipt For(IngestItem item, string reportingCurrency)
    {
        var sent = item.Sent;
        var rated = item.Rated!;
        return new Receipt
        {
            Source = sent.Source,
            Id = sent.Id,
            Status = IngestReport.StatusOf(item.Outcome),
            RecordedAt = item.Recorded.RecordedAt,
            OccurredAt = rated.OccurredAt,
            Producer = item.Producer!,
            Model = item.Model!,
            ServiceTier = item.ServiceTier.Name(),
            Account = sent.Account,
            Sector = item.Sector.Sector.Name(),
            SectorBasis = ReceiptText.SectorBasis(item.Sector.Basis),
            SectorRule = item.Sector.RuleId,
            SentModel = rated.SentModel,
            UsageProfile = rated.UsageProfile,
            Region = rated.Region,
            BatchId = item.Recorded.BatchId,
            Currency = reportingCurrency,
            Amount = ReceiptText.Amount(rated.Lines),
            UnpricedQuantity = ReceiptText.UnpricedQuantity(rated.Lines),
            ReportedCost = ReportedCost.Of(sent.ReportedAmount, sent.ReportedCurrency),
            Entries = [.. rated.Lines.Select((line, index) => ReceiptEntry.Of(
                item.Recorded.FirstEntryNo + index, item.Lines[index].TokenClass, line, item.Lines[index].Applied?.Rate.TokenClass, reportingCurrency))],
        };
    }
}
