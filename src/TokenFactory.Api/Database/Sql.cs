using System.Collections.Concurrent;
using System.Reflection;

namespace TokenFactory.Api.Database;

/// <summary>Set-based SQL kept in <c>.sql</c> files beside its class, read once from the assembly.</summary>
internal static class Sql
{
    private static readonly ConcurrentDictionary<string, string> Scripts = new(StringComparer.Ordinal);

    /// <summary>The text of an embedded script, named by its path below the project: <c>RollUp/fold_deltas.sql</c>.</summary>
    /// <exception cref="FileNotFoundException">No such script is embedded.</exception>
    public static string Read(string path) => Scripts.GetOrAdd(path, static name =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The SQL script {name} is not embedded in this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });
}
