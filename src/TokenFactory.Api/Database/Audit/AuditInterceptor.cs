using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace TokenFactory.Api.Database.Audit;

/// <summary>
/// Logs every transaction that the current act commits through an entity context, in that transaction: what can't be logged is not done. Whoever
/// writes the catalog or the keys need not know of it, and can't forget it.
/// </summary>
internal sealed class AuditInterceptor : DbTransactionInterceptor, ISaveChangesInterceptor
{
    // An import of a catalogue adds thousands: their number tells enough, and the request says which file it was.
    private const int MaxChanges = 50;

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (AdministrativeAct.Current is not { } act || eventData.Context is not { } context)
            return ValueTask.FromResult(result);
        // A single statement would be sent without a transaction, and nothing could be added to it.
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        act.Changes.AddRange(context.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).Select(BeforeOf));
        return ValueTask.FromResult(result);
    }

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (AdministrativeAct.Current is { } act)
        {
            if (act.Changes.Count > 0)
                act.Details[AuditLog.Changes] = Describe(act.Changes);
            act.Changes.Clear();
            await AuditLog.WriteAsync((NpgsqlConnection)transaction.Connection!, cancellationToken);
        }

        return result;
    }

    // Nothing here is saved so; if it were, its row could be missed.
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) => AdministrativeAct.Current is null ? result : throw NotSo();

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) =>
        AdministrativeAct.Current is null ? result : throw NotSo();

    private static NotSupportedException NotSo() => new("An administrative act is saved and committed asynchronously.");

    private static ChangedEntity BeforeOf(EntityEntry entry) => entry.State switch
    {
        EntityState.Added => new ChangedEntity(entry, "added", new Dictionary<string, object?>()),
        EntityState.Deleted => new ChangedEntity(entry, "removed", entry.Properties.Where(IsTold).ToDictionary(p => p.Metadata.GetColumnName(), p => p.OriginalValue)),
        _ => new ChangedEntity(entry, "changed", entry.Properties.Where(p => p.IsModified && IsTold(p)).ToDictionary(p => p.Metadata.GetColumnName(), p => p.OriginalValue)),
    };

    // The only bytes in these tables are hashes of keys.
    private static bool IsTold(PropertyEntry property) => property.Metadata.ClrType != typeof(byte[]);

    private static JsonArray Describe(List<ChangedEntity> changes)
    {
        var told = new JsonArray([.. changes.Take(MaxChanges).Select(Describe)]);
        if (changes.Count > MaxChanges)
            told.Add(new JsonObject { ["more_changes"] = changes.Count - MaxChanges });
        return told;
    }

    private static JsonObject Describe(ChangedEntity change)
    {
        var told = new JsonObject
        {
            ["table"] = change.Entry.Metadata.GetTableName(),
            ["change"] = change.Change,
            ["key"] = AuditLog.NodeOf(string.Join('/', change.Entry.Metadata.FindPrimaryKey()!.Properties
                .Select(p => Convert.ToString(change.Entry.Property(p).CurrentValue, System.Globalization.CultureInfo.InvariantCulture)))),
        };
        if (change.Before.Count > 0)
            told["before"] = new JsonObject(change.Before.Select(v => KeyValuePair.Create(v.Key, AuditLog.NodeOf(v.Value))));
        if (change.Change == "added")
        {
            told["after"] = new JsonObject(change.Entry.Properties.Where(p => IsTold(p) && !p.Metadata.IsPrimaryKey() && p.CurrentValue is not null)
                .Select(p => KeyValuePair.Create(p.Metadata.GetColumnName(), AuditLog.NodeOf(p.CurrentValue))));
        }
        else if (change.Change == "changed")
        {
            told["after"] = new JsonObject(change.Before.Keys.Select(column => KeyValuePair.Create(column,
                AuditLog.NodeOf(change.Entry.Properties.Single(p => p.Metadata.GetColumnName() == column).CurrentValue))));
        }

        return told;
    }
}
