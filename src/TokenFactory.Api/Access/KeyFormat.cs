using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TokenFactory.Api.Access;

/// <summary>
/// <c>tf_id_secretchecksum</c>: an id of 16 hexadecimal digits by which the key is looked up, 256 random bits in base64url, and 6
/// hexadecimal digits over both, so that a key which was cut or mistyped is told apart without asking the database.
/// </summary>
internal static class KeyFormat
{
    public const string Prefix = "tf_";
    private const int IdBytes = 8;
    private const int SecretBytes = 32;
    private const int ChecksumLength = 6;

    /// <summary>A new key: shown once, never stored.</summary>
    public static (string Id, string Key) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var body = $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        return (id, body + Checksum(body));
    }

    /// <summary>The id inside a well-formed key; null for any other text.</summary>
    public static string? IdOf(string key)
    {
        const int idLength = IdBytes * 2;
        var secretLength = Base64Url.GetEncodedLength(SecretBytes);
        if (key.Length != Prefix.Length + idLength + 1 + secretLength + ChecksumLength || !key.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        return Checksum(key[..^ChecksumLength]) == key[^ChecksumLength..] ? key.Substring(Prefix.Length, idLength) : null;
    }

    /// <summary>What is stored instead of the key. The secret has 256 random bits, so that a plain hash is enough.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string Checksum(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..ChecksumLength];
}
