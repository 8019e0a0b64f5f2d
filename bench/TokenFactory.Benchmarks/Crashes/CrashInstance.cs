using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;

namespace TokenFactory.Crashes;

/// <summary>One instance of the service as a process of its own, behind a network of its own. It may be killed and started again.</summary>
internal sealed class CrashInstance(CrashServer server, int number, string apiFolder) : IAsyncDisposable
{
    private const string AdminKey = "crash-admin-key-0123456789-0123456789-0123456789";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private Process? _process;
    private volatile HttpClient? _client;

    public NetworkProxy Network { get; } = new(server.SocketPath);

    /// <summary>Null while it is started.</summary>
    public HttpClient? Client => _client;

    public int ProcessId => _process!.Id;

    /// <summary>What it holds in memory at this moment.</summary>
    public long MemoryBytes
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="settings">Further environment variables.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task StartAsync(Dictionary<string, string>? settings, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(apiFolder, "TokenFactory.Api.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = apiFolder,
        };
        start.Environment["ConnectionStrings__TokenFactory"] = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = Network.Port,
            MaxPoolSize = 30,
            Timeout = 15,
        }.ConnectionString;
        start.Environment["TokenFactory__BootstrapAdminKey"] = AdminKey;
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in settings ?? [])
            start.Environment[name] = value;

        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            const string listening = "Now listening on: ";
            var at = line.Data?.IndexOf(listening, StringComparison.Ordinal) ?? -1;
            if (at >= 0)
                address.TrySetResult(new Uri(line.Data![(at + listening.Length)..].Trim()));
        };
        _process?.Dispose();
        _process = process;
        process.Start();
        process.BeginOutputReadLine();
        var client = new HttpClient { BaseAddress = await address.Task.WaitAsync(StartLimit, cancellationToken), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(client, cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(started) > StartLimit)
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Instance {number} did not become ready in {StartLimit.TotalSeconds} s."));
            await Task.Delay(LookInterval, cancellationToken);
        }

        _client = client;
    }

    /// <summary>Registers a source.</summary>
    public async Task CreateSourceAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await Client!.PostAsJsonAsync("/v1/sources", new { id }, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Ends it at once, and leaves its requests without an answer.</summary>
    public async Task KillAsync()
    {
        var client = _client;
        _client = null;
        _process!.Kill();
        await _process.WaitForExitAsync();
        client?.Dispose();
    }

    /// <summary>Asks it to end: it answers what it has taken.</summary>
    public async Task StopAsync()
    {
        var client = _client;
        _client = null;
        Signals.Send(ProcessId, Signals.Terminate);
        await _process!.WaitForExitAsync();
        client?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        _client?.Dispose();
        await Network.DisposeAsync();
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync("/health/ready", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
