using System.Globalization;
using System.Net.Http.Json;
using Npgsql;
using TokenFactory.Benchmarks.Rows;

namespace TokenFactory.Benchmarks.Figures;

/// <summary>
/// A ledger of two years and 2,000 items with churn, written straight into the tables; the service folds it into roll-ups itself, and its books
/// must balance. A longer ledger has more events per item and day, not more items or days: figures read the same number of cells.
/// </summary>
internal sealed class FigureLedger
{
    public const string Source = "figures";
    private const int Months = 24;

    // Models of each producer, and the days on which their items are sold, summed over the items: the entries of a ledger with one for each.
    private const int Models = 25;
    private const int ItemDays = 1_130_000;

    private int _corrections;

    private FigureLedger(BenchLedger ledger, DateOnly first, DateOnly end) => (Ledger, First, End) = (ledger, first, end);

    public BenchLedger Ledger { get; }

    /// <summary>The first day; the 1st of a month.</summary>
    public DateOnly First { get; }

    /// <summary>The day after the last: the 1st of this month.</summary>
    public DateOnly End { get; }

    public long Entries { get; private set; }

    /// <summary>The window of all of it, as parameters.</summary>
    public string Window => string.Create(CultureInfo.InvariantCulture, $"start={First:yyyy-MM-dd}&end={End:yyyy-MM-dd}");

    /// <param name="bench">Where.</param>
    /// <param name="name">Of the database.</param>
    /// <param name="entries">About so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<FigureLedger> MakeAsync(Workbench bench, string name, long entries, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var end = new DateOnly(today.Year, today.Month, 1);
        // The first start makes the tables.
        var figures = new FigureLedger(await bench.StartLedgerAsync(name, cancellationToken), end.AddMonths(-Months), end);
        // A trial with a few entries has fewer items.
        var models = (int)Math.Clamp(bench.Options.Entries / 10 * Models / 1_000_000, 1, Models);
        await figures.WriteAsync(models, Math.Max(1, (int)Math.Round((double)entries / ItemDays * Models / models, MidpointRounding.AwayFromZero)), cancellationToken);
        // What is registered by SQL is seen by the next process.
        await figures.Ledger.RestartAsync(cancellationToken);
        await figures.Ledger.QuietAsync(cancellationToken);
        // As autovacuum would in time.
        await figures.ExecuteAsync("vacuum (analyze)", cancellationToken);
        return figures;
    }

    /// <summary>Records one event of the window's last day, so that no answer of before holds.</summary>
    public async Task MoveAsync()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"late-{++_corrections}");
        using var answer = await Ledger.Service.Client.PostAsJsonAsync("/v1/events", new
        {
            source = Source,
            id,
            occurred_at = string.Create(CultureInfo.InvariantCulture, $"{End.AddDays(-1):yyyy-MM-dd}T12:00:00Z"),
            producer = "plant-1",
            model = "model-1",
            sector = "household",
            usage = new { input = 1_000 },
            unit_values = new { input = "1" },
            currency = "USD",
        });
        answer.EnsureSuccessStatusCode();
        Ledger.NoteWritten(1);
    }

    private async Task WriteAsync(int models, int eventsPerDay, CancellationToken cancellationToken)
    {
        await Ledger.Service.DisposeAsync();
        var months = await Ledger.Database.OpenConnectionAsync(cancellationToken);
        await using (months)
        {
            await using var make = new NpgsqlCommand("select ledger_make_partitions($1, $2)", months);
            make.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = First.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) });
            make.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Months });
            await make.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExecuteAsync($"set bench.models = {models}; {BenchSql.Read("Figures/figure_catalog.sql")}", cancellationToken);
        await ExecuteAsync("analyze producers; analyze models; analyze items", cancellationToken);
        await using var connection = await Ledger.Database.OpenConnectionAsync(cancellationToken);
        await using var day = new NpgsqlCommand(BenchSql.Read("Figures/figure_day.sql"), connection);
        var date = new NpgsqlParameter<DateOnly>();
        var number = new NpgsqlParameter<int>();
        day.Parameters.AddRange(new NpgsqlParameter[] { date, number, new NpgsqlParameter<int> { TypedValue = eventsPerDay } });
        await day.PrepareAsync(cancellationToken);
        for (var d = First; d < End; d = d.AddDays(1))
        {
            (date.TypedValue, number.TypedValue) = (d, d.DayNumber - First.DayNumber + 1);
            await using var row = await day.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            Ledger.NoteWritten(row.GetInt32(0));
            Entries += row.GetInt32(1);
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Ledger.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
