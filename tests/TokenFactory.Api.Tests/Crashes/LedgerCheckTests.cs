using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Crashes;

/// <summary>The checker of the rounds counts only with these: each kind of damage must be told by its name.</summary>
public sealed class LedgerCheckTests(LedgerCheckTests.SoundLedger fixture) : IClassFixture<LedgerCheckTests.SoundLedger>
{
    private const string Unchained =
        """
        insert into journal_lane (source_id, lane, seq) select min(id), 999, 1 from sources;
        insert into ledger_batch (source_id, lane, seq, batch_id, kind, recorded_at, received, accepted, duplicate, conflict, rejected, quarantined, entry_count)
        select min(id), 999, 1, 123456, 1, now() - interval '1 year', 0, 0, 0, 0, 0, 0, 0 from sources
        """;

    // Which is damaged: one that was accepted and not taken back, of the first sender.
    private const string Victim = "(source_id, event_id) = (select source_id, event_id from event_identity where event_id = 's0-0')";

    [Fact]
    public async Task A_sound_ledger_passes()
    {
        var book = await CheckAsync("select 1", withFigures: true);

        book.Findings.Should().BeEmpty();
    }

    [Theory]
    [InlineData(nameof(FindingKind.Lost), $"delete from ledger_entry where {Victim}; delete from event_identity where {Victim}")]
    [InlineData(nameof(FindingKind.Lost), $"delete from ledger_entry where {Victim}")]
    [InlineData(nameof(FindingKind.Lost), "delete from ledger_entry where event_id like '~reversal/%'; delete from event_identity where event_id like '~reversal/%'")]
    [InlineData(nameof(FindingKind.Doubled),
        $"""
        insert into ledger_entry select (jsonb_populate_record(e, jsonb_build_object('entry_no', e.entry_no + 1000))).* from ledger_entry e where {Victim}
        """)]
    [InlineData(nameof(FindingKind.Doubled),
        $"""
        insert into ledger_entry select (jsonb_populate_record(e, jsonb_build_object('batch_id', e.batch_id + 1000000))).* from ledger_entry e where {Victim}
        """)]
    [InlineData(nameof(FindingKind.Altered), $"update ledger_entry set quantity = quantity + 1 where {Victim}")]
    [InlineData(nameof(FindingKind.Altered), $"update ledger_entry set reporting_amount = reporting_amount + 0.000000000001 where {Victim}")]
    [InlineData(nameof(FindingKind.Altered), $"update event_identity set batch_id = batch_id + 1000000 where {Victim}")]
    [InlineData(nameof(FindingKind.NeverSent), $"update ledger_entry set event_id = 'forged' where {Victim}; update event_identity set event_id = 'forged' where {Victim}")]
    [InlineData(nameof(FindingKind.NeverSent),
        $"""
        insert into ledger_entry select (jsonb_populate_record(e, jsonb_build_object('event_id', 'forged', 'entry_no', e.entry_no + 1000))).* from ledger_entry e where {Victim}
        """)]
    [InlineData(nameof(FindingKind.LaneGap), "delete from ledger_batch where (source_id, lane, seq) = (select source_id, lane, seq from ledger_batch order by seq desc limit 1)")]
    [InlineData(nameof(FindingKind.LaneGap), "delete from ledger_batch where seq = 1")]
    [InlineData(nameof(FindingKind.BrokenChain), $"update event_identity set region = 'elsewhere' where {Victim}")]
    [InlineData(nameof(FindingKind.BrokenChain), "update ledger_batch set duplicate = duplicate + 1, received = received + 1 where seq = 2")]
    [InlineData(nameof(FindingKind.BrokenChain), Unchained)]
    [InlineData(nameof(FindingKind.Drift), "update rollup_cell_hour set quantity = quantity + 1 where ctid = (select ctid from rollup_cell_hour limit 1)")]
    [InlineData(nameof(FindingKind.WrongFigure), "update rollup_cell_day set quantity = quantity + 1; update rollup_cell_month set quantity = quantity + 1; update rollup_cell_margin set quantity = quantity + 1")]
    public async Task Damage_is_told_by_its_name(string kind, string damage)
    {
        var book = await CheckAsync(damage, kind is nameof(FindingKind.Drift) or nameof(FindingKind.WrongFigure));

        book.Findings.Select(f => f.Kind.ToString()).Should().Contain(kind, string.Join('\n', book.Findings));
    }

    [Fact]
    public async Task Beside_a_version_without_chains_its_batches_pass_and_nothing_else_does()
    {
        (await CheckAsync(Unchained, withFigures: false, isOfTwoVersions: true)).Findings.Should().BeEmpty();

        var book = await CheckAsync($"{Unchained}; update event_identity set region = 'elsewhere' where {Victim}", withFigures: false, isOfTwoVersions: true);
        book.Findings.Should().NotBeEmpty().And.OnlyContain(f => f.Kind == FindingKind.BrokenChain);
    }

    private async Task<Book> CheckAsync(string damage, bool withFigures, bool isOfTwoVersions = false)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync(fixture.Database.Name);
        await database.ExecuteAsync(
            $"""
            alter table event_identity disable trigger all;
            alter table ledger_batch disable trigger all;
            set session_replication_role = replica;
            {damage};
            """);
        var book = new Book(fixture.Book.Events);
        var check = new LedgerCheck(book, database.ConnectionString, isOfTwoVersions);

        await check.CheckLedgerAsync(TestContext.Current.CancellationToken);
        await check.CheckChainsAsync(TestContext.Current.CancellationToken);
        if (withFigures)
        {
            await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__RollUp__Enabled"] = "false" });
            await check.CheckFiguresAsync(api.Client, TestContext.Current.CancellationToken);
        }

        return book;
    }

    /// <summary>What a few senders recorded undisturbed.</summary>
    public sealed class SoundLedger : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;

        internal Book Book { get; } = new();

        public async ValueTask InitializeAsync()
        {
            Database = await PostgresServer.Current.CreateDatabaseAsync();
            await using (var api = await ApiProcess.StartAsync(Database.ConnectionString))
            {
                await api.CreateAsync("/v1/sources", new { id = "plant-1" });
                await Task.WhenAll(Enumerable.Range(0, 2).Select(async i =>
                {
                    var sender = new Sender(Book, [() => api.Client], 7, i, "plant-1");
                    for (var sent = 0; sent < 60; sent++)
                        await sender.SendOneAsync(TestContext.Current.CancellationToken);
                }));
                await Until.TrueAsync(async () => (await api.GetAsync("/v1/reconciliation")).GetProperty("pending_batches").GetInt64() == 0, "nothing pending");
                await api.StopAsync();
            }

            NpgsqlConnection.ClearAllPools();
            Book.Findings.Should().BeEmpty();
            Book.Events[("plant-1", "s0-0")].Reversed.Should().BeNull("it is the one that is damaged");
            Book.Events.Values.Should().Contain(e => e.Reversed != null);
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
