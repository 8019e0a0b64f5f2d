using System.Globalization;

namespace TokenFactory.Benchmarks;

/// <summary>Seconds of processor time, user and system, by who spent them: on a machine that others use too they say more than a rate.</summary>
/// <param name="Service">The API's process.</param>
/// <param name="Database">PostgreSQL: its first process and all that came from it.</param>
/// <param name="Sender">This process, and what it started that has ended.</param>
internal readonly record struct CpuTimes(double Service, double Database, double Sender)
{
    // What /proc counts in, on every Linux.
    private const double TicksPerSecond = 100;

    public static CpuTimes operator -(CpuTimes left, CpuTimes right) =>
        new(left.Service - right.Service, left.Database - right.Database, left.Sender - right.Sender);

    /// <summary>As of now. Without /proc everything is 0.</summary>
    /// <param name="serviceId">The service's process; 0 for none.</param>
    /// <param name="databaseId">The first process of PostgreSQL.</param>
    public static CpuTimes Now(int serviceId, int databaseId)
    {
        if (!File.Exists("/proc/self/stat"))
            return default;
        var service = serviceId == 0 ? 0 : Read(serviceId)?.Own ?? 0;
        // A child that has ended is in its parent's times.
        var sender = Read(Environment.ProcessId) is { } self ? self.Own + self.Ended : 0;
        var database = Read(databaseId) is { } first ? first.Own + first.Ended : 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } other && other.Parent == databaseId)
                database += other.Own;
        }

        return new CpuTimes(service, database, sender);
    }

    /// <summary>Microseconds per event.</summary>
    public CpuTimes Per(long events) => new(Service * 1e6 / events, Database * 1e6 / events, Sender * 1e6 / events);

    private static (int Parent, double Own, double Ended)? Read(int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // Behind the name, which may hold anything: state, parent, ... utime, stime, cutime, cstime.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double Ticks(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture) / TicksPerSecond;
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
