using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Crashes;

/// <summary>
/// The negative control of the rounds' first promise: a database that answers before it has written is told, by the same checker after the same blow.
/// </summary>
public sealed class LostCommitTests
{
    private const int Requests = 60;

    [Fact]
    public async Task Events_that_were_acknowledged_before_they_were_written_are_told_as_lost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The server's first process can't be killed alone there.");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new CrashFolder();
        await using var server = await CrashServer.StartAsync(folder.Path, cancellationToken);
        await using var instance = new CrashInstance(server, 0, AppContext.BaseDirectory);
        // Folding would write what comes before it, too.
        await instance.StartAsync(new() { ["TokenFactory__RollUp__Enabled"] = "false" }, cancellationToken);
        await instance.CreateSourceAsync("plant-1", cancellationToken);
        var book = new Book();
        var sender = new Sender(book, [() => instance.Client], 7, 0, "plant-1");
        await sender.SendOneAsync(cancellationToken);
        // The service insists on durable commits; its own ledger transactions are made to give that up from within.
        await server.ExecuteAsync("alter system set wal_writer_delay = '10s'", cancellationToken);
        await server.ExecuteAsync("alter system set wal_writer_flush_after = '1GB'", cancellationToken);
        await server.ExecuteAsync(
            """
            select pg_reload_conf();
            create or replace function ledger_clock() returns timestamptz language plpgsql volatile as
                $$ begin perform set_config('synchronous_commit', 'off', true); return clock_timestamp(); end $$
            """, cancellationToken);

        for (var i = 0; i < Requests; i++)
            await sender.SendOneAsync(cancellationToken);
        await server.StrikeAsync(server.PostmasterId, Signals.Kill);
        await Until.TrueAsync(async () => await IsBackAsync(server), "the database back");
        await new LedgerCheck(book, server.ConnectionString).CheckLedgerAsync(cancellationToken);

        book.Count(FindingKind.Lost).Should().BePositive("this is what the checker is for");
    }

    private static async Task<bool> IsBackAsync(CrashServer server)
    {
        try
        {
            return (await server.ListAsync<int>("select 1")).Count == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
