using System.Text.Json;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access.Audit;

/// <summary>One administrative act, or what was tried.</summary>
public sealed record AuditEvent
{
    /// <summary>Grows; rows that are committed at the same time may change places.</summary>
    /// <example>17</example>
    public required long Id { get; init; }

    /// <summary>By the database's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>`key`, `person` (OpenID Connect), `service` (for itself), or `unknown`.</summary>
    /// <example>key</example>
    public required string ActorKind { get; init; }

    /// <summary>The public part of the key, or the person's subject.</summary>
    /// <example>3f9c2a7b10d4e856</example>
    public string? ActorId { get; init; }

    /// <summary>What people call it.</summary>
    /// <example>operations</example>
    public string? ActorName { get; init; }

    /// <summary>A thing and what was done to it.</summary>
    /// <example>rate_card.created</example>
    public required string Action { get; init; }

    /// <summary>What it was done to: the path of the resource without its version.</summary>
    /// <example>rate-cards/7</example>
    public string? Object { get; init; }

    /// <summary>`done`; `unchanged`: there was nothing to do; `refused`: not valid or in conflict; `unknown`: it did not come to its end, and may be done; `failed`; `denied`: without the right to it.</summary>
    /// <example>done</example>
    public required string Outcome { get; init; }

    /// <summary>What was asked for, and what changed: rows of tables, before and after. Never a secret.</summary>
    public required JsonElement Details { get; init; }

    /// <summary>Under which the service has logged the request.</summary>
    public string? TraceId { get; init; }

    /// <summary>Where the request came from: the reverse proxy, where there is one.</summary>
    public string? RemoteAddress { get; init; }

    internal static IReadOnlyList<string> Columns { get; } =
        ["id", "at", "actor_kind", "actor_id", "actor_name", "action", "object", "outcome", "details", "trace_id", "remote_address"];

    internal IReadOnlyList<CsvCell> Cells =>
    [
        CsvCell.Number(Id), UtcInstantConverter.Text(At), ActorKind, ActorId, ActorName, Action, Object, Outcome, Details.GetRawText(), TraceId, RemoteAddress,
    ];
}

/// <summary>A page of the audit log, the newest first.</summary>
public sealed record AuditPage
{
    public required IReadOnlyList<AuditEvent> Items { get; init; }

    /// <summary>Pass it as `cursor` for the next page; null: this is the last.</summary>
    public required string? NextCursor { get; init; }
}
