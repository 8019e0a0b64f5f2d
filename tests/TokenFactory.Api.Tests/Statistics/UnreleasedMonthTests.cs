using System.Text.Json;
using Npgsql;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Ledger.Archive;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>January is archived before anything was released, and so never is; February is released.</summary>
public sealed class UnreleasedMonthTests(ThreeMonths months) : IClassFixture<ThreeMonths>
{
    [Fact]
    public async Task What_a_month_is_missing_from_is_no_figure_and_no_nothing()
    {
        await using var database = await months.CopyAsync();
        var (code, text) = await ThreeMonths.RunAsync(database, "archive", "--month", "2025-01", "--folder", months.NewFolder());
        code.Should().Be(0, text);
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
            await new Releases(source).ReleaseDueAsync(new DisclosureRule(1, 0), releaseDays: 7, TestContext.Current.CancellationToken);
        await using var api = await ApiProcess.StartAsync(database.ConnectionString, new() { ["TokenFactory__Suppression__MinAccounts"] = "1" });
        using var anybody = api.ClientWith(null);
        var february = (await ReleasesLedger.RowsAsync(api.Client, "/v1/gdp?start=2025-02-01&end=2025-03-01")).Single().GetProperty("gdp").GetString();

        (await ReadAsync(anybody, "/v1/gdp", "gdp")).Should().Equal(("2025-01", null, "not_released"), ("2025-02", february, null));
        (await ReadAsync(anybody, "/v1/gdp?by=sector", "gdp")).Should().Equal(("2025-01", null, "not_released"), ("2025-02", february, null));
        (await ReadAsync(anybody, "/v1/gdp?frequency=quarter", "gdp")).Should().Equal(("2025-Q1", null, "not_released"));
        (await ReadAsync(anybody, "/v1/gdp?frequency=year&by=producer", "quantity")).Should().Equal(("2025", null, "not_released"));
        (await ReadAsync(anybody, "/v1/gdp?units=chg", "value")).Should().Equal(("2025-01", null, "not_released"), ("2025-02", null, "earlier_value_missing"));
        (await ReadAsync(anybody, "/v1/gdp?frequency=quarter&start=2025-02-01", "gdp")).Should().Equal(("2025-Q1", february, null));
        (await ReadAsync(anybody, "/v1/series/Q.S1._T._T.TGO.V._Z.N", "obs_status")).Should().Equal(("2025-Q1", "Q", "not_released"));
    }

    private static async Task<IEnumerable<(string?, string?, string?)>> ReadAsync(HttpClient client, string query, string column) =>
        (await ReleasesLedger.RowsAsync(client, query)).Select(row => (Text(row, "period"), Text(row, column), Text(row, "null_reason")));

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
