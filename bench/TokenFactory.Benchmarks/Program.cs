using TokenFactory.Benchmarks;

// Everything runs on this machine: a private PostgreSQL server in a temporary folder, the service as its own process, the sender here. Rates are
// only worth something beside each other, so each is told as a ratio to what the same server does without the service, in the same run.
if (args is ["--fuzz", ..])
    return await FuzzCommand.RunAsync(args);
using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    ending.Cancel();
};
try
{
    return await BenchRun.RunAsync(BenchOptions.Read(args, BenchRun.RowNames), ending.Token);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{BenchOptions.Usage}");
    return 2;
}
catch (OperationCanceledException) when (ending.IsCancellationRequested)
{
    return 130;
}
