namespace TokenFactory.Api.Database.PrivateServer;

/// <summary>The folder that a private server lives in: where it is, and whether it is this service's to use.</summary>
internal static class DataFolder
{
    /// <summary>Made before anything else in the folder; where it is, the folder is a private server's.</summary>
    public const string OwnerLock = "owner.lock";

    // A file system of its own brings this one along.
    private const string LostAndFound = "lost+found";

    /// <summary>The full path of the configured folder, or of the user's own.</summary>
    /// <exception cref="PrivateServerException">It can't hold a server: its name can't be passed on to one, or something else is in it.</exception>
    public static string Find(string? configured)
    {
        var folder = PathOf(configured);
        // pg_ctl puts the path into a shell's command between double quotes.
        if (!OperatingSystem.IsWindows() && folder.Any(c => c is '"' or '$' or '`' or '\\' || char.IsControl(c)))
            throw new PrivateServerException($"PostgreSQL can't be started in {folder}: choose a folder without \" $ ` \\ in its path by TokenFactory__DataFolder.");
        if (File.Exists(folder))
            throw new PrivateServerException($"{folder} is a file: choose a folder by TokenFactory__DataFolder.");
        if (!Directory.Exists(folder) || File.Exists(Path.Combine(folder, OwnerLock)))
            return folder;
        if (Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(e => Path.GetFileName(e) != LostAndFound) is { } other)
        {
            throw new PrivateServerException(
                $"{folder} holds other things ({Path.GetFileName(other)}, for one) and no server of this service; nothing in it was changed. "
                + $"Choose a new or empty folder by TokenFactory__DataFolder, such as {Path.Combine(folder, "token-factory")}.");
        }

        return folder;
    }

    /// <summary>The full path, whatever is there.</summary>
    /// <exception cref="PrivateServerException">None is configured, and this user has no home folder.</exception>
    public static string PathOf(string? configured) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(string.IsNullOrWhiteSpace(configured) ? Default() : configured));

    /// <summary>Makes the folder. It stays this user's, for the password is in it; the server's user needs to pass through it only.</summary>
    public static void Make(string folder, ServerUser user)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | (user.IsAnother ? UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : 0));
    }

    /// <summary>The path without symbolic links, as the operating system tells it of a process.</summary>
    public static string WithoutLinks(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var name in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, name);
            if (new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target)
                real = WithoutLinks(target.FullName);
        }

        return real;
    }

    private static string Default()
    {
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            return "/var/lib/token-factory";
        var own = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathFullyQualified(own)
            ? Path.Combine(own, "token-factory")
            : throw new PrivateServerException("This user has no home folder: choose a folder for the data by TokenFactory__DataFolder.");
    }
}
