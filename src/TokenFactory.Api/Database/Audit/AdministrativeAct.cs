using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace TokenFactory.Api.Database.Audit;

/// <summary>Who acts.</summary>
/// <param name="Kind"><c>key</c>, <c>person</c>, <c>service</c>, or <c>unknown</c>.</param>
/// <param name="Id">The public part of a key, or a person's subject; null: nobody knows.</param>
/// <param name="Name">What people call it.</param>
internal sealed record AuditActor(string Kind, string? Id, string? Name)
{
    /// <summary>The service, for itself.</summary>
    public static readonly AuditActor Service = new("service", null, null);

    public static readonly AuditActor Unknown = new("unknown", null, null);
}

/// <summary>What became of an act.</summary>
internal enum AuditOutcome
{
    /// <summary>It is done. Committed together with its row, unless it is one that is logged when it is over.</summary>
    Done,

    /// <summary>There was nothing to do.</summary>
    Unchanged,

    /// <summary>It was not allowed, not valid, or in conflict with what is recorded.</summary>
    Refused,

    /// <summary>One that is logged when it is over did not come to its end, or nobody waited for it: it may be done, in whole or in part.</summary>
    Unknown,

    /// <summary>The service failed. What it had changed is undone, or has a row of its own.</summary>
    Failed,

    /// <summary>Whoever tried had no key, or one that does not allow it. Counted, see <c>attempts</c> of the details.</summary>
    Denied,
}

/// <summary>
/// An administrative act under way: what a request of an administrator, or the service for itself, does. While it is the current one, whatever is
/// committed through an entity context is logged in the same transaction; who commits by other ways calls <see cref="AuditLog"/> first.
/// </summary>
internal sealed class AdministrativeAct(AuditActor actor, string action, string? @object)
{
    /// <summary>The member of the details that holds the SHA-256 of a file that was sent, decompressed, in hexadecimal digits.</summary>
    public const string FileHash = "body_sha256";

    private static readonly AsyncLocal<AdministrativeAct?> Ambient = new();

    /// <summary>The act that the running code is part of; null: none, and nothing is logged.</summary>
    public static AdministrativeAct? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public AuditActor Actor { get; } = actor;

    public string Action { get; } = action;

    /// <summary>What it is done to, as the path of the resource without its version.</summary>
    public string? Object { get; private set; } = @object;

    /// <summary>What was asked for. Never a secret: those are made here, and no request holds one.</summary>
    public JsonObject Details { get; init; } = [];

    public string? TraceId { get; init; }

    public System.Net.IPAddress? RemoteAddress { get; init; }

    /// <summary>Whether a row of it is written; committed where its transaction is.</summary>
    public bool IsWritten { get; set; }

    /// <summary>There was nothing to do. Said by an act that is logged when it is over: of others it shows.</summary>
    public bool IsUnchanged { get; set; }

    /// <summary>Entities that were saved and not yet logged, as they were before.</summary>
    internal List<ChangedEntity> Changes { get; } = [];

    /// <summary>An entity that the act has added and not yet committed; null: it is none.</summary>
    public EntityEntry? Added(object? entity) => Changes.Find(c => c.Change == "added" && ReferenceEquals(c.Entry.Entity, entity))?.Entry;

    /// <summary>Notes which file was sent: the log holds its hash, and it can be told from another.</summary>
    public void Sent(ReadOnlySpan<byte> file) => Details[FileHash] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file));

    /// <summary>Names the thing that was made: its id is known only now.</summary>
    public void Made(string id)
    {
        if (!IsWritten)
            Object = $"{Object}/{id}";
    }
}

/// <summary>An entity as it was before it was saved.</summary>
/// <param name="Entry">The entity.</param>
/// <param name="Change"><c>added</c>, <c>changed</c> or <c>removed</c>.</param>
/// <param name="Before">The values that change, or were removed, by column; nothing of one that is added.</param>
internal sealed record ChangedEntity(EntityEntry Entry, string Change, IReadOnlyDictionary<string, object?> Before);
