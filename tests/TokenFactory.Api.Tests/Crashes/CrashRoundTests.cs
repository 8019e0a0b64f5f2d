using System.Globalization;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Crashes;

/// <summary>
/// The short round: every fault once, in an order that follows from the seed. TOKENFACTORY_CRASH_SEED replays one; docs/reliability.md has the command of
/// the long round.
/// </summary>
public sealed class CrashRoundTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_is_killed_frozen_or_cut_off_every_acknowledged_event_is_there_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes can't be frozen there.");
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TOKENFACTORY_CRASH_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given : Random.Shared.Next();
        output.WriteLine($"TOKENFACTORY_CRASH_SEED={seed}");
        using var folder = new CrashFolder();
        var kinds = Enum.GetValues<FaultKind>();
        var round = new CrashRound(new CrashRoundOptions
        {
            Seed = seed,
            ApiFolder = AppContext.BaseDirectory,
            Folder = folder.Path,
            Faults = kinds.Length,
            Senders = 4,
            MaxHold = TimeSpan.FromSeconds(1),
        }, output.WriteLine);

        var result = await round.RunAsync(TestContext.Current.CancellationToken);

        output.WriteLine(CrashReport.Of(result, seed));
        result.Book.Findings.Should().BeEmpty($"TOKENFACTORY_CRASH_SEED={seed} replays it");
        result.Recoveries.Select(r => r.Kind).Should().BeEquivalentTo(kinds);
        result.Book.Requests.Should().BePositive();
        result.Book.Unknown.Should().BePositive("a round in which every answer arrives has tried nothing");
    }

    [Fact]
    public void A_seed_replays_its_faults()
    {
        var kinds = Enum.GetValues<FaultKind>();

        var first = Fault.Schedule(7, 3, TimeSpan.FromSeconds(1)).Take(2 * kinds.Length).ToList();

        Fault.Schedule(7, 3, TimeSpan.FromSeconds(1)).Take(2 * kinds.Length).Should().Equal(first);
        Fault.Schedule(8, 3, TimeSpan.FromSeconds(1)).Take(2 * kinds.Length).Should().NotEqual(first);
        first[..kinds.Length].Select(f => f.Kind).Should().BeEquivalentTo(kinds);
    }
}
