using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace TokenFactory.Benchmarks;

/// <summary>The service as its own process on loopback, as an operator would run it.</summary>
internal sealed class ServiceUnderLoad : IAsyncDisposable
{
    private const string AdminKey = "benchmark-admin-key-0123456789-0123456789";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServiceUnderLoad(Process process) => _process = process;

    public HttpClient Client { get; private set; } = null!;

    public long PeakMemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    public static async Task<ServiceUnderLoad> StartAsync(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", ["TokenFactory.Api.dll", "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ConnectionStrings__TokenFactory"] = connectionString;
        start.Environment["TokenFactory__BootstrapAdminKey"] = AdminKey;
        // One line per request would be measured too; the address is told at this level.
        start.Environment["Serilog__MinimumLevel__Override__Serilog"] = "Warning";

        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            const string listening = "Now listening on: ";
            var at = line.Data?.IndexOf(listening, StringComparison.Ordinal) ?? -1;
            if (at >= 0)
                address.TrySetResult(new Uri(line.Data![(at + listening.Length)..].Trim()));
        };
        process.Start();
        process.BeginOutputReadLine();
        var service = new ServiceUnderLoad(process);
        try
        {
            service.Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 })
            {
                BaseAddress = await address.Task.WaitAsync(StartLimit),
                Timeout = TimeSpan.FromMinutes(5),
            };
            service.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
            await service.WaitUntilReadyAsync();
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
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await Client.GetAsync("/health/ready");
            if (answer.IsSuccessStatusCode)
                return;
            if (Stopwatch.GetElapsedTime(started) > StartLimit)
                throw new TimeoutException("The service did not become ready.");
            await Task.Delay(100);
        }
    }
}
