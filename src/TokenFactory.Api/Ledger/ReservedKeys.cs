namespace TokenFactory.Api.Ledger;

/// <summary>
/// Identities that the ledger itself owns, so that each correction happens at most once. Senders may not use ids that begin with
/// <see cref="Prefix"/>.
/// </summary>
internal static class ReservedKeys
{
    public const char Prefix = '~';

    public static string Reversal(string eventId) => $"{Prefix}reversal/{eventId}";
}
