using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Access;

/// <summary>Makes sure that somebody can get in: sets the configured admin key, or makes one and shows it once.</summary>
internal sealed partial class FirstKey(
    IDbContextFactory<TokenFactoryContext> contexts, DatabaseReadiness readiness, KeyRing keys, IOptions<AccessOptions> options, TimeProvider time,
    ILogger<FirstKey> logger) : BackgroundService
{
    public const string BootstrapId = "bootstrap";
    private const long FirstKeyLock = 0x4669727374;

    private volatile bool _isThere;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.Require(() => _isThere);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => readiness.RunOnceAsync(EnsureAsync, time, stoppingToken);

    private async Task EnsureAsync(CancellationToken stoppingToken)
    {
        await using var context = await contexts.CreateDbContextAsync(stoppingToken);
        await using var transaction = await context.Database.BeginTransactionAsync(stoppingToken);
        // Several instances may start at once: one makes the key, the others find it.
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({FirstKeyLock})", stoppingToken);
        var made = options.Value.BootstrapAdminKey is { Length: > 0 } configured
            ? await SetAsync(context, configured, stoppingToken)
            : await MakeAsync(context, stoppingToken);
        await context.SaveChangesAsync(stoppingToken);
        await transaction.CommitAsync(stoppingToken);
        keys.Forget();
        _isThere = true;
        if (made is not null)
            Show(made);
    }

    private async Task<string?> SetAsync(TokenFactoryContext context, string configured, CancellationToken cancellationToken)
    {
        var key = await context.Set<ApiKey>().SingleOrDefaultAsync(k => k.Id == BootstrapId, cancellationToken);
        if (key is null)
            context.Add(key = New(BootstrapId, "bootstrap admin key", configured));
        key.Hash = KeyFormat.Hash(configured);
        key.RevokedAt = null;
        LogConfigured(logger);
        return null;
    }

    private async Task<string?> MakeAsync(TokenFactoryContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await context.Set<ApiKey>().AnyAsync(
            k => (k.Scopes & Scopes.Admin) != 0 && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), cancellationToken))
        {
            return null;
        }

        var (id, key) = KeyFormat.Create();
        context.Add(New(id, "first admin key", key));
        return key;
    }

    private ApiKey New(string id, string name, string key) => new()
    {
        Id = id,
        Name = name,
        Hash = KeyFormat.Hash(key),
        Scopes = Scopes.Admin,
        CreatedAt = time.GetUtcNow(),
    };

    // Standard output, not the log: logs are kept and shipped, this is shown once.
    private static void Show(string key) => Console.Out.WriteLine(
        $"""

        ==============================================================================
          The first admin key. It is shown this once; only its hash is kept.

            {key}

        ==============================================================================

        """);

    [LoggerMessage(4001, LogLevel.Information, "The admin key is the one that the configuration sets")]
    private static partial void LogConfigured(ILogger logger);
}
