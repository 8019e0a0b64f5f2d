using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace TokenFactory.Api.Access.Audit;

/// <summary>Which rows of the audit log are asked for; null: all.</summary>
/// <param name="Actor">The id or the name of who acted.</param>
/// <param name="Object">The thing, with everything below it.</param>
/// <param name="Since">At or after.</param>
/// <param name="Until">Before.</param>
internal sealed record AuditQuery(string? Actor, string? Action, string? Object, string? Outcome, DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>Reads the audit log.</summary>
internal sealed class AuditReader(NpgsqlDataSource dataSource)
{
    /// <summary>Rows before a number, the newest first.</summary>
    public async Task<List<AuditEvent>> ReadAsync(AuditQuery query, long before, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select id, at, actor_kind, actor_id, actor_name, action, object, outcome, details::text, trace_id, host(remote_address)
            from audit_event
            where id < $1
              and ($2::text is null or actor_id = $2 or actor_name = $2)
              and ($3::text is null or action = $3)
              and ($4::text is null or object = $4 or starts_with(object, $4 || '/'))
              and ($5::text is null or outcome = $5)
              and ($6::timestamptz is null or at >= $6)
              and ($7::timestamptz is null or at < $7)
            order by id desc
            limit $8
            """);
        Add(command, NpgsqlDbType.Bigint, before);
        Add(command, NpgsqlDbType.Text, query.Actor);
        Add(command, NpgsqlDbType.Text, query.Action);
        Add(command, NpgsqlDbType.Text, query.Object);
        Add(command, NpgsqlDbType.Text, query.Outcome);
        Add(command, NpgsqlDbType.TimestampTz, query.Since);
        Add(command, NpgsqlDbType.TimestampTz, query.Until);
        Add(command, NpgsqlDbType.Integer, limit);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<AuditEvent>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new AuditEvent
            {
                Id = row.GetInt64(0),
                At = row.GetFieldValue<DateTimeOffset>(1),
                ActorKind = row.GetString(2),
                ActorId = TextOf(row, 3),
                ActorName = TextOf(row, 4),
                Action = row.GetString(5),
                Object = TextOf(row, 6),
                Outcome = row.GetString(7),
                Details = JsonElement.Parse(row.GetString(8)),
                TraceId = TextOf(row, 9),
                RemoteAddress = TextOf(row, 10),
            });
        }

        return found;
    }

    private static string? TextOf(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
