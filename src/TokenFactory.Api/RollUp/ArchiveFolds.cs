using Npgsql;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.RollUp;

/// <summary>What stands in the way of archiving a month: entries that figures and the reconciliation have not taken in yet.</summary>
internal static class ArchiveFolds
{
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
}
