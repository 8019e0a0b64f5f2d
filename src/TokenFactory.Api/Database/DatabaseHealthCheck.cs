using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace TokenFactory.Api.Database;

/// <summary>
/// Ready when what must be loaded first is there and the database answers. The answer holds for a second, and whoever asks meanwhile gets the same:
/// probes are not counted, and must not be a way to keep the database busy.
/// </summary>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource dataSource, DatabaseReadiness readiness, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _last;
    private long _askedAt;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!readiness.IsReady)
            return Task.FromResult(HealthCheckResult.Unhealthy("starting"));
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_askedAt) >= Memory))
                (_askedAt, _last) = (time.GetTimestamp(), AskAsync());
            return _last;
        }
    }

    // For all who wait, and so for as long as none of them decides.
    private async Task<HealthCheckResult> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("the database does not answer");
        }
    }
}
