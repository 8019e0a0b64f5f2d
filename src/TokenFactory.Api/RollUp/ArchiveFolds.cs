using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.RollUp;

/// <summary>What stands in the way of archiving a month: entries that figures, the reconciliation or a release have not taken in yet.</summary>
internal static class ArchiveFolds
{
    /// <summary>Lanes that are not folded and audited to their end.</summary>
    public static async Task<string?> FindAsync(NpgsqlConnection connection, ArchiveMonth month, IReadOnlyList<ArchiveMark> marks, CancellationToken cancellationToken)
    {
        var behind = await ArchiveObstacles.CountAsync(connection,
            """
            left join rollup_cursor c on c.source_id = l.source_id and c.lane = l.lane
            left join audit_cursor a on a.source_id = l.source_id and a.lane = l.lane
            where coalesce(c.folded_seq, 0) < l.seq or coalesce(c.coarse_seq, 0) < l.seq or coalesce(a.audited_seq, 0) < l.seq
            """, marks, cancellationToken);
        return behind == 0 ? null : $"{behind} lanes of {month.Text} are not folded and audited to their end: let an instance with TokenFactory__RollUp__Enabled run until they are.";
    }

    /// <summary>Where months are released to the public: that one that entries of the volume occurred in is not yet, and could be.</summary>
    public static async Task<string?> FindUnreleasedAsync(NpgsqlConnection connection, ArchiveMonth month, short volume, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql.Read("RollUp/archive_unreleased.sql"), connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = month.First });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = volume });
        return await command.ExecuteScalarAsync(cancellationToken) is string unreleased
            ? $"{unreleased} is not released to the public, and could not be any more without these entries: let an instance with TokenFactory__Suppression run until it is. If it never shall be, say --unreleased."
            : null;
    }
}
