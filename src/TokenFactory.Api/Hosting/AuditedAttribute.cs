namespace TokenFactory.Api.Hosting;

/// <summary>
/// Names an administrative act in the audit log. Every operation that changes something and needs the scope <c>admin</c> is logged, with a name
/// or without; others only where they carry one.
/// </summary>
/// <param name="action">What is done: a thing and a participle, such as <c>api_key.created</c>. Stable.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AuditedAttribute(string action) : Attribute
{
    public string Action { get; } = action;

    /// <summary>
    /// The act is logged when it is over: it changes nothing in the catalog, or changes it on connections of its own. It runs to its end even when
    /// whoever asked is gone, so that the log can say what became of it.
    /// </summary>
    public bool WhenOver { get; set; }

    /// <summary>Only where this argument of the operation is <c>true</c>; null: always.</summary>
    public string? OnlyWith { get; set; }

    /// <summary>Only where an administrator does it: from others it is everyday work.</summary>
    public bool OnlyOfAdmins { get; set; }
}
