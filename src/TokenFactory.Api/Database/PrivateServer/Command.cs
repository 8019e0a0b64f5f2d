using System.Diagnostics;
using System.Text;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>What a command did.</summary>
internal sealed record CommandResult(int ExitCode, string Output);

/// <summary>Runs one external command to its end, with a time limit and its output kept for the error message.</summary>
internal static class Command
{
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(2);

    /// <exception cref="PrivateServerException">It can't be started, took too long, or (unless <paramref name="mayFail"/>) failed.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellationToken, bool mayFail = false, string? workingFolder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            // A folder that every user may enter: the commands may run as another one.
            WorkingDirectory = workingFolder ?? Path.GetPathRoot(Path.GetTempPath())!,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Messages are matched nowhere, but they are shown: in one language.
        start.Environment["LC_ALL"] = "C";

        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        var ends = new List<Task> { Keep(h => process.OutputDataReceived += h), Keep(h => process.ErrorDataReceived += h) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PrivateServerException($"{program} can't be started: {e.Message}", e);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitForExitAsync(process, program, limit, cancellationToken);
        // The last lines may arrive after the exit; a server that the command leaves behind may hold the streams open for good.
        await Task.WhenAny(Task.WhenAll(ends), Task.Delay(OutputLimit, cancellationToken));
        process.CancelOutputRead();
        process.CancelErrorRead();
        string text;
        lock (output)
            text = output.ToString().Trim();
        if (process.ExitCode != 0 && !mayFail)
            throw new PrivateServerException($"{program} {string.Join(' ', start.ArgumentList)} failed with exit code {process.ExitCode}:\n{text}");
        return new CommandResult(process.ExitCode, text);

        // A stream ends with a null.
        Task Keep(Action<DataReceivedEventHandler> listen)
        {
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            listen((_, line) =>
            {
                if (line.Data is null)
                {
                    end.TrySetResult();
                    return;
                }

                lock (output)
                    output.AppendLine(line.Data);
            });
            return end.Task;
        }
    }

    // WaitForExitAsync would also wait for the end of the output, which a server that the command leaves behind keeps open.
    private static async Task WaitForExitAsync(Process process, string program, TimeSpan limit, CancellationToken cancellationToken)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        if (process.HasExited)
            exited.TrySetResult();
        try
        {
            await exited.Task.WaitAsync(limit, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (e is OperationCanceledException)
                throw;
            throw new PrivateServerException($"{program} took longer than {limit.TotalSeconds} s.");
        }
    }
}
