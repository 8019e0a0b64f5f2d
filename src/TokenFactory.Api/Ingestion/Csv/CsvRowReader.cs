using System.Globalization;
using System.Text;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>Makes events of the rows of a CSV file, by the rules of native events: the same values are the same event.</summary>
/// <param name="parser">The rules.</param>
/// <param name="layout">Where the fields stand.</param>
/// <param name="source">The source of rows that name none.</param>
internal sealed class CsvRowReader(EventParser parser, CsvLayout layout, string source)
{
    /// <param name="number">The row's number, from 1.</param>
    /// <param name="row">Its fields.</param>
    public IngestItem Read(int number, IReadOnlyList<string> row)
    {
        var violations = new EventViolations();
        var sent = new UsageEvent();
        var item = new IngestItem(number, sent, violations);
        // Spreadsheets leave rows of separators behind their last one.
        if (row.All(string.IsNullOrWhiteSpace))
        {
            item.IsEmpty = true;
            return item;
        }

        if (row.Count != layout.Width)
        {
            sent.Source = source;
            violations.Add("", "field_count", $"The row has {row.Count} fields, and the header {layout.Width}.");
            return item;
        }

        ReadIdentity(sent, number, row, violations);
        ReadNames(sent, row, violations);
        ReadUsage(sent, row, violations);
        ReadCost(sent, row, violations);
        return item;
    }

    private void ReadIdentity(UsageEvent sent, int number, IReadOnlyList<string> row, EventViolations violations)
    {
        sent.Source = layout.HasColumn(CsvFields.Source) ? Required(CsvFields.Source, row, violations) : source;
        sent.Id = layout.HasColumn(CsvFields.Id)
            ? Required(CsvFields.Id, row, violations)
            : parser.CheckName(string.Create(CultureInfo.InvariantCulture, $"{layout.IdPrefix}{number}"), Pointer(CsvFields.Id), violations) ?? "";
        EventParser.CheckNotReserved(sent.Id, Pointer(CsvFields.Id), violations);
    }

    private void ReadNames(UsageEvent sent, IReadOnlyList<string> row, EventViolations violations)
    {
        if (layout.Of(CsvFields.OccurredAt, row) is not { } time)
            Miss(CsvFields.OccurredAt, violations);
        else if (layout.Instants.Read(time, Pointer(CsvFields.OccurredAt), violations) is { } instant)
            sent.OccurredAt = parser.CheckInstant(instant, Pointer(CsvFields.OccurredAt), violations);
        sent.Producer = Required(CsvFields.Producer, row, violations);
        sent.Model = Required(CsvFields.Model, row, violations);
        sent.Account = Optional(CsvFields.Account, row, violations);
        sent.Region = Optional(CsvFields.Region, row, violations);
        if (Optional(CsvFields.Sector, row, violations) is { } sector)
            sent.Sector = EventParser.ParseSector(sector, Pointer(CsvFields.Sector), violations);
        if (Optional(CsvFields.ServiceTier, row, violations) is { } tier)
            sent.ServiceTier = EventParser.ParseServiceTier(tier, Pointer(CsvFields.ServiceTier), violations);
    }

    private void ReadUsage(UsageEvent sent, IReadOnlyList<string> row, EventViolations violations)
    {
        var lines = new List<UsageLine>(4);
        foreach (var name in WireNames.AllTokenClasses)
        {
            if (layout.Of(name, row) is not { } text || !WireNames.TryParseTokenClass(name, out var tokenClass))
                continue;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
                whole = parser.CheckQuantity(whole, Pointer(name), violations);
            else
                violations.Add(Pointer(name), "invalid_quantity", "Must be digits alone, without thousands separators, sign, fraction or exponent.");
            lines.Add(new UsageLine(tokenClass, whole, null));
        }

        if (lines.Count == 0)
            violations.Add("", "empty", "The row says no tokens: at least one token class must hold a number.");
        sent.Usage = [.. lines];
    }

    private void ReadCost(UsageEvent sent, IReadOnlyList<string> row, EventViolations violations)
    {
        // Where no cost is said, its currency says nothing.
        if (layout.Of(CsvFields.ReportedCost, row) is not { } cost)
            return;
        sent.ReportedAmount = EventParser.ParseDecimal(Encoding.UTF8.GetBytes(cost), Pointer(CsvFields.ReportedCost), violations);
        EventParser.CheckReportedAmount(sent.ReportedAmount, Pointer(CsvFields.ReportedCost), violations);
        sent.ReportedCurrency = EventParser.CheckCurrency(layout.Of(CsvFields.Currency, row), Pointer(CsvFields.Currency), violations);
    }

    private string Required(string field, IReadOnlyList<string> row, EventViolations violations)
    {
        if (layout.Of(field, row) is { } text)
            return parser.CheckName(text, Pointer(field), violations) ?? "";
        Miss(field, violations);
        return "";
    }

    private string? Optional(string field, IReadOnlyList<string> row, EventViolations violations) =>
        layout.Of(field, row) is { } text ? parser.CheckName(text, Pointer(field), violations) : null;

    private static void Miss(string field, EventViolations violations) => violations.Add(Pointer(field), "required", "The row needs it, and the cell is empty.");

    private static string Pointer(string field) => "/" + field;
}
