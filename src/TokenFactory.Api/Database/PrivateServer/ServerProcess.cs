using System.Diagnostics;
using System.Globalization;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>What is known of the process that a data folder's postmaster.pid names.</summary>
internal enum ServerProcessState
{
    /// <summary>There is none.</summary>
    Gone,

    /// <summary>It is the server of this folder.</summary>
    Ours,

    /// <summary>The number has gone to another process, perhaps another PostgreSQL server.</summary>
    Another,

    /// <summary>A PostgreSQL server, but not one that can be told to be this folder's: it is left alone.</summary>
    Unclear,
}

/// <summary>
/// The server process of a data folder. postmaster.pid outlives a server that was killed, and its number may belong to anybody by now: a process is
/// this folder's server only when it works in the folder (Linux), or was started when the file says.
/// </summary>
/// <param name="data">The folder that holds postmaster.pid.</param>
internal sealed class ServerProcess(string data)
{
    private const int StartLine = 2;
    private const int PortLine = 3;
    private const int SocketFolderLine = 4;

    // The system tells a start from its boot time and a count of ticks, and its clock may have been set since.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(60);

    private readonly string _file = Path.Combine(data, "postmaster.pid");

    /// <summary>The server's process id while it runs.</summary>
    public int? Id => Look() is (ServerProcessState.Ours, var id) ? id : null;

    /// <summary>Where the running server listens, as it wrote it down itself.</summary>
    /// <exception cref="IOException">It does not run, or has not come so far yet.</exception>
    public (string SocketFolder, int Port) Endpoint()
    {
        var lines = File.ReadAllLines(_file);
        // The line of the socket's folder is empty at first; on Windows it stays so.
        return lines.Length > SocketFolderLine && (lines[SocketFolderLine].Length > 0 || OperatingSystem.IsWindows()) && int.TryParse(lines[PortLine], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (lines[SocketFolderLine], port)
            : throw new IOException("The server has not written down yet where it listens.");
    }

    /// <summary>
    /// Removes what a dead server left when its number belongs to something that is certainly not this folder's server by now: PostgreSQL would
    /// take that for a running server and refuse to start. Children that a killed server left are still noticed, by the memory that they share.
    /// </summary>
    /// <param name="socketFolder">Where this server alone listens; its lock file there carries the number too.</param>
    public void RemoveStaleFiles(string? socketFolder)
    {
        var state = Look().State;
        if (state == ServerProcessState.Another)
            File.Delete(_file);
        if (socketFolder is not null && state is (ServerProcessState.Another or ServerProcessState.Gone))
            File.Delete(Path.Combine(socketFolder, ".s.PGSQL.5432.lock"));
    }

    public (ServerProcessState State, int Id) Look()
    {
        try
        {
            var lines = File.ReadAllLines(_file);
            if (!int.TryParse(lines.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return (ServerProcessState.Gone, 0);
            using var process = Process.GetProcessById(id);
            return process.HasExited || IsDefunct(id) ? (ServerProcessState.Gone, 0) : (Identify(process, lines), id);
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            return (ServerProcessState.Gone, 0);
        }
    }

    private ServerProcessState Identify(Process process, string[] lines)
    {
        if (!process.ProcessName.StartsWith("postgres", StringComparison.Ordinal))
            return ServerProcessState.Another;
        // A server works in its data folder. The link can be read by the same user, and by a root with all its rights.
        if (OperatingSystem.IsLinux() && WorkingFolder(process.Id) is { } folder)
            return folder == data || folder == DataFolder.WithoutLinks(data) ? ServerProcessState.Ours : ServerProcessState.Another;
        if (lines.Length <= StartLine || !long.TryParse(lines[StartLine], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return ServerProcessState.Unclear;
        var apart = process.StartTime.ToUniversalTime() - DateTime.UnixEpoch.AddSeconds(seconds);
        return apart.Duration() <= StartTolerance ? ServerProcessState.Ours : ServerProcessState.Unclear;
    }

    private static string? WorkingFolder(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/cwd").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A killed server whose parent has not asked for its end yet is still listed.
    private static bool IsDefunct(int id)
    {
        var status = $"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat";
        if (!File.Exists(status))
            return false;
        var text = File.ReadAllText(status);
        return text.AsSpan(text.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
    }
}
