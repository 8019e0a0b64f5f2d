namespace TokenFactory.Benchmarks;

/// <summary>Seconds of processor time, user and system, by who spent them: on a machine that others use too they say more than a rate.</summary>
/// <param name="Service">The API's process.</param>
/// <param name="Database">PostgreSQL: its first process and all that came from it.</param>
/// <param name="Sender">This process, and what it started that has ended.</param>
internal readonly record struct CpuTimes(double Service, double Database, double Sender)
{
    private const string Processes = "/proc";

    public static CpuTimes operator -(CpuTimes left, CpuTimes right) =>
        new(left.Service - right.Service, left.Database - right.Database, left.Sender - right.Sender);

    /// <summary>As of now. Without /proc everything is 0.</summary>
    /// <param name="serviceId">The service's process; 0 for none.</param>
    /// <param name="databaseId">The first process of PostgreSQL.</param>
    public static CpuTimes Now(int serviceId, int databaseId)
    {
        // A child that has ended is in its parent's times.
        var sender = ProcStat.Read(Processes, Environment.ProcessId) is { } self ? self.OwnSeconds + self.EndedSeconds : 0;
        var database = ProcStat.Read(Processes, databaseId) is { } first ? first.OwnSeconds + first.EndedSeconds : 0;
        database += ProcStat.Ids(Processes).Select(id => ProcStat.Read(Processes, id)).Where(p => p?.Parent == databaseId).Sum(p => p!.OwnSeconds);
        return new CpuTimes(ProcStat.Read(Processes, serviceId)?.OwnSeconds ?? 0, database, sender);
    }

    /// <summary>Microseconds per event.</summary>
    public CpuTimes Per(long events) => new(Service * 1e6 / events, Database * 1e6 / events, Sender * 1e6 / events);
}
