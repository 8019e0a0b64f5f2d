using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Catalog;

/// <summary>Something in the catalog stands in the way of a change.</summary>
internal sealed class CatalogConflictException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
}

/// <summary>
/// Makes a change of the catalog in one transaction, tells every instance, and refreshes this one before the answer: whoever is answered can
/// rely on the next event seeing the change.
/// </summary>
internal sealed class CatalogWriter(IDbContextFactory<TokenFactoryContext> contexts, CatalogCache cache)
{
    /// <param name="change">Makes the change; null: there was nothing to change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CatalogConflictException">A name is taken, or what was to be removed is in use.</exception>
    public async Task<T> WriteAsync<T>(Func<TokenFactoryContext, Task<T>> change, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        // The row lock makes changes one after the other, and keeps events from registering names meanwhile: each sees all of those before it.
        // Readers notice the number even when they miss the message.
        await context.Database.ExecuteSqlRawAsync("update catalog_version set version = version + 1", cancellationToken);
        T result;
        try
        {
            result = await change(context);
            await context.SaveChangesAsync(cancellationToken);
            if (AdministrativeAct.Current is { } act && act.Added(result) is { } made)
                act.Made(NameOf(made));
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new CatalogConflictException("name_taken", "The name is taken: look it up, and change that, or choose another.");
        }
        // PostgreSQL 18 tells the refusal of ON DELETE RESTRICT by a code of its own.
        catch (DbUpdateException e) when (e.InnerException is PostgresException
            { SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation })
        {
            throw e.Entries.All(entry => entry.State == EntityState.Deleted)
                ? new CatalogConflictException("in_use", "It is in use: models, items, accounts, rate cards or recorded events refer to it.")
                : new CatalogConflictException("gone", "Something that it refers to was removed in the meantime; look it up and send again.");
        }

        if (result is null)
            return result;
        await context.Database.ExecuteSqlRawAsync($"notify {CatalogRefresh.Channel}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await cache.RefreshAsync(cancellationToken);
        return result;
    }

    // As the API names it: by its slug, where it has one.
    private static string NameOf(EntityEntry entry)
    {
        var name = entry.Metadata.FindProperty(nameof(Source.Slug)) is { } slug && entry.Metadata.ClrType != typeof(Model) ? slug : entry.Metadata.FindPrimaryKey()!.Properties[0];
        return Convert.ToString(entry.Property(name).CurrentValue, CultureInfo.InvariantCulture)!;
    }
}
