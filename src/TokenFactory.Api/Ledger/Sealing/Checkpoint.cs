using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>
/// A signed root of the tree over all batches: who keeps it elsewhere can show later that nothing up to here was altered. Written as a signed note (C2SP
/// <c>signed-note</c> and <c>tlog-checkpoint</c>): the origin, the number of leaves, the root in base64 and two extension lines, <c>number</c> (checkpoints are counted from 1)
/// and <c>sealed</c> (the instant); an empty line; and a line of an em dash, the key's name and, in base64, four bytes of the key's id and the signature.
/// </summary>
/// <remarks>
/// The signature is ECDSA over P-256 and SHA-256, in DER, over the note up to its empty line (without that line); the id of a key is the first four bytes of the
/// SHA-256 of its SubjectPublicKeyInfo.
/// </remarks>
internal sealed record Checkpoint(string Origin, long TreeSize, byte[] Root, long Number, DateTimeOffset SealedAt)
{
    private const string Counted = "number ";
    private const string Sealed = "sealed ";

    /// <summary>What is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{Origin}\n{TreeSize}\n{Convert.ToBase64String(Root)}\n{Counted}{Number}\n{Sealed}{UtcInstantConverter.Text(SealedAt)}\n");

    /// <summary>The note, signed.</summary>
    public string Sign(SigningKey key)
    {
        var signature = key.Sign(Encoding.UTF8.GetBytes(Text));
        return $"{Text}\n— {Origin} {Convert.ToBase64String([.. key.IdBytes, .. signature])}\n";
    }

    /// <summary>Reads a note, and which of the keys signed it.</summary>
    /// <param name="note">As it was handed out.</param>
    /// <param name="keys">Public keys that are trusted.</param>
    /// <returns>The checkpoint and the id of the key, null where none of them signed it. Null: it is no checkpoint.</returns>
    public static (Checkpoint Checkpoint, string? SignedBy)? Read(string note, IReadOnlyList<ECDsa> keys)
    {
        note = note.Replace("\r\n", "\n", StringComparison.Ordinal);
        var end = note.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
            return null;
        var text = note[..(end + 1)];
        if (text.Split('\n') is not [var origin, var size, var root, var counted, var instant, ""]
            || !counted.StartsWith(Counted, StringComparison.Ordinal) || !instant.StartsWith(Sealed, StringComparison.Ordinal)
            || !long.TryParse(counted[Counted.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves) || TryBase64(root) is not { Length: MerkleTree.HashBytes } hash
            || !UtcInstantConverter.TryParse(instant[Sealed.Length..], out var at))
        {
            return null;
        }

        // A line each, to the last.
        if (note[(end + 2)..].Split('\n') is not [.. var signatures, ""] || signatures.Length == 0 || signatures.Any(line => !line.StartsWith("— ", StringComparison.Ordinal)))
            return null;
        var signer = keys.FirstOrDefault(key => signatures.Any(line => IsOf(key, line, text)));
        return (new Checkpoint(origin, leaves, hash, number, at), signer is null ? null : Convert.ToHexStringLower(SigningKey.IdOf(signer)));
    }

    private static bool IsOf(ECDsa key, string line, string text) =>
        line.Split(' ') is ["—", _, var signature] && TryBase64(signature) is { Length: > 4 } bytes
        && bytes.AsSpan(0, 4).SequenceEqual(SigningKey.IdOf(key))
        && key.VerifyData(Encoding.UTF8.GetBytes(text), bytes.AsSpan(4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private static byte[]? TryBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}

/// <summary>The private key that checkpoints are signed with.</summary>
internal sealed class SigningKey(ECDsa key) : IDisposable
{
    public byte[] IdBytes { get; } = IdOf(key);

    /// <summary>In hexadecimal.</summary>
    public string Id => Convert.ToHexStringLower(IdBytes);

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; } = key.ExportSubjectPublicKeyInfo();

    public static byte[] IdOf(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..sizeof(int)];

    // Its own instance keeps no state, but says nothing of threads.
    public byte[] Sign(byte[] data)
    {
        lock (key)
            return key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public void Dispose() => key.Dispose();

    /// <summary>The key in a file.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    /// <exception cref="CryptographicException">It holds no private key.</exception>
    public static SigningKey Load(string file) => new(Read(File.ReadAllText(file), "private"));

    /// <summary>Makes a key in a file, readable by this user alone, where there is none.</summary>
    /// <returns>Whether it did.</returns>
    /// <exception cref="IOException">The file can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static bool MakeWhereNone(string file)
    {
        var path = Path.GetFullPath(file);
        if (File.Exists(path))
            return false;
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? throw new IOException($"{path} is no file."));
        // Written apart and moved: another instance that starts at this moment reads a whole key, or keeps its own.
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem() + "\n"));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return false;
        }
    }

    /// <summary>A key for this process alone.</summary>
    public static SigningKey Temporary() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key in PEM.</summary>
    /// <exception cref="CryptographicException">It is none, or of another curve than P-256.</exception>
    public static ECDsa Read(string pem, string what)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize != 256)
                throw new CryptographicException($"The {what} key must be of the curve P-256.");
            return key;
        }
        catch (ArgumentException e)
        {
            key.Dispose();
            throw new CryptographicException($"There is no {what} key in PEM: make one by openssl ecparam -name prime256v1 -genkey -noout.", e);
        }
    }
}
