using System.Globalization;

namespace TokenFactory.Benchmarks;

/// <summary>The resident memory of a process, watched from here on: the system's own high-water mark.</summary>
internal sealed class ResidentMemory
{
    private readonly string _folder;

    public ResidentMemory(int processId)
    {
        _folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        try
        {
            // The mark begins anew.
            if (Directory.Exists(_folder))
                File.WriteAllText(Path.Combine(_folder, "clear_refs"), "5");
        }
        catch (UnauthorizedAccessException)
        {
            // Then it is of the process's whole life.
        }
    }

    /// <summary>Most bytes since then; null without /proc.</summary>
    public long? PeakBytes => Read("VmHWM:");

    /// <summary>Bytes now.</summary>
    public long? Bytes => Read("VmRSS:");

    private long? Read(string name)
    {
        var file = Path.Combine(_folder, "status");
        if (!File.Exists(file))
            return null;
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
