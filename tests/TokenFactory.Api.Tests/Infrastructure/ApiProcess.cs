using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>The service as its own process on a real port, over a test database: what a user would run.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key-0123456789-0123456789-0123456789";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ApiProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
    }

    /// <summary>With the admin key.</summary>
    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    public int ProcessId => _process.Id;

    /// <summary>The most that it has held in memory so far.</summary>
    public long PeakMemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Everything that it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="connectionString">The database; null: a private server.</param>
    /// <param name="settings">Further environment variables.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<ApiProcess> StartAsync(string? connectionString, Dictionary<string, string>? settings = null, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var argument in (string[])["TokenFactory.Api.dll", "--urls", "http://127.0.0.1:0", .. arguments])
            start.ArgumentList.Add(argument);
        if (connectionString is not null)
            start.Environment["ConnectionStrings__TokenFactory"] = connectionString;
        start.Environment["TokenFactory__BootstrapAdminKey"] = AdminKey;
        // Else it would keep one in a folder of this machine's.
        start.Environment["TokenFactory__Ledger__SigningKeyFile"] = Path.Combine(AppContext.BaseDirectory, "checkpoint-key.pem");
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in settings ?? [])
            start.Environment[name] = value;

        var api = new ApiProcess(new Process { StartInfo = start });
        api._process.Start();
        api._process.BeginOutputReadLine();
        api._process.BeginErrorReadLine();
        try
        {
            var exited = api._process.WaitForExitAsync();
            if (await Task.WhenAny(api._address.Task, exited).WaitAsync(StartLimit) == exited)
                throw new InvalidOperationException($"The service ended with {api._process.ExitCode}.");
            api.Client = api.ClientWith(AdminKey);
            await api.WaitUntilAsync("/health/ready", StartLimit);
            return api;
        }
        catch (Exception e)
        {
            // Its last words may still be on their way; a child that outlives it would keep the pipe open.
            if (api._process.HasExited)
                await Task.WhenAny(api._process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(5)));
            await api.DisposeAsync();
            throw new InvalidOperationException($"The service did not start: {e.Message}\n{api.Output}", e);
        }
    }

    /// <summary>A client with another key, or none.</summary>
    public HttpClient ClientWith(string? key)
    {
        var client = new HttpClient { BaseAddress = _address.Task.Result, Timeout = TimeSpan.FromMinutes(3) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Asks until the answer is a success.</summary>
    public async Task WaitUntilAsync(string path, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await Client.GetAsync(path);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
            }

            if (Stopwatch.GetElapsedTime(started) > limit || _process.HasExited)
                throw new TimeoutException($"{path} did not answer with success.\n{Output}");
            await Task.Yield();
        }
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string body, string type = "application/json") =>
        await Client.PostAsync(path, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)));

    /// <summary>Posts and expects success.</summary>
    public async Task<JsonElement> CreateAsync(string path, object body)
    {
        using var answer = await Client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue($"{path} answered {(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Asks and expects JSON.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var text = await Client.GetStringAsync(path);
        return JsonDocument.Parse(text).RootElement;
    }

    public void Kill() => _process.Kill(entireProcessTree: false);

    /// <summary>Asks it to stop, as a terminal or a container would, and waits for its end.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: false);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        const string listening = "Now listening on: ";
        var at = line.IndexOf(listening, StringComparison.Ordinal);
        if (at >= 0)
            _address.TrySetResult(new Uri(line[(at + listening.Length)..].Trim()));
    }
}
