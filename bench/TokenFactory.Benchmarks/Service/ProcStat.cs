using System.Globalization;

namespace TokenFactory.Benchmarks;

/// <summary>What Linux tells of a process or a thread.</summary>
/// <param name="Name">Of the program, or of the thread.</param>
/// <param name="Parent">The process that started it.</param>
/// <param name="OwnSeconds">Processor time, user and system.</param>
/// <param name="EndedSeconds">The same of its children that have ended.</param>
internal sealed record ProcStat(string Name, int Parent, double OwnSeconds, double EndedSeconds)
{
    // What /proc counts in, on every Linux.
    private const double TicksPerSecond = 100;

    /// <summary>The numbers of what is in a folder of processes or threads; none where there is no such folder.</summary>
    public static IEnumerable<int> Ids(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                yield return id;
        }
    }

    /// <summary>Null: it is not there (any more).</summary>
    /// <param name="folder"><c>/proc</c>, or a process's <c>task</c>.</param>
    /// <param name="id">Of the process or the thread.</param>
    public static ProcStat? Read(string folder, int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"{folder}/{id}/stat"));
            // The name may hold anything; behind it: state, parent, ... utime, stime, cutime, cstime.
            var (begin, end) = (text.IndexOf('(', StringComparison.Ordinal), text.LastIndexOf(')'));
            var fields = text[(end + 2)..].Split(' ');
            double Seconds(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture) / TicksPerSecond;
            return new ProcStat(text[(begin + 1)..end], int.Parse(fields[1], CultureInfo.InvariantCulture), Seconds(11) + Seconds(12), Seconds(13) + Seconds(14));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
