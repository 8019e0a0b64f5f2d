using Microsoft.EntityFrameworkCore;

namespace TokenFactory.Api.Database;

/// <summary>
/// The small shared tables (catalog, rates, keys). Each folder brings its own <see cref="IEntityTypeConfiguration{TEntity}"/>; they are
/// found by assembly scan, so that this folder references none of them. The ledger and the roll-ups are plain SQL, not entities.
/// </summary>
public sealed class TokenFactoryContext(DbContextOptions<TokenFactoryContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(TokenFactoryContext).Assembly);
    }

    internal static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, Action<DbContextOptionsBuilder> useServer)
    {
        useServer(options);
        return options.UseSnakeCaseNamingConvention();
    }
}
