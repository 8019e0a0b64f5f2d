namespace TokenFactory.Benchmarks.Figures;

/// <summary>A figure that is asked for, and the same by plain SQL.</summary>
/// <param name="What">In words.</param>
/// <param name="Parameters">Of <c>/v1/gdp</c>, without the window.</param>
/// <param name="Period">The start of an entry's period in SQL, of the entry <c>e</c>.</param>
/// <param name="Groups">In SQL, of <c>e</c> and its item <c>i</c>; empty for the total.</param>
/// <param name="Filter">In SQL.</param>
internal sealed record FigureQuery(string What, string Parameters, string Period, string Groups, string Filter = "true")
{
    private const string Day = "date_trunc('day', e.occurred_at, 'UTC')";
    private const string Week = "date_trunc('week', e.occurred_at, 'UTC')";
    private const string Month = "date_trunc('month', e.occurred_at, 'UTC')";
    private const string Year = "date_trunc('year', e.occurred_at, 'UTC')";

    /// <summary>Answers of up to 1,000 rows.</summary>
    public static readonly FigureQuery[] Small =
    [
        new("daily total", "frequency=day", Day, ""),
        new("weekly by sector", "frequency=week&by=sector", Week, "e.sector"),
        new("monthly by producer", "frequency=month&by=producer", Month, "i.producer_id"),
        new("monthly by token class", "frequency=month&by=token_class", Month, "i.token_class"),
        new("yearly by sector and producer", "frequency=year&by=sector,producer", Year, "e.sector, i.producer_id"),
        new("daily of one model", "frequency=day&producer=plant-4&model=model-1", Day, "",
            "i.model_id = (select m.id from models m join producers p on p.id = m.producer_id where p.slug = 'plant-4' and m.slug = 'model-1')"),
    ];

    /// <summary>The largest answer: each day, sector and producer.</summary>
    public static readonly FigureQuery Full = new("daily by sector and producer", "frequency=day&by=sector,producer", Day, "e.sector, i.producer_id");

    /// <summary>The same from the entries. $1 and $2 the window.</summary>
    public string Sql
    {
        get
        {
            var groups = Groups.Length > 0 ? $", {Groups}" : "";
            return
                $"""
                select {Period}{groups}, sum(e.reporting_amount) as gdp, sum(e.quantity), coalesce(sum(e.quantity) filter (where e.reporting_amount is null), 0),
                       coalesce(sum(e.quantity) filter (where e.unit_value = 0), 0)
                from ledger_entry e join items i on i.id = e.item_id
                where e.occurred_at >= $1 and e.occurred_at < $2 and {Filter}
                group by {Period}{groups} order by {Period}{groups}
                """;
        }
    }
}
