namespace TokenFactory.Api.Ledger;

/// <summary>
/// The columns of the ledger's rows in the order in which they are written and sealed, each with its type. Another list needs another format
/// (<c>ledger_batch.seal_format</c>), for what is sealed already is read by its own.
/// </summary>
internal sealed class LedgerColumns
{
    /// <summary>The number of these lists.</summary>
    public const short Format = 1;

    private readonly Dictionary<string, string> _types;

    private LedgerColumns(string table, string columns)
    {
        Table = table;
        var pairs = columns.Split(", ").Select(c => c.Split(' ')).ToList();
        Names = [.. pairs.Select(p => p[0])];
        _types = pairs.ToDictionary(p => p[0], p => p[1]);
        RowSql = $"int2send({pairs.Count}::smallint)" + string.Concat(pairs.Select(p => $" || coalesce(int4send(octet_length({p[1]}({p[0]}))) || {p[1]}({p[0]}), '\\xffffffff')"));
    }

    public static LedgerColumns Identity { get; } = new("event_identity",
        "source_id int8send, event_id textsend, fingerprint byteasend, recorded_at timestamptz_send, batch_id int8send, first_entry_no int4send, "
        + "entry_count int2send, reported_amount numeric_send, reported_currency textsend, region textsend, reason textsend, repricing_id int8send, "
        + "usage_profile textsend, sent_model textsend");

    public static LedgerColumns Entry { get; } = new("ledger_entry",
        "source_id int8send, recorded_at timestamptz_send, batch_id int8send, entry_no int4send, event_id textsend, occurred_at timestamptz_send, "
        + "item_id int4send, account_id int8send, buyer_id int4send, sector int2send, quantity int8send, basis int2send, unit_value numeric_send, "
        + "currency textsend, rate_id int8send, amount numeric_send, fx_rate_id int8send, reporting_amount numeric_send, "
        + "reverses_recorded_at timestamptz_send, reverses_batch_id int8send, reverses_entry_no int4send, sector_basis int2send, sector_rule_id int4send");

    public static LedgerColumns Quarantined { get; } = new("quarantined_event",
        "source_id int8send, event_id textsend, fingerprint byteasend, recorded_at timestamptz_send, batch_id int8send, shape textsend, code textsend, "
        + "detail textsend, occurred_at timestamptz_send, producer textsend, model textsend, payload json_send");

    public static LedgerColumns Refusal { get; } = new("event_refusal",
        "source_id int8send, recorded_at timestamptz_send, batch_id int8send, refusal_no int4send, outcome int2send, event_id textsend, code textsend, "
        + "detail textsend, fingerprint byteasend");

    /// <summary>Not sealed themselves: they hold what is.</summary>
    public static LedgerColumns Batch { get; } = new("ledger_batch",
        "source_id int8send, recorded_at timestamptz_send, batch_id int8send, lane int2send, seq int8send, kind int2send, received int4send, accepted int4send, "
        + "duplicate int4send, conflict int4send, rejected int4send, quarantined int4send, entry_count int4send, seal_format int2send, root byteasend, leaves byteasend, head byteasend");

    /// <summary>Where batches stand in the tree.</summary>
    public static LedgerColumns Run { get; } = new("ledger_tree_run", "first_leaf int8send, source_id int8send, lane int2send, first_seq int8send, last_seq int8send");

    /// <summary>Hashed in the manifest of an archive.</summary>
    public static LedgerColumns ClosingBalance { get; } = new("ledger_closing_balance",
        "source_id int8send, hour timestamptz_send, item_id int4send, sector int2send, buyer_id int4send, currency textsend, vintage date_send, month date_send, "
        + "volume int2send, entry_count int8send, quantity numeric_send, priced_quantity numeric_send, free_quantity numeric_send, amount numeric_send, reporting_amount numeric_send");

    public string Table { get; }

    public string[] Names { get; }

    /// <summary>The function that sends a column, by which its type is known.</summary>
    public string TypeOf(string name) => _types[name];

    /// <summary>An expression that makes a row of the table what it was when it was written: as COPY sends it.</summary>
    public string RowSql { get; }
}
