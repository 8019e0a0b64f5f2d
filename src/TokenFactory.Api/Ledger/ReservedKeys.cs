using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// Identities that the ledger itself owns, so that each correction happens at most once. Senders may not use ids that begin with
/// <see cref="Prefix"/>.
/// </summary>
internal static class ReservedKeys
{
    public const char Prefix = '~';
    private const byte FingerprintVersion = 1;

    private const int NumberLength = 6;

    public static string Reversal(string eventId) => $"{Prefix}reversal/{eventId}";

    /// <summary>
    /// The n-th correction of an event's price or sector, from 1. A reversal takes the next number too (with no entries), so that of two corrections at once
    /// one finds its number taken, and looks again.
    /// </summary>
    public static string Repricing(string eventId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{RepricingPrefix(eventId)}{number:D6}");

    /// <summary>What the keys of an event's repricings begin with; a number of <see cref="NumberLength"/> digits follows, and nothing else.</summary>
    public static string RepricingPrefix(string eventId) => $"{Prefix}repricing/{eventId}/";

    /// <summary>The number in a key that begins with <see cref="RepricingPrefix"/>.</summary>
    public static int NumberOf(string repricingKey) => int.Parse(repricingKey.AsSpan(repricingKey.Length - NumberLength), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>
    /// A part of the n-th settlement, from 1, of what an account used at a rate in a month. The parts are posted together or not at all, and the
    /// number is the fifth piece between slashes: it is read back from there.
    /// </summary>
    public static string Settlement(long accountId, long rateId, DateOnly month, int number, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}settlement/{accountId}/{rateId}/{month:yyyy-MM}/{number:D6}/{part:D4}");

    /// <summary>The fingerprint of what the ledger posts under a key: what it stands for follows from these texts alone.</summary>
    public static byte[] FingerprintOf(params ReadOnlySpan<string> parts) =>
        [FingerprintVersion, .. SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)))];
}
