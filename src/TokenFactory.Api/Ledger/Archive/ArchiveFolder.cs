using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace TokenFactory.Api.Ledger;

/// <summary>A folder with a volume. It is whole when its manifest is there: that is written last, once all else is on the disk.</summary>
internal sealed class ArchiveFolder(string path)
{
    private const string Draft = ".part";
    private const UnixFileMode OfUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly List<string> _holders = [];

    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>The folders that new names are in, once it is made: its own, the one that it is in, and so on above each that had to be made.</summary>
    public IReadOnlyList<string> HoldersOfNames => _holders;

    /// <summary>Why nothing can be written here; null: it is new, or empty.</summary>
    public string? Obstacle() => File.Exists(Path) ? $"{Path} is a file: name a folder that is new or empty."
        : !Directory.Exists(Path) || !Directory.EnumerateFileSystemEntries(Path).Any() ? null
        : File.Exists(PathOf(ArchiveManifest.FileName)) ? $"{Path} holds an archive already: name a folder that is new or empty."
        : $"{Path} is not empty, and holds no {ArchiveManifest.FileName}. If it is an archive that was cut off while it was written, it is of no use: remove it. Else name another folder.";

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes it, for this user alone.</summary>
    /// <exception cref="UnauthorizedAccessException">It is there, and another user's.</exception>
    public void Make()
    {
        _holders.Add(Path);
        for (var at = Path; System.IO.Path.GetDirectoryName(at) is { } above; at = above)
        {
            _holders.Add(above);
            if (Directory.Exists(above))
                break;
        }

        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path);
        else if (Directory.Exists(Path))
            File.SetUnixFileMode(Path, OfUser | UnixFileMode.UserExecute);
        else
            Directory.CreateDirectory(Path, OfUser | UnixFileMode.UserExecute);
    }

    /// <summary>Writes rows as the server sends them, compressed, to the disk.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, ArchiveTable table, CancellationToken cancellationToken)
    {
        await using var file = Create(table.FileName);
        await using (var rows = await connection.BeginRawBinaryCopyAsync(table.CopySql, cancellationToken))
        await using (var compressed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
            await rows.CopyToAsync(compressed, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes a file that is to be written, for this user alone.</summary>
    public FileStream Create(string name)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OfUser;
        return new FileStream(PathOf(name), options);
    }

    /// <summary>Writes a file to the disk.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        using var file = Create(name);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes the manifest: the folder is whole from then on.</summary>
    public void Complete(string manifest, byte[] signature)
    {
        Write(ArchiveManifest.SignatureFileName, signature);
        Write(ArchiveManifest.FileName + Draft, Encoding.UTF8.GetBytes(manifest));
        File.Move(PathOf(ArchiveManifest.FileName + Draft), PathOf(ArchiveManifest.FileName));
        _holders.ForEach(FlushNames);
    }

    /// <summary>What a file of rows is, as it is on the disk.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public ArchiveFile FactsOf(ArchiveTable table, CancellationToken cancellationToken)
    {
        using var rows = CopyFile.Open(PathOf(table.FileName));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        for (; rows.Read() is { } row; count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(row.Content);
        }

        return new ArchiveFile
        {
            Name = table.FileName,
            Table = table.Columns.Table,
            Columns = table.Columns.Names,
            Rows = count,
            Bytes = new FileInfo(PathOf(table.FileName)).Length,
            Sha256 = HashOf(table.FileName),
            RowsSha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }

    /// <summary>The SHA-256 of a file as it is, in hexadecimal.</summary>
    public string HashOf(string name)
    {
        using var file = File.OpenRead(PathOf(name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>The rows of a table.</summary>
    public CopyFile Open(LedgerColumns columns) => CopyFile.Open(PathOf(ArchiveTable.FileNameOf(columns)));

    /// <summary>Where the batches stand in the tree.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public ArchivedTree ReadTree(ArchiveManifest manifest)
    {
        var runs = new List<TreeRun>();
        using var file = Open(LedgerColumns.Run);
        while (file.Read() is { } row)
            runs.Add(ArchiveRows.Run(row));
        return ArchivedTree.Open(PathOf(ArchiveTree.FileName), manifest.Tree, runs);
    }

    // A new name is in its folder, which is written by itself.
    private static void FlushNames(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = OpenFolder(folder, 0);
        if (handle < 0)
            throw new IOException($"{folder} can't be written to the disk (error {Marshal.GetLastPInvokeError()}).");
        var result = FlushHandle(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = CloseHandle(handle);
        if (result != 0)
            throw new IOException($"{folder} can't be written to the disk (error {error}).");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFolder([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushHandle(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseHandle(int handle);
}
