using System.Globalization;

namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>
/// The user that the server's programs run as. PostgreSQL refuses to run as root: root's commands go through <c>setpriv</c>, <c>runuser</c>
/// or <c>su</c> to the user that the cluster belongs to.
/// </summary>
internal sealed class ServerUser
{
    private readonly Func<string, IEnumerable<string>, (string, IEnumerable<string>)> _wrap;

    private ServerUser(string? name, Func<string, IEnumerable<string>, (string, IEnumerable<string>)> wrap)
    {
        Name = name;
        _wrap = wrap;
    }

    /// <summary>The user's name; null: the one that this process runs as.</summary>
    public string? Name { get; }

    public bool IsAnother => Name is not null;

    /// <summary>
    /// The user that a cluster's files belong to, so that one that was made under another user (by that user, or before there was a user postgres)
    /// is found again; for a new cluster postgres, or nobody.
    /// </summary>
    public static async Task<ServerUser> FindAsync(string data, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new ServerUser(null, (program, arguments) => (program, arguments));
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(f => f.Length > 3).ToList();
        var owner = Directory.Exists(data) ? await OwnerOfAsync(data, cancellationToken) : null;
        // Files of root's are a copy that root has brought back: they are given away.
        var user = (owner is null or "0" ? null : users.Find(u => u[2] == owner)) ?? users.Find(u => u[0] == "postgres") ?? users.Find(u => u[0] == "nobody")
            ?? throw new PrivateServerException("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as. Add one: useradd --system postgres");
        return new ServerUser(user[0], Wrapper(user));
    }

    public Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellationToken, bool mayFail = false)
    {
        var (command, all) = _wrap(program, arguments);
        return Command.RunAsync(command, all, limit, cancellationToken, mayFail);
    }

    /// <summary>Makes a folder that only the server's user may enter.</summary>
    /// <exception cref="PrivateServerException">That user could not reach it.</exception>
    public async Task MakeFolderAsync(string folder, CancellationToken cancellationToken)
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, mode);
        await OwnAsync(folder, cancellationToken);
        File.SetUnixFileMode(folder, mode);
        if (!await TestAsync("-w", folder, cancellationToken))
        {
            throw new PrivateServerException(
                $"PostgreSQL runs as the user {Name}, who can't reach {folder}. Choose a folder outside of closed home folders by "
                + "TokenFactory__DataFolder, such as /var/lib/token-factory.");
        }
    }

    /// <summary>Gives a file, or a folder with all that is in it, to the server's user.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (IsAnother)
            await Command.RunAsync("chown", ["-R", "-h", Name!, path], TimeSpan.FromMinutes(5), cancellationToken);
    }

    /// <summary>Whether it is a folder (no link to one) of the server's user.</summary>
    public async Task<bool> IsOwnFolderAsync(string folder, CancellationToken cancellationToken) =>
        new DirectoryInfo(folder).LinkTarget is null && await TestAsync("-O", folder, cancellationToken);

    private async Task<bool> TestAsync(string condition, string path, CancellationToken cancellationToken) =>
        (await RunAsync("test", [condition, path], TimeSpan.FromSeconds(10), cancellationToken, mayFail: true)).ExitCode == 0;

    // The third column of a long listing in numbers, as POSIX has it.
    private static async Task<string?> OwnerOfAsync(string folder, CancellationToken cancellationToken)
    {
        var listed = await Command.RunAsync("ls", ["-l", "-d", "-n", folder], TimeSpan.FromSeconds(10), cancellationToken, mayFail: true);
        return listed.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var owner, ..] ? owner : null;
    }

    private static Func<string, IEnumerable<string>, (string, IEnumerable<string>)> Wrapper(string[] user)
    {
        if (PostgresBinaries.OnPath("setpriv") is { } setpriv)
        {
            return (program, arguments) => (setpriv, [string.Create(CultureInfo.InvariantCulture, $"--reuid={user[2]}"),
                string.Create(CultureInfo.InvariantCulture, $"--regid={user[3]}"), "--clear-groups", "--", program, .. arguments]);
        }

        if (PostgresBinaries.OnPath("runuser") is { } runuser)
            return (program, arguments) => (runuser, ["-u", user[0], "--", program, .. arguments]);
        if (PostgresBinaries.OnPath("su") is { } su)
        {
            return (program, arguments) => (su, ["-s", "/bin/sh", user[0], "-c",
                string.Join(' ', arguments.Prepend(program).Select(a => $"'{a.Replace("'", "'\\''", StringComparison.Ordinal)}'"))]);
        }

        throw new PrivateServerException("PostgreSQL refuses to run as root, and none of setpriv, runuser and su is there to run it as another user.");
    }
}
