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
    private const int LogLinesTold = 6;
    private static readonly TimeSpan StartRetryInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(5);

    private readonly ServerUser _user;
    private readonly ServerProcess _process;

    private Cluster(string folder, PostgresBinaries binaries, ServerUser user)
    {
        Folder = folder;
        Binaries = binaries;
        _user = user;
        _process = new ServerProcess(Data);
    }

    public string Folder { get; }

    public PostgresBinaries Binaries { get; }

    public string LogFolder => Path.Combine(Folder, "log");

    public string OwnerLockFile => Path.Combine(Folder, DataFolder.OwnerLock);

    /// <summary>The superuser's password; only this user (or root) can read it.</summary>
    public string Password => File.ReadAllText(PasswordFile);

    /// <summary>Whether this folder's server runs.</summary>
    public bool IsRunning => _process.Id is not null;

    private string Data => Path.Combine(Folder, "data");

    private string PasswordFile => Path.Combine(Folder, "password");

    // In the folder for temporary files, under a name that every process of this data folder arrives at.
    private string SocketFolderOutside => Path.Combine(OperatingSystem.IsLinux() ? "/tmp" : Path.GetTempPath(),
        $"token-factory-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folder)))[..16]}");

    /// <summary>Finds the programs for what is in the folder: those of the same major version where there is a cluster already.</summary>
    /// <param name="folder">From <see cref="DataFolder.Find"/>.</param>
    /// <param name="options">Where the programs are.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<Cluster> OpenAsync(string folder, PrivateServerOptions options, CancellationToken cancellationToken)
    {
        var data = Path.Combine(folder, "data");
        var user = await ServerUser.FindAsync(data, cancellationToken);
        var binaries = await PostgresBinaries.FindAsync(options.PostgresBinaries, VersionOf(data), user, cancellationToken);
        DataFolder.Make(folder, user);
        return new Cluster(folder, binaries, user);
    }

    /// <summary>Where a client connects to the running server: its socket's folder, or loopback on Windows.</summary>
    public (string Host, int Port) Endpoint()
    {
        var (socketFolder, port) = _process.Endpoint();
        return (OperatingSystem.IsWindows() ? IPAddress.Loopback.ToString() : socketFolder, port);
    }

    /// <summary>Makes the cluster where there is none. A cluster that was cut off half-made is made anew.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        await _user.MakeFolderAsync(LogFolder, cancellationToken);
        if (Directory.Exists(Data))
        {
            if (!File.Exists(PasswordFile))
                throw new PrivateServerException($"{Folder} holds a cluster, but not its password: bring the file {PasswordFile} back, or choose another TokenFactory__DataFolder.");
            await _user.MakeFolderAsync(Data, cancellationToken);
            return;
        }

        foreach (var unfinished in Directory.GetDirectories(Folder, "making*"))
            Directory.Delete(unfinished, recursive: true);
        // Under a name of its own: what an initdb that lost its service still writes goes elsewhere.
        var work = Path.Combine(Folder, $"making-{Guid.NewGuid():N}");
        await _user.MakeFolderAsync(work, cancellationToken);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        WritePrivate(PasswordFile, password);
        var passwordForInit = Path.Combine(work, "password");
        WritePrivate(passwordForInit, password);
        await _user.OwnAsync(passwordForInit, cancellationToken);
        var draft = Path.Combine(work, "data");
        await _user.RunAsync(Binaries.Program("initdb"), ["--pgdata", draft, "--username", "postgres", "--pwfile", passwordForInit,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions"], CommandLimit, cancellationToken);
        await File.AppendAllTextAsync(Path.Combine(draft, "postgresql.conf"), Settings, cancellationToken);
        // The last step: a data folder is whole, or not there.
        Directory.Move(draft, Data);
        Directory.Delete(work, recursive: true);
    }

    /// <summary>Starts the server unless it runs. It may still be recovering afterwards.</summary>
    /// <returns>False: it was running.</returns>
    public async Task<bool> StartAsync(int timeoutSeconds, CancellationToken cancellationToken)
    {
        if (IsRunning)
            return false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var socketFolder = OperatingSystem.IsWindows() ? null : await MakeSocketFolderAsync(cancellationToken);
                _process.RemoveStaleFiles(socketFolder);
                string[] start = ["start", "--pgdata", Data, "--wait", "--timeout", timeoutSeconds.ToString(CultureInfo.InvariantCulture),
                    "--log", Path.Combine(LogFolder, "start.log"), "--options", ServerOptions(socketFolder)];
                await _user.RunAsync(Binaries.Program("pg_ctl"), start, TimeSpan.FromSeconds(timeoutSeconds + 10), cancellationToken);
                return true;
            }
            catch (PrivateServerException) when (IsRunning)
            {
                // It is not done yet: a long recovery goes on.
                return true;
            }
            catch (PrivateServerException) when (attempt < StartAttempts)
            {
                // The children of a server that was killed live on for a moment, and hold its memory.
                await Task.Delay(StartRetryInterval, cancellationToken);
            }
            catch (PrivateServerException e)
            {
                throw new PrivateServerException($"The PostgreSQL server in {Folder} does not start: {e.Message}\n{LastWords()}", e);
            }
        }
    }

    /// <summary>Stops the server: sessions are ended, everything is flushed.</summary>
    /// <returns>False: it has not come to its end in that time, but it will.</returns>
    public async Task<bool> StopAsync(int timeoutSeconds, CancellationToken cancellationToken)
    {
        if (IsRunning)
        {
            string[] stop = ["stop", "--pgdata", Data, "--mode", "fast", "--wait", "--timeout", timeoutSeconds.ToString(CultureInfo.InvariantCulture)];
            await _user.RunAsync(Binaries.Program("pg_ctl"), stop, TimeSpan.FromSeconds(timeoutSeconds + 10), cancellationToken, mayFail: true);
        }

        if (IsRunning)
            return false;
        // Whoever starts it next makes it again. Something in it is not the server's, and stays.
        if (Directory.Exists(SocketFolderOutside) && !Directory.EnumerateFileSystemEntries(SocketFolderOutside).Any())
            Directory.Delete(SocketFolderOutside);
        return true;
    }

    /// <summary>What the server wrote last, for an error message.</summary>
    public string LastWords()
    {
        try
        {
            var logs = new DirectoryInfo(LogFolder).GetFiles("*.log").OrderBy(f => f.LastWriteTimeUtc).ToList();
            var lines = logs.SelectMany(f => File.ReadLines(f.FullName).TakeLast(LogLinesTold)).TakeLast(LogLinesTold);
            return $"The end of its log in {LogFolder}:\n{string.Join('\n', lines)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Its log in {LogFolder} can't be read.";
        }
    }

    private static int? VersionOf(string data)
    {
        if (!Directory.Exists(data))
            return null;
        var file = Path.Combine(data, "PG_VERSION");
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file).Trim().Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw new PrivateServerException($"{data} is not a whole PostgreSQL cluster: {file} does not tell its version. "
                + "Bring the folder back from a copy, or choose another TokenFactory__DataFolder.");
        }

        return version is >= PostgresBinaries.OldestVersion and <= PostgresBinaries.NewestVersion ? version : throw new PrivateServerException(
            $"The cluster in {data} belongs to PostgreSQL {version}; this service runs {PostgresBinaries.OldestVersion} to {PostgresBinaries.NewestVersion}. "
            + "Bring its data to one of these by pg_upgrade or pg_dumpall, or choose another TokenFactory__DataFolder.");
    }

    private static string ServerOptions(string? socketFolder)
    {
        // Relative to the data, so that the whole folder may be moved.
        List<string> settings = ["-c", "log_directory=../log"];
        if (socketFolder is null)
            settings.AddRange(["-c", $"listen_addresses={IPAddress.Loopback}", "-p", FreePort().ToString(CultureInfo.InvariantCulture)]);
        else
            settings.AddRange(["-c", "listen_addresses=", "-p", "5432", "-c", $"unix_socket_directories={socketFolder}", "-c", "unix_socket_permissions=0777"]);
        return string.Join(' ', settings.Select(a => $"\"{a}\""));
    }

    // In the data folder where that fits.
    private async Task<string> MakeSocketFolderAsync(CancellationToken cancellationToken)
    {
        var inside = Path.Combine(Folder, "socket");
        // A comma or a colon would part the name for the server or the client.
        if (Encoding.UTF8.GetByteCount(inside) <= MaxSocketFolderBytes && inside.All(c => char.IsLetterOrDigit(c) || "/._- ".Contains(c, StringComparison.Ordinal)))
        {
            await _user.MakeFolderAsync(inside, cancellationToken);
            return inside;
        }

        var outside = SocketFolderOutside;
        // Everybody may make folders there: one that is there already must be the server's user's.
        if (Directory.Exists(outside) && !await _user.IsOwnFolderAsync(outside, cancellationToken))
            throw new PrivateServerException($"{outside} is another user's, and the server of {Folder} needs it for its socket. Choose a shorter TokenFactory__DataFolder, or remove that.");
        await _user.MakeFolderAsync(outside, cancellationToken);
        return outside;
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
    private const string Settings =
        """

        # Token Factory's private server
        timezone = 'UTC'
        log_timezone = 'UTC'
        max_connections = 200
        shared_buffers = '256MB'
        max_wal_size = '2GB'
        min_wal_size = '256MB'
        wal_compression = on
        checkpoint_completion_target = 0.9
        logging_collector = on
        log_filename = 'postgresql-%a.log'
        log_truncate_on_rotation = on
        log_rotation_age = '1d'
        log_rotation_size = 0

        """;
}
