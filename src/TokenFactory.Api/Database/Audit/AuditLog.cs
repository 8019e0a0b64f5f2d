using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Database.Audit;

/// <summary>Adds rows to the audit log. Nobody changes them afterwards: the service's role can't.</summary>
internal static class AuditLog
{
    /// <summary>The member of the details that holds the rows that changed.</summary>
    public const string Changes = "changes";

    private const int MaxTextLength = 500;
    internal const int MaxDetailsLength = 64 * 1024;

    private const string Insert =
        """
        insert into audit_event (actor_kind, actor_id, actor_name, action, object, outcome, details, trace_id, remote_address)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    /// <summary>Logs the current act as done, in the transaction of the connection. Where there is none, nothing is logged.</summary>
    /// <param name="connection">Inside the transaction that does it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task WriteAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (AdministrativeAct.Current is not { } act)
            return;
        await WriteAsync(connection, act, AuditOutcome.Done, cancellationToken);
        act.IsWritten = true;
    }

    /// <summary>Logs an act with its outcome.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, AdministrativeAct act, AuditOutcome outcome, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        Add(command, NpgsqlDbType.Text, act.Actor.Kind);
        Add(command, NpgsqlDbType.Text, TextOf(act.Actor.Id));
        Add(command, NpgsqlDbType.Text, TextOf(act.Actor.Name));
        Add(command, NpgsqlDbType.Text, act.Action);
        Add(command, NpgsqlDbType.Text, TextOf(act.Object));
        Add(command, NpgsqlDbType.Text, WireJson.NameOf(outcome));
        Add(command, NpgsqlDbType.Jsonb, JsonOf(act.Details));
        Add(command, NpgsqlDbType.Text, act.TraceId);
        Add(command, NpgsqlDbType.Inet, act.RemoteAddress);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // jsonb holds no NUL, which a request that was refused for it may name.
    internal static string JsonOf(JsonObject details)
    {
        var text = details.ToJsonString(WireJson.Options);
        var length = text.Length;
        if (length > MaxDetailsLength)
            text = Shortened(details, length, withRequest: true).ToJsonString(WireJson.Options);
        if (text.Length > MaxDetailsLength)
            text = Shortened(details, length, withRequest: false).ToJsonString(WireJson.Options);
        return text.Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);
    }

    // Which rows changed is told in any case: their values go first, and then what was asked for.
    private static JsonObject Shortened(JsonObject details, int length, bool withRequest)
    {
        var kept = new JsonObject { ["left_out_characters"] = length };
        foreach (var (name, value) in details)
        {
            if (value is JsonArray changes && name == Changes)
                kept[name] = new JsonArray([.. changes.Select(c => new JsonObject(c!.AsObject().Where(m => m.Key is not ("before" or "after")).Select(Copy)))]);
            else if (withRequest || name == AdministrativeAct.FileHash)
                kept[name] = value?.DeepClone();
        }

        return kept;
    }

    private static KeyValuePair<string, JsonNode?> Copy(KeyValuePair<string, JsonNode?> member) => new(member.Key, member.Value?.DeepClone());

    private static string? TextOf(string? text)
    {
        if (text is null)
            return null;
        if (text.Length > MaxTextLength)
            text = text[..(char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength)];
        return text.Replace('\0', '\ufffd');
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });

    /// <summary>A value of a column as it is written into the details.</summary>
    public static JsonNode? NodeOf(object? value) => value switch
    {
        null => null,
        // Flags that are set together have no name of their own.
        Enum flags => string.Join(' ', flags.ToString().Split(", ").Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
        _ => JsonSerializer.SerializeToNode(value, value.GetType(), WireJson.Options),
    };
}
