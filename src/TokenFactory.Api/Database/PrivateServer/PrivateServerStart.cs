namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>A private server on its way, beside whatever else a start has to do. However that ends, the server ends with this.</summary>
internal sealed class PrivateServerStart : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending;

    public PrivateServerStart(PrivateServerOptions options, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Started = Task.Run(() => PrivatePostgres.StartAsync(options, logger, time, _ending.Token), CancellationToken.None);
    }

    /// <summary>The server once it answers; fails as <see cref="PrivatePostgres.StartAsync"/> does.</summary>
    public Task<PrivatePostgres> Started { get; }

    /// <summary>Stops the server, or gives its start up: then it leaves nothing running by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)Started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Started.IsCompletedSuccessfully)
            await Started.Result.DisposeAsync();
        _ending.Dispose();
    }
}
