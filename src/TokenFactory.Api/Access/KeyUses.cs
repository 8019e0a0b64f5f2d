using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace TokenFactory.Api.Access;

/// <summary>When each key was used last, noted in memory and written now and then: never in the way of a request, and lost with a crash.</summary>
internal sealed class KeyUses(NpgsqlDataSource dataSource)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    public void Note(string id, DateTimeOffset at) => _noted[id] = at;

    /// <summary>Writes down what was noted since the last time. A row that somebody else is changing is left for the next time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = _noted.ToArray();
        if (uses.Length == 0)
            return;
        foreach (var use in uses)
            _noted.TryRemove(use);
        await using var command = dataSource.CreateCommand(
            """
            update api_keys k set last_used_at = u.used_at
            from (
                select a.id, n.used_at
                from unnest($1, $2) n (id, used_at)
                join api_keys a on a.id = n.id and (a.last_used_at is null or a.last_used_at < n.used_at)
                order by a.id
                for no key update of a skip locked
            ) u
            where k.id = u.id
            """);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = uses.Select(u => u.Key).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Value = uses.Select(u => u.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
