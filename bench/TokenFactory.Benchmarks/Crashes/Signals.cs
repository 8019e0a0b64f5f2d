using System.Runtime.InteropServices;

namespace TokenFactory.Crashes;

/// <summary>What is sent to processes from outside.</summary>
internal static class Signals
{
    public static int Quit => 3;

    public static int Kill => 9;

    public static int Terminate => 15;

    public static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;

    public static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <returns>False: there is no such process any more.</returns>
    public static bool Send(int processId, int signal) => NativeKill(processId, signal) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int processId, int signal);
}
