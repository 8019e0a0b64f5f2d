using Npgsql;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>The reconciliation counts closing balances cell by cell: each kind of damage must be found.</summary>
public sealed class ArchiveBooksTests(ThreeMonths months) : IClassFixture<ThreeMonths>
{
    [Theory]
    [InlineData("update ledger_closing_balance set quantity = quantity + 1 where ctid = (select ctid from ledger_closing_balance limit 1)")]
    [InlineData("update ledger_closing_balance set hour = hour + interval '40 days' where ctid = (select ctid from ledger_closing_balance limit 1)")]
    [InlineData("delete from ledger_closing_balance")]
    [InlineData("update rollup_cell_hour set amount = amount + 1 where vintage < '2025-02-01' and ctid = (select ctid from rollup_cell_hour where vintage < '2025-02-01' limit 1)")]
    [InlineData(ArchiveTamperTests.Inserted)]
    [InlineData("delete from ledger_archive_lane")]
    public async Task The_books_do_not_balance_any_more(string alteration)
    {
        await using var database = await months.CopyAsync();
        var (code, text) = await ThreeMonths.RunAsync(database, "archive", "--month", "2025-01", "--folder", months.NewFolder());
        code.Should().Be(0, text);
        (await IsBalancedAsync(database)).Should().BeTrue("nothing is altered yet");

        await database.ExecuteAsync($"set session_replication_role = replica; {alteration}");

        (await IsBalancedAsync(database)).Should().BeFalse();
    }

    [Fact]
    public async Task A_month_whose_accounts_are_archived_is_never_released_and_others_are()
    {
        await using var database = await months.CopyAsync();
        var (code, text) = await ThreeMonths.RunAsync(database, "archive", "--month", "2025-01", "--folder", months.NewFolder());
        code.Should().Be(0, text);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);

        await new Releases(source).ReleaseDueAsync(new DisclosureRule(3, 0), releaseDays: 7, TestContext.Current.CancellationToken);

        (await database.ScalarAsync<string>("select string_agg(month::text, ',' order by month) from release_month")).Should().Be("2025-02-01");
    }

    private static async Task<bool> IsBalancedAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        return (await new ReconciliationReader(source).ReadAsync(full: true, TestContext.Current.CancellationToken)).Balanced;
    }
}
