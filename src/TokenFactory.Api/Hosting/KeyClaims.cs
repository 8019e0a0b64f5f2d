namespace TokenFactory.Api.Hosting;

/// <summary>What a key says of whoever presents it.</summary>
internal static class KeyClaims
{
    public const string Scope = "scope";

    /// <summary>A source that the key may write for, or <see cref="EverySource"/>.</summary>
    public const string Source = "source";
    public const string EverySource = "*";

    /// <summary>A producer whose usage the key may write, by its id; none: every producer's.</summary>
    public const string Producer = "producer";
}
