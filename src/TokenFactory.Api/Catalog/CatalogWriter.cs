using Microsoft.EntityFrameworkCore;
using Npgsql;
using TokenFactory.Api.Database;

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
    /// <exception cref="CatalogConflictException">A name is taken, or what was to be removed is in use.</exception>
    public async Task<T> WriteAsync<T>(Func<TokenFactoryContext, Task<T>> change, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        T result;
        try
        {
            result = await change(context);
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new CatalogConflictException("name_taken", "The name is taken: look it up, and change that, or choose another.");
        }
        // PostgreSQL 18 tells the refusal of ON DELETE RESTRICT by a code of its own.
        catch (DbUpdateException e) when (e.InnerException is PostgresException
            { SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation })
        {
            throw new CatalogConflictException("in_use", "It is in use: models, items, accounts, rate cards or recorded events refer to it.");
        }

        // The row lock makes changes one after the other; readers notice the number even when they miss the message.
        await context.Database.ExecuteSqlRawAsync(
            $"update catalog_version set version = version + 1; notify {CatalogRefresh.Channel}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await cache.RefreshAsync(cancellationToken);
        return result;
    }
}
