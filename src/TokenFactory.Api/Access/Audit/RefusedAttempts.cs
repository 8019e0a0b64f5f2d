using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Access.Audit;

/// <summary>
/// Attempts at administrative operations without the right to them, counted by who tried what: a row of the audit log for each such pair and
/// interval, however many attempts there are, so that nobody can fill the disk with them.
/// </summary>
internal sealed class RefusedAttempts(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const int MaxPairs = 200;
    private static readonly (AuditActor Actor, string Action, int Status) Others = (AuditActor.Unknown, "others", 0);

    private readonly Lock _lock = new();
    private Dictionary<(AuditActor Actor, string Action, int Status), Count> _counts = [];

    /// <summary>Counts an attempt.</summary>
    /// <param name="actor">Who tried.</param>
    /// <param name="action">What.</param>
    /// <param name="status">What it was answered with.</param>
    /// <param name="address">Where it came from: the last one is written down.</param>
    public void Add(AuditActor actor, string action, int status, IPAddress? address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
            Add((actor, action, status), new Count(1, now, now, address));
    }

    /// <summary>Writes down what was counted since the last time. What can't be written now is counted on.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<(AuditActor Actor, string Action, int Status), Count> counts;
        lock (_lock)
        {
            if (_counts.Count == 0)
                return;
            (counts, _counts) = (_counts, []);
        }

        try
        {
            await WriteAsync(counts, cancellationToken);
        }
        catch
        {
            lock (_lock)
            {
                foreach (var (pair, count) in counts)
                    Add(pair, count);
            }

            throw;
        }
    }

    private void Add((AuditActor Actor, string Action, int Status) pair, Count count)
    {
        if (!_counts.ContainsKey(pair) && _counts.Count >= MaxPairs)
            pair = Others;
        _counts[pair] = _counts.TryGetValue(pair, out var known) ? known.And(count) : count;
    }

    private async Task WriteAsync(Dictionary<(AuditActor Actor, string Action, int Status), Count> counts, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var ((actor, action, status), count) in counts)
        {
            var act = new AdministrativeAct(actor, action, null)
            {
                Details = new JsonObject
                {
                    ["attempts"] = count.Attempts,
                    ["first_at"] = AuditLog.NodeOf(count.First),
                    ["last_at"] = AuditLog.NodeOf(count.Last),
                },
                RemoteAddress = count.LastAddress,
            };
            if (status > 0)
                act.Details["status"] = status;
            await AuditLog.WriteAsync(connection, act, AuditOutcome.Denied, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private readonly record struct Count(long Attempts, DateTimeOffset First, DateTimeOffset Last, IPAddress? LastAddress)
    {
        public Count And(Count other) => new(Attempts + other.Attempts, First < other.First ? First : other.First,
            Last > other.Last ? Last : other.Last, Last > other.Last ? LastAddress : other.LastAddress);
    }
}
