using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TokenFactory.Benchmarks;

/// <summary>The service as its own process on loopback, as an operator would run it: with the settings that it comes with.</summary>
internal sealed class ServiceUnderLoad : IAsyncDisposable
{
    private const string AdminKey = "benchmark-admin-key-0123456789-0123456789";
    private const int Terminate = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromHours(2);
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private CancellationTokenRegistration _whenCut;
    private bool _hasEnded;

    private ServiceUnderLoad(Process process) => _process = process;

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    public int ProcessId => _process.Id;

    /// <summary>From the start of the process to the first 200 of <c>/health/ready</c>.</summary>
    public TimeSpan StartTime { get; private set; }

    public long PeakMemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts it on a database.</summary>
    public static Task<ServiceUnderLoad> StartAsync(string? folder, string connectionString, CancellationToken cancellationToken) =>
        StartAsync(folder, ("ConnectionStrings__TokenFactory", connectionString), cancellationToken);

    /// <summary>Starts it with one setting more.</summary>
    /// <param name="folder">Where it is built; null: beside this program.</param>
    /// <param name="setting">Where its database is.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<ServiceUnderLoad> StartAsync(string? folder, (string Name, string Value) setting, CancellationToken cancellationToken)
    {
        folder ??= AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "TokenFactory.Api.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        start.Environment[setting.Name] = setting.Value;
        start.Environment["TokenFactory__BootstrapAdminKey"] = AdminKey;
        // Else it would keep one in a folder of this machine's.
        start.Environment["TokenFactory__Ledger__SigningKeyFile"] = Path.Combine(Path.GetTempPath(), $"token-factory-bench-{Environment.ProcessId}", "checkpoint-key.pem");

        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            const string listening = "Now listening on: ";
            var at = address.Task.IsCompleted ? -1 : line.Data?.IndexOf(listening, StringComparison.Ordinal) ?? -1;
            if (at >= 0)
                address.TrySetResult(new Uri(line.Data![(at + listening.Length)..].Trim()));
        };
        var started = Stopwatch.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        var service = new ServiceUnderLoad(process);
        // Whoever waits for an answer has it at once, and goes to its end.
        service._whenCut = cancellationToken.Register(process.Kill);
        try
        {
            service.Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 })
            {
                BaseAddress = await address.Task.WaitAsync(StartLimit, cancellationToken),
                Timeout = AnswerLimit,
            };
            service.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
            await service.WaitUntilReadyAsync(started, cancellationToken);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        await using var body = await Client.GetStreamAsync(path);
        using var document = await JsonDocument.ParseAsync(body);
        return document.RootElement.Clone();
    }

    public async Task CreateAsync(string path, object body)
    {
        using var answer = await Client.PostAsJsonAsync(path, body);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"POST {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Asks it to end, as an operator would, so that what it started ends too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        await _whenCut.DisposeAsync();
        Client?.Dispose();
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows() || Kill(_process.Id, Terminate) != 0)
                _process.Kill();
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(long started, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var answer = await Client.GetAsync("/health/ready", cancellationToken);
            StartTime = Stopwatch.GetElapsedTime(started);
            if (answer.IsSuccessStatusCode)
                return;
            if (StartTime > StartLimit)
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The service did not become ready in {StartLimit.TotalSeconds} s."));
            await Task.Delay(ReadyInterval, cancellationToken);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
