using System.Globalization;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks;

/// <summary>Which threads of the service and which processes of PostgreSQL spend the processor time: a first look at where it goes, at no cost.</summary>
internal sealed class CpuProfile
{
    private const string Connection = "PostgreSQL: connection ";

    // What would be lost in rounding.
    private const double LeastMicroseconds = 0.05;

    private readonly Dictionary<string, double> _seconds = [];

    /// <summary>As of now; empty without /proc.</summary>
    public static CpuProfile Now(int serviceId, int databaseId)
    {
        var profile = new CpuProfile();
        var threads = string.Create(CultureInfo.InvariantCulture, $"/proc/{serviceId}/task");
        foreach (var id in ProcStat.Ids(threads))
        {
            if (ProcStat.Read(threads, id) is { } thread)
                profile.Add($"API: {thread.Name}", thread.OwnSeconds);
        }

        foreach (var id in ProcStat.Ids("/proc"))
        {
            if (ProcStat.Read("/proc", id) is { } process && (process.Parent == databaseId || id == databaseId))
                profile.Add(RoleOf(id), process.OwnSeconds);
        }

        return profile;
    }

    /// <summary>Microseconds per event since an earlier one, the most first.</summary>
    /// <param name="earlier">Of before the work.</param>
    /// <param name="work">What was done.</param>
    /// <param name="events">How much of it.</param>
    /// <param name="writers">The processes of PostgreSQL that serve the service's writers.</param>
    public MarkdownTable Since(CpuProfile earlier, string work, long events, IReadOnlySet<int> writers)
    {
        var table = new MarkdownTable($"{work}: thread or process", "us per event");
        foreach (var (name, spent) in _seconds.GroupBy(s => NameOf(s.Key, writers), s => (s.Value - earlier._seconds.GetValueOrDefault(s.Key)) * 1e6 / events)
            .Select(g => (g.Key, Spent: g.Sum())).Where(s => s.Spent >= LeastMicroseconds).OrderByDescending(s => s.Spent))
        {
            table.Add(name, spent.ToString("0.0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string NameOf(string name, IReadOnlySet<int> writers) =>
        !name.StartsWith(Connection, StringComparison.Ordinal) ? name
        : writers.Contains(int.Parse(name.AsSpan(Connection.Length), CultureInfo.InvariantCulture)) ? "PostgreSQL: connections of writers"
        : "PostgreSQL: other connections (folding, audit, requests)";

    private void Add(string name, double seconds) => _seconds[name] = _seconds.GetValueOrDefault(name) + seconds;

    // Its title is "postgres: checkpointer" or "postgres: user database [local] what it does".
    private static string RoleOf(int id)
    {
        try
        {
            var title = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/cmdline")).TrimEnd('\0', ' ');
            return !title.StartsWith("postgres: ", StringComparison.Ordinal) ? "PostgreSQL: first process"
                : title.Contains('[', StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"{Connection}{id}")
                : $"PostgreSQL: {title["postgres: ".Length..]}";
        }
        catch (IOException)
        {
            return "PostgreSQL: ended";
        }
    }
}
