namespace TokenFactory.Benchmarks;

/// <summary>SQL that is kept in files beside the classes that run it.</summary>
internal static class BenchSql
{
    /// <param name="path">From the project's folder, such as <c>Figures/figure_day.sql</c>.</param>
    public static string Read(string path)
    {
        var name = $"{typeof(BenchSql).Namespace}.{path.Replace('/', '.')}";
        using var stream = typeof(BenchSql).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no {path}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
