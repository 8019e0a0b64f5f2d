using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Statistics;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>
/// Whatever of the roll-up a figure is made from, it is the same to the last byte: unfolded deltas alone (which <see cref="AgreementTests"/> lays beside plain SQL
/// over the ledger), cells of days, of months and margins, each with what is not folded yet.
/// </summary>
public sealed class CoarseRollUpTests
{
    private static readonly string[] Queries = [.. AllQueries().Distinct()];

    [Fact]
    public async Task Figures_are_the_same_however_far_the_coarse_roll_ups_are()
    {
        await using var ledger = new AccountsLedger
        {
            Settings = new() { ["TokenFactory__RollUp__Enabled"] = "false", ["TokenFactory__Statistics__AnswerMemoryMb"] = "0" },
        };
        await ledger.InitializeAsync();
        await using var dataSource = NpgsqlDataSource.Create(DatabaseConnections.From(ledger.Database.ConnectionString).Service);
        var steps = new Folding(dataSource, Options.Create(new RollUpOptions { MaxBatchesPerFold = 2 }));
        var unfolded = new Dictionary<string, string>();
        foreach (var query in Queries)
            unfolded.Add(query, await ledger.Api.Client.GetStringAsync(query));
        var sources = await steps.FindUnfoldedAsync(CancellationToken.None);
        sources.Should().HaveCount(2);

        async Task CheckAsync(string moment, bool hasPending, bool isCoarseCurrent)
        {
            (await ledger.SqlAsync("select has_pending, is_coarse_current from rollup_moment")).Should().Equal([$"{hasPending}|{isCoarseCurrent}"], moment);
            foreach (var (query, answer) in unfolded)
                (await ledger.Api.Client.GetStringAsync(query)).Should().Be(answer, $"{moment}: {query}");
            var books = await ledger.Api.GetAsync("/v1/reconciliation?full=true");
            books.GetProperty("balanced").GetBoolean().Should().BeTrue($"{moment}: {books}");
        }

        foreach (var source in sources)
            await steps.FoldAsync(source, CancellationToken.None);
        await CheckAsync("some batches are folded", hasPending: true, isCoarseCurrent: true);

        await FoldAsBeforeAsync(ledger.Database, sources[0]);
        await CheckAsync("an earlier version has folded besides", hasPending: true, isCoarseCurrent: false);

        await steps.FoldAsync(sources[0], CancellationToken.None);
        await steps.FoldAsync(sources[1], CancellationToken.None);
        await CheckAsync("folding goes on meanwhile", hasPending: true, isCoarseCurrent: false);

        (await steps.FindBehindAsync(CancellationToken.None)).Should().Equal(sources[0]);
        (await steps.CatchUpAsync(sources[0], CancellationToken.None)).Should().BePositive();
        await steps.FoldAsync(sources[0], CancellationToken.None);
        await CheckAsync("half caught up", hasPending: true, isCoarseCurrent: false);

        while ((await steps.FindBehindAsync(CancellationToken.None)).Count > 0)
            (await steps.CatchUpAsync(sources[0], CancellationToken.None)).Should().BePositive();
        await CheckAsync("caught up", hasPending: true, isCoarseCurrent: true);

        while (await steps.FindUnfoldedAsync(CancellationToken.None) is { Count: > 0 } left)
            await steps.FoldAsync(left[0], CancellationToken.None);
        await CheckAsync("all is folded", hasPending: false, isCoarseCurrent: true);

        // As a ledger that was folded before there were coarse roll-ups.
        await ledger.Database.ExecuteAsync("update rollup_cursor set coarse_seq = 0; delete from rollup_cell_month; delete from rollup_cell_margin; delete from rollup_change");
        await CheckAsync("nothing is caught up with", hasPending: false, isCoarseCurrent: false);
        var all = new Folding(dataSource, Options.Create(new RollUpOptions()));
        await Task.WhenAll(sources.Concat(sources).Select(async source =>
        {
            while ((await all.FindBehindAsync(CancellationToken.None)).Contains(source))
                await all.CatchUpAsync(source, CancellationToken.None);
        }));
        await CheckAsync("two instances have caught up at once", hasPending: false, isCoarseCurrent: true);
    }

    [Fact]
    public async Task The_service_catches_up_by_itself()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__FoldIntervalMs"] = "20" });
        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        for (var i = 0; i < 5; i++)
            await api.PostAsync("/v1/events", Events.Native($"e-{i}"));
        await Until.TrueAsync(async () => !await database.ScalarAsync<bool>("select has_pending from rollup_moment"), "all is folded");

        await database.ExecuteAsync("begin; update rollup_cursor set coarse_seq = 0; delete from rollup_cell_month; delete from rollup_cell_margin; commit");

        await Until.TrueAsync(async () => await database.ScalarAsync<bool>("select is_coarse_current from rollup_moment"), "caught up");
        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
        (await database.ScalarAsync<long>("select count(*) from rollup_cell_month")).Should().BePositive();
    }

    [Fact]
    public async Task Ties_go_to_the_same_items_in_whatever_order_the_cells_lie()
    {
        await using var ledger = await FoldedLedger.OpenAsync();

        async Task<string> AnswerAsync(string order)
        {
            await ledger.Database.ExecuteAsync(
                $"""
                create temp table cells as select * from rollup_cell_month;
                delete from rollup_cell_month;
                insert into rollup_cell_month select * from cells order by month, item_id {order};
                drop table cells
                """);
            return await ledger.Api.Client.GetStringAsync("/v1/contributions?frequency=month&by=model");
        }

        var answer = await AnswerAsync("asc");
        // Each brings a third of the growth, and one takes the unit that is missing.
        answer.Should().Contain("\"contribution\":\"33.333334\"").And.Contain("\"contribution\":\"33.333333\"");
        (await AnswerAsync("desc")).Should().Be(answer);
    }

    [Fact]
    public async Task Deltas_that_are_absent_are_told_and_the_remedy_works()
    {
        const string query = "/v1/gdp?frequency=month&by=model";
        await using var ledger = await FoldedLedger.OpenAsync();
        var before = await ledger.Api.Client.GetStringAsync(query);
        await ledger.Database.ExecuteAsync(
            """
            update rollup_cursor set coarse_seq = 0; delete from rollup_cell_month; delete from rollup_cell_margin; delete from rollup_change;
            alter table rollup_delta disable trigger all; delete from rollup_delta where item_id = (select min(item_id) from rollup_delta)
            """);

        var catchUp = () => ledger.Folding.CatchUpAsync(ledger.Source, CancellationToken.None);

        await catchUp.Should().ThrowAsync<InvalidOperationException>().WithMessage("rollup_delta lacks 2 entries*rollup_month_of_days*");
        (await ledger.Database.ScalarAsync<long>("select sum(coarse_seq)::bigint + (select count(*) from rollup_cell_month) from rollup_cursor")).Should().Be(0);
        (await ledger.Api.Client.GetStringAsync(query)).Should().Be(before, "it is made from the cells of days");

        await ledger.Database.ExecuteAsync(
            """
            insert into rollup_cell_month select * from rollup_month_of_days; insert into rollup_cell_margin select * from rollup_margin_of_days;
            update rollup_cursor set coarse_seq = folded_seq
            """);
        (await ledger.Database.ScalarAsync<bool>("select is_coarse_current from rollup_moment")).Should().BeTrue();
        (await ledger.Api.Client.GetStringAsync(query)).Should().Be(before);
    }

    [Fact]
    public async Task Catching_up_does_not_wait_for_ever_for_who_folds()
    {
        await using var ledger = await FoldedLedger.OpenAsync();
        await ledger.Database.ExecuteAsync("update rollup_cursor set coarse_seq = 0; delete from rollup_cell_month; delete from rollup_cell_margin");
        await using var other = new NpgsqlConnection(ledger.Database.ConnectionString);
        await other.OpenAsync();
        await using (var held = await other.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("select from rollup_source for update", other, held);
            await hold.ExecuteNonQueryAsync();

            (await ledger.Folding.CatchUpAsync(ledger.Source, CancellationToken.None)).Should().Be(0);
        }

        (await ledger.Folding.CatchUpAsync(ledger.Source, CancellationToken.None)).Should().Be(4);
    }

    [Fact]
    public async Task What_is_refused_is_not_read_to_its_end()
    {
        await using var ledger = await FoldedLedger.OpenAsync();
        await ledger.Database.ExecuteAsync(
            """
            insert into rollup_cell_month
            select source_id, month, n, sector, buyer_id, currency, entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount
            from (select * from rollup_cell_month limit 1) c, generate_series(1000, 300000) n
            """);
        var name = Guid.NewGuid().ToString();
        await using var dataSource = new NpgsqlDataSourceBuilder(DatabaseConnections.From(ledger.Database.ConnectionString).Service) { Name = name }.Build();
        long read = 0;
        using var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.npgsql.bytes_read" })
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((_, bytes, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Value is string value && value == name)
                    Interlocked.Add(ref read, bytes);
            }
        });
        meter.Start();

        var panel = () => ItemPanel.ReadAsync(
            dataSource, new FigureRequest { Frequency = Frequency.Month }, new StatisticsOptions { MaxItemPeriods = 100 }, CancellationToken.None);

        for (var i = 0; i < 3; i++)
            await panel.Should().ThrowAsync<TooManyRowsException>();
        read.Should().BeInRange(1, 3 * 4_000_000, "300,000 cells are three times as much each time");
    }

    // Two items that grow alike, from 3 to 5 tokens, folded by nobody but the test.
    private sealed class FoldedLedger : IAsyncDisposable
    {
        private NpgsqlDataSource _dataSource = null!;

        public required TestDatabase Database { get; init; }

        public required ApiProcess Api { get; init; }

        public Folding Folding { get; private set; } = null!;

        public long Source { get; private set; }

        public static async Task<FoldedLedger> OpenAsync()
        {
            var database = await PostgresServer.Current.CreateDatabaseAsync();
            var ledger = new FoldedLedger
            {
                Database = database,
                Api = await ApiProcess.StartAsync(
                    database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false", ["TokenFactory__Statistics__AnswerMemoryMb"] = "0" }),
            };
            await ledger.Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
            foreach (var (month, tokens) in new[] { (1, 3), (2, 5) })
            foreach (var model in new[] { "model-a", "model-b" })
                (await ledger.Api.PostAsync("/v1/events", Events.Native($"{model}-{month}", occurredAt: $"2026-0{month}-05T10:00:00Z", model: model, input: 0, output: tokens))).EnsureSuccessStatusCode();
            ledger._dataSource = NpgsqlDataSource.Create(DatabaseConnections.From(database.ConnectionString).Service);
            ledger.Folding = new Folding(ledger._dataSource, Options.Create(new RollUpOptions()));
            ledger.Source = (await ledger.Folding.FindUnfoldedAsync(CancellationToken.None)).Single();
            (await ledger.Folding.FoldAsync(ledger.Source, CancellationToken.None)).Batches.Should().Be(4);
            return ledger;
        }

        public async ValueTask DisposeAsync()
        {
            await _dataSource.DisposeAsync();
            await Api.DisposeAsync();
            await Database.DisposeAsync();
        }
    }

    // What the version before did: the same statement without its last steps.
    private static async Task FoldAsBeforeAsync(TestDatabase database, long source)
    {
        var sql = Sql.Read("RollUp/fold_source.sql");
        var before = sql[..sql.IndexOf("coarse as materialized", StringComparison.Ordinal)];
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var fold = new NpgsqlCommand(
            $"""
            {before}
            cursors as (
                insert into rollup_cursor as c (source_id, lane, folded_seq)
                select $1, lane, max(seq) from pending group by lane
                on conflict (source_id, lane) do update set folded_seq = excluded.folded_seq
                returning 1
            )
            select count(*) from pending
            """, connection);
        fold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = source });
        fold.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 4 });
        fold.Parameters.Add(new NpgsqlParameter<long> { TypedValue = long.MaxValue });
        (await fold.ExecuteScalarAsync()).As<long>().Should().BePositive();
    }

    private static IEnumerable<string> AllQueries()
    {
        string[] dimensions = ["sector", "producer", "model", "token_class", "service_tier"];
        foreach (var frequency in new[] { "day", "week", "month", "quarter", "year" })
        {
            for (var set = 0; set < 1 << dimensions.Length; set++)
                yield return $"/v1/gdp?frequency={frequency}&by={string.Join(',', dimensions.Where((_, i) => (set & (1 << i)) != 0))}";
            foreach (var window in new[] { "&start=2025-03-01&end=2025-11-01", "&start=2025-03-15&end=2025-11-10", "&start=2025-02-01&end=2025-02-20" })
            foreach (var further in new[] { "", "&by=producer&concept=net", "&by=sector&concept=net", "&producer=openai&concept=net", "&concept=net", "&by=token_class&producer=openai", "&model=model-1", "&model=model-1&producer=moonshot&by=sector", "&producer=openai,moonshot&sector=household", "&token_class=output&by=producer", "&service_tier=batch", "&units=pch", "&units=pc1&by=sector" })
                yield return $"/v1/gdp?frequency={frequency}{window}{further}";
            yield return $"/v1/gdp?frequency={frequency}&prices=chained&by=sector&concept=net";
            yield return $"/v1/gdp?frequency={frequency}&prices=chained&by=producer&concept=net&start=2025-03-01&units=pch";
            yield return $"/v1/gdp?frequency={frequency}&by=producer&as_of=2026-04-15";
            yield return $"/v1/gdp?frequency={frequency}&by=producer&as_of=2026-02-10";
            yield return $"/v1/gdp?frequency={frequency}&by=sector&time_zone=Asia/Shanghai";
            yield return $"/v1/indices?frequency={frequency}&by=sector";
            yield return $"/v1/indices?frequency={frequency}&method=tornqvist&producer=openai&start=2025-02-01&end=2025-10-01";
            yield return $"/v1/contributions?frequency={frequency}&by=producer";
            yield return $"/v1/concentration?frequency={frequency}&by=token_class";
            yield return $"/v1/concentration?frequency={frequency}&of=model";
            yield return $"/v1/margins?frequency={frequency}&by=producer";
        }

        foreach (var path in new[] { "/v1/indices?frequency=month&method=geks_tornqvist&window=13", "/v1/token-index?frequency=month", "/v1/token-index?frequency=quarter", "/v1/learning-curve?frequency=month&by=producer&points=true", "/v1/demand-response?frequency=month", "/v1/revisions?frequency=month&start=2025-01-01&end=2026-01-01", "/v1/unpriced?start=2025-01-01&end=2025-06-01", "/v1/explain?period=2025-03&by=sector", "/v1/explain?period=2025-03&concept=net" })
            yield return path;
    }
}
