namespace TokenFactory.Api.Access;

/// <summary>Scopes as they are written on the wire.</summary>
internal static class ScopeNames
{
    public const string Ingest = "ingest";
    public const string Read = "read";
    public const string Admin = "admin";

    public static IEnumerable<string> Of(Scopes scopes)
    {
        if (scopes.HasFlag(Scopes.Ingest))
            yield return Ingest;
        if (scopes.HasFlag(Scopes.Read))
            yield return Read;
        if (scopes.HasFlag(Scopes.Admin))
            yield return Admin;
    }

    /// <summary>What the scopes allow: admin implies the others.</summary>
    public static IEnumerable<string> Implied(Scopes scopes) => scopes.HasFlag(Scopes.Admin) ? [Ingest, Read, Admin] : Of(scopes);

    public static Scopes? Parse(string name) => name switch
    {
        Ingest => Scopes.Ingest,
        Read => Scopes.Read,
        Admin => Scopes.Admin,
        _ => null,
    };
}
