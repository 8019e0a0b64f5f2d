using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>Packages of a distribution of Debian's family, installed where this is root. One process does it at a time.</summary>
internal static class AptPackages
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly SemaphoreSlim InProcess = new(1, 1);

    public static string? Apt { get; } = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? PostgresBinaries.OnPath("apt-get") : null;

    /// <summary>Installs them, unless they have come while it waited for its turn.</summary>
    /// <param name="isThere">What they are wanted for is there.</param>
    /// <param name="packages">Their names.</param>
    /// <returns>What apt-get wrote, for the message of who finds afterwards that they are not there: it may fail.</returns>
    public static async Task<string> InstallAsync(Func<bool> isThere, params string[] packages)
    {
        if (Apt is null)
            return "";
        await InProcess.WaitAsync();
        try
        {
            using var turn = await TakeTurnAsync();
            if (isThere())
                return "";
            var update = await Command.RunAsync(Apt, ["update", "-q"], InstallLimit, CancellationToken.None, mayFail: true);
            var install = await Command.RunAsync("env", ["DEBIAN_FRONTEND=noninteractive", Apt, "install", "-y", "-q", "--no-install-recommends", .. packages],
                InstallLimit, CancellationToken.None, mayFail: true);
            return $"{update.Output}\n{install.Output}";
        }
        catch (PrivateServerException e)
        {
            return e.Message;
        }
        finally
        {
            InProcess.Release();
        }
    }

    // apt-get itself waits for another one while it installs, but not while it reads the lists.
    private static async Task<FileStream> TakeTurnAsync()
    {
        var folder = PostgresBinaries.CacheFolder();
        Directory.CreateDirectory(folder);
        using var limit = new CancellationTokenSource(InstallLimit);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "apt.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(LookInterval);
            }
        }
    }
}
