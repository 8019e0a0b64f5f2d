using TokenFactory.Api.Catalog;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>The receipt of an event that was recorded just now, from what is in memory: the same that the ledger answers ever after.</summary>
internal static class ReceiptOfNew
{
    public static Receipt For(IngestItem item, CatalogSnapshot catalog, string reportingCurrency)
    {
        var sent = item.Sent;
        var rated = item.Rated!;
        var producer = catalog.FindProducer(sent.Producer)!;
        var priced = rated.Lines.Where(l => l.ReportingAmount is not null).ToList();
        return new Receipt
        {
            Source = sent.Source,
            Id = sent.Id,
            Status = IngestReport.StatusOf(item.Outcome),
            RecordedAt = item.Recorded.RecordedAt,
            OccurredAt = rated.OccurredAt,
            Producer = producer.Slug,
            Model = catalog.FindModel(producer, sent.Model)!.Slug,
            ServiceTier = sent.ServiceTier.Name(),
            Account = sent.Account,
            Sector = rated.Sector.Name(),
            BatchId = item.Recorded.BatchId,
            Currency = reportingCurrency,
            Amount = priced.Count == 0 ? null : priced.Sum(l => l.ReportingAmount),
            UnpricedQuantity = ReceiptText.Quantity(rated.Lines.Where(l => l.ReportingAmount is null).Sum(l => (decimal)l.Quantity)),
            ReportedCost = sent is { ReportedAmount: { } amount, ReportedCurrency: { } currency }
                ? new ReportedCost { Amount = amount, Currency = currency }
                : null,
            Entries = [.. rated.Lines.Select((line, index) => new ReceiptEntry
            {
                EntryNo = item.Recorded.FirstEntryNo + index,
                TokenClass = sent.Usage[index].TokenClass.Name(),
                Quantity = ReceiptText.Quantity(line.Quantity),
                Basis = ReceiptText.Basis(line.Basis),
                UnitValue = line.UnitValue?.ValuePerMillionTokens,
                Currency = line.Currency,
                Amount = line.Amount,
                RateId = line.RateId,
            })],
        };
    }
}
