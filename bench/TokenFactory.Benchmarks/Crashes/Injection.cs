using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace TokenFactory.Crashes;

/// <summary>Does the faults of a schedule to a database and its services.</summary>
internal sealed class Injection(CrashServer server, IReadOnlyList<CrashInstance> instances, Dictionary<string, string>? settings)
{
    private const string ServiceSessions = "select pid from pg_stat_activity where application_name = 'token-factory' and datname = current_database()";
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    // As intervals from the true clock.
    private static readonly string[] ClockSteps = ["1 month", "-1 day", "midnight", "1 year", "0"];
    private readonly List<string> _steps = ["interval '0'"];

    /// <summary>Does it and waits for its end: what was frozen goes on, what was stopped has been started.</summary>
    /// <returns>Since when the recovery counts: from the blow where one is struck, else from the end. Null: there was nothing that it could be done to.</returns>
    public async Task<long?> DoAsync(Fault fault, CancellationToken cancellationToken)
    {
        var instance = instances[fault.Instance];
        var struck = Stopwatch.GetTimestamp();
        switch (fault.Kind)
        {
            case FaultKind.KillService:
                await instance.KillAsync();
                await instance.StartAsync(settings, cancellationToken);
                return struck;
            case FaultKind.StopService:
                await instance.StopAsync();
                await instance.StartAsync(settings, cancellationToken);
                return struck;
            case FaultKind.KillPostmaster:
                return await server.StrikeAsync(server.PostmasterId, Signals.Kill);
            case FaultKind.ShutDownImmediately:
                return await server.StrikeAsync(server.PostmasterId, Signals.Quit);
            case FaultKind.KillBackend:
                return await SessionAsync(fault, cancellationToken) is { } killed ? await server.StrikeAsync(killed, Signals.Kill) : null;
            case FaultKind.TerminateSessions:
                return (await PatientlyAsync(() => server.ListAsync<bool>(
                    ServiceSessions.Replace("pid", "pg_terminate_backend(pid)", StringComparison.Ordinal), cancellationToken), cancellationToken)).Count > 0 ? struck : null;
            case FaultKind.CutNetwork:
                instance.Network.Cut();
                return struck;
            default:
                return await HoldAsync(fault, instance, cancellationToken) ? Stopwatch.GetTimestamp() : null;
        }
    }

    /// <summary>
    /// Sets the ledger's clock to the latest instant that it has shown: a figure is of the vintages until today, and would leave out what was recorded
    /// under a later date.
    /// </summary>
    public Task EndAsync(CancellationToken cancellationToken) =>
        SetClockAsync($"greatest({string.Join(", ", _steps)})", cancellationToken);

    private async Task<bool> HoldAsync(Fault fault, CrashInstance instance, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.FreezeService:
                return await FreezeAsync([instance.ProcessId], fault.Hold);
            case FaultKind.FreezeBackend:
                return await SessionAsync(fault, cancellationToken) is { } frozen && await FreezeAsync([frozen], fault.Hold);
            case FaultKind.FreezeDatabase:
                return await FreezeAsync(await server.ProcessIdsAsync(), fault.Hold);
            case FaultKind.StallNetwork:
                return await DisturbAsync(instance.Network, NetworkState.Stalled, fault.Hold);
            case FaultKind.LoseAnswers:
                return await DisturbAsync(instance.Network, NetworkState.AnswersLost, fault.Hold);
            case FaultKind.StepClock:
                await StepClockAsync(ClockSteps[fault.Draw % ClockSteps.Length], cancellationToken);
                return true;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "No such fault.");
        }
    }

    private async Task StepClockAsync(string step, CancellationToken cancellationToken)
    {
        // Two seconds before the next midnight, so that it passes under load.
        var offset = step == "midnight"
            ? (await PatientlyAsync(() => server.ListAsync<string>(
                "select format('interval ''%s''', date_trunc('day', now(), 'UTC') + interval '1 day' - interval '2 seconds' - now())", cancellationToken), cancellationToken))[0]
            : $"interval '{step}'";
        _steps.Add(offset);
        await SetClockAsync(offset, cancellationToken);
    }

    private Task<bool> SetClockAsync(string offset, CancellationToken cancellationToken) => PatientlyAsync(async () =>
    {
        await server.ExecuteAsync($"create or replace function ledger_clock() returns timestamptz language sql volatile parallel safe as $$ select clock_timestamp() + {offset} $$", cancellationToken);
        return true;
    }, cancellationToken);

    private async Task<int?> SessionAsync(Fault fault, CancellationToken cancellationToken)
    {
        // Those that write are the more worth while.
        var sessions = await PatientlyAsync(() => server.ListAsync<int>($"{ServiceSessions} order by state = 'active' desc, pid limit 4", cancellationToken), cancellationToken);
        return sessions.Count == 0 ? null : sessions[fault.Draw % sessions.Count];
    }

    // The database may still be recovering from the fault before.
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NpgsqlException)
            {
                await Task.Delay(RetryInterval, cancellationToken);
            }
        }
    }

    private static async Task<bool> FreezeAsync(IReadOnlyList<int> processIds, TimeSpan hold)
    {
        var frozen = processIds.Where(id => Signals.Send(id, Signals.Stop)).ToList();
        try
        {
            await Task.Delay(hold);
        }
        finally
        {
            foreach (var id in frozen)
                Signals.Send(id, Signals.Continue);
        }

        return frozen.Count > 0;
    }

    private static async Task<bool> DisturbAsync(NetworkProxy network, NetworkState state, TimeSpan hold)
    {
        network.Set(state);
        try
        {
            await Task.Delay(hold);
        }
        finally
        {
            network.Set(NetworkState.Sound);
        }

        return true;
    }

    /// <summary>As it is told in a report.</summary>
    public static string NameOf(FaultKind kind) => string.Concat(kind.ToString().Select((c, i) =>
        char.IsUpper(c) && i > 0 ? " " + char.ToLower(c, CultureInfo.InvariantCulture) : c.ToString()));
}
