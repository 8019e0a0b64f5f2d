using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using TokenFactory.Benchmarks.Load;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks;

/// <summary>A database of its own, the service on it, and what was sent there: the books must show the same at the end.</summary>
internal sealed class BenchLedger : IAsyncDisposable
{
    private static readonly TimeSpan QuietInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(30);

    private readonly BenchServer _server;
    private readonly BenchOptions _options;
    private long _sent;
    private long _accepted;
    private long _duplicate;

    private BenchLedger(BenchServer server, BenchOptions options, string name, string connectionString)
    {
        (_server, _options, Name, ConnectionString) = (server, options, name, connectionString);
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString);
    }

    public string Name { get; }

    /// <summary>As the owner.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections as the owner.</summary>
    public NpgsqlDataSource Database { get; }

    public ServiceUnderLoad Service { get; private set; } = null!;

    /// <summary>May send for every source of the load, and nothing else.</summary>
    public string IngestKey { get; private set; } = "";

    public static async Task<BenchLedger> StartAsync(BenchServer server, BenchOptions options, string name, CancellationToken cancellationToken)
    {
        var ledger = new BenchLedger(server, options, name, await server.CreateDatabaseAsync(name, cancellationToken));
        ledger.Service = await ServiceUnderLoad.StartAsync(options.ServiceFolder, ledger.ConnectionString, cancellationToken);
        return ledger;
    }

    /// <summary>Another process on the same database: nothing is in its memory.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await Service.DisposeAsync();
        Service = await ServiceUnderLoad.StartAsync(_options.ServiceFolder, ConnectionString, cancellationToken);
    }

    /// <summary>Registers the sources of the load, what its models cost, and its key.</summary>
    public async Task RegisterAsync()
    {
        var sources = Enumerable.Range(0, EventText.MaxSources).Select(EventText.SourceOf).ToList();
        foreach (var source in sources)
            await Service.CreateAsync("/v1/sources", new { id = source });
        foreach (var (producer, model) in EventText.Producers.Zip(EventText.Models))
        {
            await Service.CreateAsync("/v1/rate-cards", new
            {
                producer,
                model,
                effective_from = "2020-01-01T00:00:00Z",
                unit_values = new { input = "0.60", cache_read = "0.15", output = "2.50" },
            });
        }

        using var answer = await Service.Client.PostAsJsonAsync("/v1/api-keys", new { name = "bench", scopes = (string[])["ingest"], sources });
        answer.EnsureSuccessStatusCode();
        IngestKey = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    public CpuTimes CpuTimes() => Benchmarks.CpuTimes.Now(Service.ProcessId, _server.ProcessId);

    /// <summary>Who spends the time of what comes now.</summary>
    public CpuProfile CpuProfile() => Benchmarks.CpuProfile.Now(Service.ProcessId, _server.ProcessId);

    /// <summary>Who spent it since then.</summary>
    public async Task<MarkdownTable> ProfileSinceAsync(CpuProfile earlier, string work, long events, CancellationToken cancellationToken)
    {
        var now = CpuProfile();
        // Each writer holds the lock of its lane.
        await using var find = Database.CreateCommand("select distinct pid from pg_locks where locktype = 'advisory'");
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        var writers = new HashSet<int>();
        while (await row.ReadAsync(cancellationToken))
            writers.Add(row.GetInt32(0));
        return now.Since(earlier, work, events, writers);
    }

    /// <summary>Remembers what was sent and what was answered.</summary>
    /// <exception cref="InvalidOperationException">The answers do not speak of every event.</exception>
    public void Note(long sent, LoadResult result)
    {
        Interlocked.Add(ref _sent, sent);
        Interlocked.Add(ref _accepted, result.Accepted);
        Interlocked.Add(ref _duplicate, result.Duplicate);
        if (sent != result.Events)
            throw new InvalidOperationException($"{sent} events were sent; {result.Accepted} were accepted and {result.Duplicate} known.");
    }

    /// <summary>Waits until the service has nothing left to do in the background, and begins a new stretch of WAL: each run starts alike.</summary>
    /// <returns>How long folding took to come to its end.</returns>
    public async Task<TimeSpan> QuietAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await UntilAsync("select not exists (select from journal_lane l left join rollup_cursor c using (source_id, lane) where l.seq > coalesce(c.folded_seq, 0))", cancellationToken);
        var folded = Stopwatch.GetElapsedTime(started);
        await UntilAsync("select not exists (select from journal_lane l left join audit_cursor c using (source_id, lane) where l.seq > coalesce(c.audited_seq, 0))", cancellationToken);
        await using var checkpoint = Database.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync(cancellationToken);
        return folded;
    }

    /// <summary>The last transaction's number; 0 for none.</summary>
    public Task<long> LastBatchAsync(CancellationToken cancellationToken) => CountAsync("select coalesce(max(batch_id), 0) from ledger_batch", cancellationToken);

    /// <summary>One number by SQL.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
    }

    /// <summary>Has the service recompute everything from the entries.</summary>
    /// <returns>What the books say, and whether they balance and show what was sent.</returns>
    public async Task<(string Text, bool IsRight)> CheckBooksAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var books = await Service.GetAsync("/v1/reconciliation?full=true");
        var (received, accepted, duplicate) = (Count("received"), Count("accepted"), Count("duplicate"));
        var isBalanced = books.GetProperty("balanced").GetBoolean();
        var isWhole = received == _sent && accepted == _accepted && duplicate == _duplicate;
        var broken = string.Join("; ", books.GetProperty("checks").EnumerateArray().Where(c => c.GetProperty("violations").GetInt64() > 0).Select(c => c.GetProperty("name").GetString()));
        var text = FormattableString.Invariant($"{Name}: {_sent:N0} events sent, {received:N0} received, {accepted:N0} accepted, {duplicate:N0} known already")
            + (isWhole ? "" : FormattableString.Invariant($" (NOT what was answered: {_accepted:N0} and {_duplicate:N0})"))
            + (isBalanced ? "; the books balance" : $"; the books DO NOT BALANCE: {broken}")
            + FormattableString.Invariant($" (recomputed in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s)");
        return (text, isBalanced && isWhole);

        long Count(string name) => books.GetProperty(name).GetInt64();
    }

    /// <summary>Remembers events that came into the ledger by another way: as sent and accepted.</summary>
    public void NoteWritten(long events)
    {
        Interlocked.Add(ref _sent, events);
        Interlocked.Add(ref _accepted, events);
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null)
            await Service.DisposeAsync();
        await Database.DisposeAsync();
    }

    private async Task UntilAsync(string condition, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var command = Database.CreateCommand(condition);
        while (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            if (Stopwatch.GetElapsedTime(started) > QuietLimit)
                throw new TimeoutException("The service does not come to its end of folding.");
            await Task.Delay(QuietInterval, cancellationToken);
        }
    }
}
