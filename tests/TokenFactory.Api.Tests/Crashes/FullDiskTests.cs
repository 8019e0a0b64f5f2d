using System.Net;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Crashes;

/// <summary>A full disk: nothing is taken, nothing is there by half, and it goes on by itself once there is room.</summary>
public sealed class FullDiskTests
{
    private const int Refusals = 25;

    [Fact]
    public async Task On_a_full_disk_nothing_is_taken_and_nothing_is_lost()
    {
        using var folder = new CrashFolder();
        await using var disk = await SmallDisk.MountAsync(folder.Path, 320);
        await using var server = await CrashServer.StartAsync(Path.Combine(folder.Path, "server"), TestContext.Current.CancellationToken);
        await FillAndFreeAsync(server, disk);
    }

    [Fact]
    public async Task Without_room_for_the_write_ahead_log_nothing_is_taken_and_nothing_is_lost()
    {
        using var folder = new CrashFolder();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(folder.Path, "log"), 128);
        await using var server = await CrashServer.StartAsync(Path.Combine(folder.Path, "server"), TestContext.Current.CancellationToken);
        await server.RestartAsync(() => disk.TakeAsync(Path.Combine(server.Data, "pg_wal")), TestContext.Current.CancellationToken);
        await FillAndFreeAsync(server, disk);
    }

    private static async Task FillAndFreeAsync(CrashServer server, SmallDisk disk)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var instance = new CrashInstance(server, 0, AppContext.BaseDirectory);
        await instance.StartAsync(null, cancellationToken);
        await instance.CreateSourceAsync("plant-1", cancellationToken);
        var book = new Book();
        using var stopping = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 3).Select(i => new Sender(book, [() => instance.Client], 7, i, "plant-1").RunAsync(stopping.Token, cancellationToken)).ToList();
        (await book.NextAsync(null, TimeSpan.FromMinutes(1), cancellationToken)).Should().BeTrue();

        disk.Fill();
        try
        {
            // The segment that is being written is ended: the next one needs room.
            await server.ExecuteAsync("select pg_switch_wal()", cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            var before = book.Unknown;
            await Until.TrueAsync(() => Task.FromResult(book.Unknown >= before + Refusals), "requests refused");
            (await instance.Client!.GetAsync("/health/live", cancellationToken)).StatusCode.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            disk.Free();
        }

        (await book.NextAsync(null, TimeSpan.FromMinutes(2), cancellationToken)).Should().BeTrue("there is room again");
        await stopping.CancelAsync();
        await Task.WhenAll(senders);
        var check = new LedgerCheck(book, server.ConnectionString);
        await check.CheckLedgerAsync(cancellationToken);
        await check.CheckFiguresAsync(instance.Client!, cancellationToken);
        book.Findings.Should().BeEmpty();
    }
}
