using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>A database cluster in a folder, and the programs that run it.</summary>
internal sealed class Cluster
{
    // A socket's path must fit 107 bytes with its file name.
    private const int MaxSocketFolderBytes = 85;
    private const int StartAttempts = 10;
    private static readonly TimeSpan StartRetryInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(5);

    private readonly ServerUser _user;

    private Cluster(string folder, PostgresBinaries binaries, ServerUser user, string socketFolder)
    {
        Folder = folder;
        Binaries = binaries;
        _user = user;
        SocketFolder = socketFolder;
    }

    public string Folder { get; }

    public PostgresBinaries Binaries { get; }

    public string LogFolder => Path.Combine(Folder, "log");

    public string OwnerLockFile => Path.Combine(Folder, "owner.lock");

    /// <summary>Where a client connects: the socket's folder, or loopback on Windows.</summary>
    public string Host => OperatingSystem.IsWindows() ? IPAddress.Loopback.ToString() : SocketFolder;

    /// <summary>On Windows a free port that was chosen when the cluster was started; else only a part of the socket's name.</summary>
    public int Port => OperatingSystem.IsWindows() ? int.Parse(File.ReadAllText(PortFile), CultureInfo.InvariantCulture) : 5432;

    /// <summary>The superuser's password; only this user (or root) can read it.</summary>
    public string Password => File.ReadAllText(PasswordFile);

    private string SocketFolder { get; }

    private string Data => Path.Combine(Folder, "data");

    private string PasswordFile => Path.Combine(Folder, "password");

    private string PortFile => Path.Combine(Folder, "port");

    /// <summary>Finds the programs for what is in the folder: those of the same major version where there is a cluster already.</summary>
    public static async Task<Cluster> OpenAsync(string folder, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        var user = ServerUser.Find();
        // The folder itself stays this user's: the password is in it. The server's user needs to pass through it only.
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | (user.IsAnother ? UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : 0));
        var versionFile = Path.Combine(folder, "data", "PG_VERSION");
        int? wanted = File.Exists(versionFile) ? int.Parse(await File.ReadAllTextAsync(versionFile, cancellationToken), CultureInfo.InvariantCulture) : null;
        var binaries = await PostgresBinaries.FindAsync(options.PostgresBinaries, wanted, CacheFolder(), cancellationToken);
        return new Cluster(folder, binaries, user, SocketFolderOf(folder));
    }

    /// <summary>Makes the cluster where there is none. A cluster that was cut off half-made is made anew.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        await _user.MakeFolderAsync(LogFolder, cancellationToken);
        if (!OperatingSystem.IsWindows())
            await _user.MakeFolderAsync(SocketFolder, cancellationToken);
        if (Directory.Exists(Data))
            return;
        var work = Path.Combine(Folder, "making");
        if (Directory.Exists(work))
            Directory.Delete(work, recursive: true);
        await _user.MakeFolderAsync(work, cancellationToken);

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        WritePrivate(PasswordFile, password);
        var passwordForInit = Path.Combine(work, "password");
        WritePrivate(passwordForInit, password);
        if (_user.IsAnother)
            await Command.RunAsync("chown", [_user.Name!, passwordForInit], CommandLimit, cancellationToken);
        var draft = Path.Combine(work, "data");
        await _user.RunAsync(Binaries.Program("initdb"), ["--pgdata", draft, "--username", "postgres", "--pwfile", passwordForInit,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions"], CommandLimit, cancellationToken);
        await File.AppendAllTextAsync(Path.Combine(draft, "postgresql.conf"), Settings(), cancellationToken);
        File.Delete(passwordForInit);
        // The last step: a data folder is whole, or not there.
        Directory.Move(draft, Data);
        Directory.Delete(work, recursive: true);
    }

    /// <summary>Starts the server unless it runs.</summary>
    /// <returns>False: it was running.</returns>
    public async Task<bool> StartAsync(int timeoutSeconds, CancellationToken cancellationToken)
    {
        if (IsRunning())
            return false;
        var server = new List<string>();
        if (OperatingSystem.IsWindows())
        {
            await File.WriteAllTextAsync(PortFile, FreePort().ToString(CultureInfo.InvariantCulture), cancellationToken);
            server.AddRange(["-c", $"listen_addresses={IPAddress.Loopback}", "-p", Port.ToString(CultureInfo.InvariantCulture)]);
        }
        else
        {
            server.AddRange(["-c", "listen_addresses=", "-c", $"unix_socket_directories={SocketFolder}", "-c", "unix_socket_permissions=0777"]);
        }

        string[] start = ["start", "--pgdata", Data, "--wait", "--timeout", timeoutSeconds.ToString(CultureInfo.InvariantCulture),
            "--log", Path.Combine(LogFolder, "start.log"), "--options", string.Join(' ', server.Select(a => $"\"{a}\""))];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _user.RunAsync(Binaries.Program("pg_ctl"), start, TimeSpan.FromSeconds(timeoutSeconds + 10), cancellationToken);
                return true;
            }
            catch (PrivateServerException) when (attempt < StartAttempts)
            {
                // The children of a server that was killed live on for a moment, and hold its memory.
                await Task.Delay(StartRetryInterval, cancellationToken);
            }
        }
    }

    /// <summary>Stops the server: sessions are ended, everything is flushed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (IsRunning())
            await _user.RunAsync(Binaries.Program("pg_ctl"), ["stop", "--pgdata", Data, "--mode", "fast", "--wait"], CommandLimit, cancellationToken, mayFail: true);
    }

    /// <summary>Whether the process that wrote postmaster.pid is alive and is a server: a number alone may belong to anybody by now.</summary>
    public bool IsRunning() => ProcessId() is not null;

    /// <summary>The server's process id while it runs.</summary>
    public int? ProcessId()
    {
        try
        {
            var text = File.ReadLines(Path.Combine(Data, "postmaster.pid")).FirstOrDefault();
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return null;
            using var process = Process.GetProcessById(id);
            return !process.HasExited && process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) && !IsDefunct(id) ? id : null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A killed server whose parent has not asked for its end yet is still listed.
    private static bool IsDefunct(int id)
    {
        var status = $"/proc/{id}/stat";
        if (!File.Exists(status))
            return false;
        var text = File.ReadAllText(status);
        return text.AsSpan(text.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
    }

    private static string CacheFolder() => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess
        ? "/var/cache/token-factory"
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? (OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")), "token-factory");

    private static string SocketFolderOf(string folder)
    {
        var inside = Path.Combine(folder, "socket");
        if (Encoding.UTF8.GetByteCount(inside) <= MaxSocketFolderBytes)
            return inside;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];
        return Path.Combine(Path.GetTempPath(), $"token-factory-{hash}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, options);
        file.Write(text);
    }

    // Durability stays as PostgreSQL has it: fsync and synchronous_commit on.
    private string Settings() =>
        $"""

        # Token Factory's private server
        timezone = 'UTC'
        log_timezone = 'UTC'
        max_connections = 100
        shared_buffers = '256MB'
        max_wal_size = '2GB'
        min_wal_size = '256MB'
        wal_compression = on
        checkpoint_completion_target = 0.9
        logging_collector = on
        log_directory = '{LogFolder.Replace("'", "''", StringComparison.Ordinal)}'
        log_filename = 'postgresql-%a.log'
        log_truncate_on_rotation = on
        log_rotation_age = '1d'
        log_rotation_size = 0

        """;
}
