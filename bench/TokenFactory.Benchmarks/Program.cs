using System.Runtime.InteropServices;
using TokenFactory.Benchmarks;
using TokenFactory.Benchmarks.Micro;

// Everything runs on this machine: a private PostgreSQL server in a temporary folder, the service as its own process, the sender here. Rates are
// only worth something beside each other, so each is told as a ratio to what the same server does without the service, in the same run.
if (args is ["--fuzz", ..])
    return await FuzzCommand.RunAsync(args);
if (args is ["--micro", ..] and { Length: <= 2 })
    return MicroRun.Run(args.ElementAtOrDefault(1));
// However it is told to end, nothing that it started is left behind.
using var ending = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
try
{
    if (args is ["--crashes", ..])
        return await CrashCommand.RunAsync(args, ending.Token);
    var options = BenchOptions.Read(args, BenchRun.RowNames);
    return options.Growth.Count > 0 ? await GrowthRun.RunAsync(options, ending.Token) : await BenchRun.RunAsync(options, ending.Token);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{BenchOptions.Usage}");
    return 2;
}
catch (Exception) when (ending.IsCancellationRequested)
{
    return 130;
}
catch (Exception e)
{
    // A promise that did not hold, or something that is not there: everything that was started has ended by now.
    await Console.Error.WriteLineAsync(e.ToString());
    return 1;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ending.Cancel();
}
