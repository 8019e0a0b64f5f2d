using Npgsql;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ledger;

/// <summary>The rows of <c>event_entries.sql</c>, put together to one event: its own first, then its repricings and reclassifications in order, then its reversal.</summary>
internal sealed class RecordedLines(string eventId)
{
    private const int ItemColumn = 10;
    private const int MissingColumn = 34;

    private readonly List<ReceiptEntry> _entries = [];
    private readonly List<LedgerLine> _own = [];
    private readonly List<LedgerLine> _inForce = [];
    private readonly List<EntryPosition> _positions = [];
    private readonly List<(RepricingNote Note, List<LedgerLine>? Lines)> _repricings = [];
    private readonly List<ReclassificationNote> _reclassifications = [];
    private int _corrections;
    private Receipt? _receipt;
    private LedgerEvent? _event;
    private ReversalNote? _reversal;

    public void Read(NpgsqlDataReader row, string reportingCurrency)
    {
        var key = row.GetString(0);
        if (key == eventId)
            ReadOwn(row, reportingCurrency);
        else if (key == ReservedKeys.Reversal(eventId))
            _reversal = new ReversalNote { RecordedAt = RecordedAt(row), BatchId = row.GetInt64(2), Reason = Text(row, 6) };
        else
            ReadRepricing(row, key);
    }

    /// <summary>The first batch of it whose entries are not here; null: all are.</summary>
    public long? MissingBatchId { get; private set; }

    /// <summary>The event, once all rows are read.</summary>
    /// <param name="source">The source's slug.</param>
    /// <param name="status">What the receipt shall say.</param>
    /// <param name="reportingCurrency">The ledger's.</param>
    /// <param name="archived">Where the entries are that are not here; null: all are.</param>
    public LedgerEventRecord? ToRecord(string source, string status, string reportingCurrency, ArchivedNote? archived) => _receipt is null ? null : new LedgerEventRecord(
        _receipt with
        {
            Source = source,
            Status = status,
            Currency = reportingCurrency,
            Amount = ReceiptText.Amount(_own),
            UnpricedQuantity = _event is null ? null : ReceiptText.UnpricedQuantity(_own),
            Reversal = _reversal,
            Repricings = _repricings.Count == 0 ? null : [.. _repricings.Select(r => r.Note with
            {
                Amount = r.Lines is null ? null : ReceiptText.Amount(r.Lines),
                UnpricedQuantity = r.Lines is null ? null : ReceiptText.UnpricedQuantity(r.Lines),
            })],
            Reclassifications = _reclassifications.Count == 0 ? null : _reclassifications,
            Archived = archived,
        },
        archived is null ? _event! with { Lines = [.. _inForce] } : null, _positions, _corrections);

    private void ReadOwn(NpgsqlDataReader row, string reportingCurrency)
    {
        if (row.GetBoolean(MissingColumn))
        {
            MissingBatchId ??= row.GetInt64(2);
            _receipt ??= IdentityOf(row);
            return;
        }

        var line = LineOf(row, ItemColumn);
        _own.Add(line);
        Add(row, line);
        _entries.Add(EntryOf(row, line, reportingCurrency));
        _receipt ??= ReceiptOf(row);
        _event ??= EventOf(row);
    }

    // What the repricing or reclassification before had recorded is taken back by the next: the new lines are in force.
    private void ReadRepricing(NpgsqlDataReader row, string key)
    {
        var number = ReservedKeys.NumberOf(key);
        var isFirst = number > _corrections;
        _corrections = number;
        if (row.GetBoolean(MissingColumn))
        {
            MissingBatchId ??= row.GetInt64(2);
            if (IsReclassification(row))
                _reclassifications.Add(ReclassificationOf(row, null));
            else
                _repricings.Add((RepricingOf(row), null));
            return;
        }

        // A number that a reversal has taken has no entries.
        if (row.IsDBNull(8))
            return;
        if (isFirst)
        {
            _inForce.Clear();
            _positions.Clear();
            if (!IsReclassification(row))
                _repricings.Add((RepricingOf(row), []));
        }

        if (row.GetBoolean(24))
            return;
        var line = LineOf(row, ItemColumn);
        if (!IsReclassification(row))
            _repricings[^1].Lines!.Add(line);
        else if (_inForce.Count == 0)
            _reclassifications.Add(ReclassificationOf(row, line.Sector.Sector));
        Add(row, line);
    }

    private static bool IsReclassification(NpgsqlDataReader row) => !row.IsDBNull(33) && (BatchKind)row.GetInt16(33) == BatchKind.Reclassification;

    private static RepricingNote RepricingOf(NpgsqlDataReader row) => new()
    {
        Repricing = row.GetInt64(7),
        RecordedAt = RecordedAt(row),
        BatchId = row.GetInt64(2),
        Reason = Text(row, 6),
        UnpricedQuantity = "0",
    };

    private static ReclassificationNote ReclassificationOf(NpgsqlDataReader row, Sector? sector) => new()
    {
        Reclassification = row.GetInt64(7),
        RecordedAt = RecordedAt(row),
        BatchId = row.GetInt64(2),
        Reason = Text(row, 6),
        Sector = sector?.Name(),
    };

    private void Add(NpgsqlDataReader row, in LedgerLine line)
    {
        _inForce.Add(line);
        _positions.Add(new EntryPosition(RecordedAt(row), row.GetInt64(2), row.GetInt32(8)));
    }

    /// <summary>The line of a row, as <c>event_entries.sql</c> lays it out.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The column of the item; account, buyer and sector follow, then the quantity and the rest.</param>
    internal static LedgerLine LineOf(NpgsqlDataReader row, int first) => new()
    {
        ItemId = row.GetInt32(first),
        Quantity = row.GetInt64(first + 4),
        Basis = (ValueBasis)row.GetInt16(first + 5),
        Sector = new SectorDecision((Sector)row.GetInt16(first + 3), row.IsDBNull(first + 12) ? SectorBasis.Unrecorded : (SectorBasis)row.GetInt16(first + 12),
            row.IsDBNull(first + 13) ? null : row.GetInt32(first + 13)),
        UnitValue = row.IsDBNull(first + 6) ? null : UnitValue.PerMillionTokens(row.GetDecimal(first + 6)),
        Currency = Text(row, first + 7),
        RateId = row.IsDBNull(first + 8) ? null : row.GetInt64(first + 8),
        Amount = row.IsDBNull(first + 9) ? null : row.GetDecimal(first + 9),
        FxRateId = row.IsDBNull(first + 10) ? null : row.GetInt64(first + 10),
        ReportingAmount = row.IsDBNull(first + 11) ? null : row.GetDecimal(first + 11),
    };

    private static ReceiptEntry EntryOf(NpgsqlDataReader row, in LedgerLine line, string reportingCurrency) => ReceiptEntry.Of(
        row.GetInt32(8), (TokenClass)row.GetInt16(27), line, row.IsDBNull(30) ? null : (TokenClass)row.GetInt16(30), reportingCurrency);

    private LedgerEvent EventOf(NpgsqlDataReader row) => new()
    {
        EventId = eventId,
        Fingerprint = [],
        OccurredAt = row.GetFieldValue<DateTimeOffset>(9),
        AccountId = row.IsDBNull(11) ? null : row.GetInt64(11),
        BuyerId = row.GetInt32(12),
        Region = Text(row, 5),
        UsageProfile = Text(row, 31),
        SentModel = Text(row, 32),
        Lines = [],
    };

    private Receipt ReceiptOf(NpgsqlDataReader row) => IdentityOf(row) with
    {
        OccurredAt = row.GetFieldValue<DateTimeOffset>(9),
        Producer = row.GetString(25),
        Model = row.GetString(26),
        ServiceTier = ((ServiceTier)row.GetInt16(28)).Name(),
        Account = Text(row, 29),
        Sector = ((Sector)row.GetInt16(13)).Name(),
        SectorBasis = ReceiptText.SectorBasis(row.IsDBNull(22) ? SectorBasis.Unrecorded : (SectorBasis)row.GetInt16(22)),
        SectorRule = row.IsDBNull(23) ? null : row.GetInt32(23),
        Entries = _entries,
    };

    // What is known of an event without its entries.
    private Receipt IdentityOf(NpgsqlDataReader row) => new()
    {
        Source = "",
        Id = eventId,
        Status = "",
        RecordedAt = RecordedAt(row),
        OccurredAt = null,
        Producer = null,
        Model = null,
        ServiceTier = null,
        Sector = null,
        SentModel = Text(row, 32),
        UsageProfile = Text(row, 31),
        Region = Text(row, 5),
        BatchId = row.GetInt64(2),
        Currency = "",
        UnpricedQuantity = null,
        ReportedCost = ReportedCost.Of(row.IsDBNull(3) ? null : row.GetDecimal(3), Text(row, 4)),
        Entries = [],
    };

    private static DateTimeOffset RecordedAt(NpgsqlDataReader row) => row.GetFieldValue<DateTimeOffset>(1);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
