using System.Globalization;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Tests.Crashes;

/// <summary>A disk in memory that is soon full.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Mounts one; where that is not allowed the test is skipped, which the project's CI counts as a failure.</summary>
    public static async Task<SmallDisk> MountAsync(string path, int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk needs Linux, and root to mount it.");
        Directory.CreateDirectory(path);
        await RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0755"), "small-disk", path);
        return new SmallDisk(path);
    }

    /// <summary>Leaves not a byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 4096])
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full, to within this size.
            }
        }
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", Path);

    /// <summary>Moves a folder onto it, and leaves a link.</summary>
    public async Task TakeAsync(string folder)
    {
        var moved = System.IO.Path.Combine(Path, System.IO.Path.GetFileName(folder));
        await RunAsync("cp", "-a", folder, moved);
        Directory.Delete(folder, recursive: true);
        Directory.CreateSymbolicLink(folder, moved);
    }

    private static Task<CommandResult> RunAsync(string program, params string[] arguments) => Command.RunAsync(program, arguments, Limit, CancellationToken.None);
}
