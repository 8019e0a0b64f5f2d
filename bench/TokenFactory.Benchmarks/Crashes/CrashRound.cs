using System.Diagnostics;
using Npgsql;

namespace TokenFactory.Crashes;

/// <summary>How a round is run.</summary>
internal sealed record CrashRoundOptions
{
    /// <summary>What is sent and what happens follow from it.</summary>
    public required int Seed { get; init; }

    /// <summary>Where the service is built.</summary>
    public required string ApiFolder { get; init; }

    /// <summary>
    /// Where another version of the service is built, that the first instance runs: an older one, as while it is replaced without a pause. Null: all
    /// instances are of one version.
    /// </summary>
    public string? BesideFolder { get; init; }

    /// <summary>Where the database goes; it is removed at the end.</summary>
    public required string Folder { get; init; }

    public int Instances { get; init; } = 3;

    public int Senders { get; init; } = 6;

    /// <summary>After so many faults no other begins; null: no such end.</summary>
    public int? Faults { get; init; }

    /// <summary>After so long no other fault begins.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The longest that one fault lasts.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromSeconds(4);
}

/// <summary>How long the service took from a fault's end to the first success.</summary>
internal sealed record Recovery(FaultKind Kind, TimeSpan Took);

/// <summary>What a round came to.</summary>
internal sealed record CrashResult(Book Book, IReadOnlyList<Recovery> Recoveries, IReadOnlyList<TimeSpan> FoldLags, TimeSpan Duration, long PeakMemoryBytes)
{
    /// <summary>Batches that another version recorded without chains; null: there was none.</summary>
    public long? Unchained { get; init; }
}

/// <summary>
/// One round: instances of the service with their aggregators over one database, senders that send again whatever they were not told the outcome of, and
/// one fault after the other. Afterwards the ledger is held against what the senders were told.
/// </summary>
internal sealed class CrashRound(CrashRoundOptions options, Action<string> tell)
{
    private static readonly string[] Sources = ["plant-1", "plant-2", "plant-3"];
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(25);

    private readonly Book _book = new();
    private readonly List<Recovery> _recoveries = [];
    private readonly List<TimeSpan> _foldLags = [];
    private long _peakMemoryBytes;

    /// <summary>Runs it to its end, and checks.</summary>
    public async Task<CrashResult> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var server = await CrashServer.StartAsync(options.Folder, cancellationToken);
        var instances = Enumerable.Range(0, options.Instances).Select(i => new CrashInstance(server, i, i == 0 ? options.BesideFolder ?? options.ApiFolder : options.ApiFolder)).ToList();
        try
        {
            // As an upgrade goes: the other version is at work when this one comes and brings its schema, and starts again on that when it is hit.
            await Task.WhenAll(instances.Take(options.BesideFolder is null ? instances.Count : 1).Select(i => i.StartAsync(null, cancellationToken)));
            foreach (var source in Sources)
                await instances[0].CreateSourceAsync(source, cancellationToken);
            await DisturbAsync(server, instances, cancellationToken);
            await SettleAsync(server, cancellationToken);
            var check = new LedgerCheck(_book, server.ConnectionString, isOfTwoVersions: options.BesideFolder is not null);
            await check.CheckLedgerAsync(cancellationToken);
            var unchained = await check.CheckChainsAsync(cancellationToken);
            // The last is of this version, the first of the other.
            await check.CheckFiguresAsync(instances[^1].Client!, cancellationToken);
            if (options.BesideFolder is not null)
                await check.CheckFiguresAsync(instances[0].Client!, cancellationToken);
            return new CrashResult(_book, _recoveries, _foldLags, Stopwatch.GetElapsedTime(started), _peakMemoryBytes)
            {
                Unchained = options.BesideFolder is null ? null : unchained,
            };
        }
        finally
        {
            foreach (var instance in instances)
                await instance.DisposeAsync();
        }
    }

    private async Task DisturbAsync(CrashServer server, List<CrashInstance> instances, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clients = instances.Select(instance => (Func<HttpClient?>)(() => instance.Client)).ToList();
        var senders = Enumerable.Range(0, options.Senders)
            .Select(i => Task.Run(() => new Sender(_book, clients, options.Seed, i, Sources[i % Sources.Length]).RunAsync(stopping.Token, deadline.Token), CancellationToken.None)).ToList();
        var watching = WatchFoldingAsync(server, stopping.Token);
        var injection = new Injection(server, instances, null);
        var started = Stopwatch.GetTimestamp();
        var done = 0;
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            await Task.WhenAll(instances.Where(i => i.Client is null).Select(i => i.StartAsync(null, cancellationToken)));
            foreach (var fault in Fault.Schedule(options.Seed, options.Instances, options.MaxHold))
            {
                if (done == options.Faults || Stopwatch.GetElapsedTime(started) > options.Duration || _book.Count(FindingKind.NoRecovery) > 0)
                    break;
                if (await injection.DoAsync(fault, cancellationToken) is { } since)
                {
                    done++;
                    await RecoverAsync(fault, since, cancellationToken);
                }

                _peakMemoryBytes = Math.Max(_peakMemoryBytes, instances.Max(i => i.MemoryBytes));
                await Task.Delay(fault.Pause, cancellationToken);
            }
        }
        finally
        {
            await stopping.CancelAsync();
            deadline.CancelAfter(RecoveryLimit);
            await Task.WhenAll([.. senders, watching]);
        }

        await injection.EndAsync(cancellationToken);
    }

    private async Task RecoverAsync(Fault fault, long since, CancellationToken cancellationToken)
    {
        if (await _book.NextAsync(fault.IsOfInstance ? fault.Instance : null, RecoveryLimit, cancellationToken))
        {
            var took = Stopwatch.GetElapsedTime(since);
            _recoveries.Add(new Recovery(fault.Kind, took));
            tell(FormattableString.Invariant($"{Injection.NameOf(fault.Kind),-22} {took.TotalMilliseconds,7:N0} ms to the first success, {_book.Events.Count:N0} events sent"));
        }
        else
        {
            _book.Find(FindingKind.NoRecovery, $"no success within {RecoveryLimit} after: {Injection.NameOf(fault.Kind)}");
        }
    }

    // What is committed at one moment: how long until all of it is folded. A database that is away makes no figure wrong, and is left out.
    private async Task WatchFoldingAsync(CrashServer server, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(1), stopping);
                const string committed = "select format('%s/%s=%s', source_id, lane, seq) from journal_lane";
                var at = Stopwatch.GetTimestamp();
                var lanes = await server.ListAsync<string>(committed, stopping);
                var values = string.Join(", ", lanes.Select(l => $"({l.Replace('/', ',').Replace('=', ',')})"));
                var behind = $"select count(*) from (values {values}) l (source_id, lane, seq) left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane where coalesce(c.folded_seq, 0) < l.seq";
                while (lanes.Count > 0 && (await server.ListAsync<long>(behind, stopping))[0] > 0)
                    await Task.Delay(LookInterval, stopping);
                _foldLags.Add(Stopwatch.GetElapsedTime(at));
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException or IOException)
            {
                // Looked at again once it is back.
            }
        }
    }

    private async Task SettleAsync(CrashServer server, CancellationToken cancellationToken)
    {
        const string behind =
            """
            select (select count(*) from journal_lane l left join rollup_cursor c using (source_id, lane) left join audit_cursor a using (source_id, lane)
                    where l.seq > coalesce(c.folded_seq, 0) or l.seq > coalesce(a.audited_seq, 0))
                 + (select count(*) from rollup_cursor where coarse_seq < folded_seq)
                 + (select count(*) from journal_lane l left join ledger_tree_cursor t using (source_id, lane)
                    where exists (select from ledger_batch b
                                  where b.source_id = l.source_id and b.lane = l.lane and b.seq > coalesce(t.sealed_seq, 0) and b.head is not null))
            """;
        var started = Stopwatch.GetTimestamp();
        while ((await server.ListAsync<long>(behind, cancellationToken))[0] > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > RecoveryLimit)
            {
                _book.Find(FindingKind.NoRecovery, $"not everything was folded, audited and sealed within {RecoveryLimit}");
                return;
            }

            await Task.Delay(LookInterval, cancellationToken);
        }
    }
}
