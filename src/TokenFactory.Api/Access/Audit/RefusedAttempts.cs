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

    public void Add(AuditActor actor, string action, int status)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var pair = (actor, action, status);
            if (!_counts.ContainsKey(pair) && _counts.Count >= MaxPairs)
                pair = Others;
            _counts[pair] = _counts.TryGetValue(pair, out var count) ? count with { Attempts = count.Attempts + 1, Last = now } : new Count(1, now, now);
        }
    }

    /// <summary>Writes down what was counted since the last time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<(AuditActor Actor, string Action, int Status), Count> counts;
        lock (_lock)
        {
            if (_counts.Count == 0)
                return;
            (counts, _counts) = (_counts, []);
        }

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
            };
            if (status > 0)
                act.Details["status"] = status;
            await AuditLog.WriteAsync(connection, act, AuditOutcome.Denied, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private readonly record struct Count(long Attempts, DateTimeOffset First, DateTimeOffset Last);
}
