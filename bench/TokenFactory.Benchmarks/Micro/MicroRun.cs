using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace TokenFactory.Benchmarks.Micro;

/// <summary>BenchmarkDotNet on the parts that need no database.</summary>
internal static class MicroRun
{
    /// <param name="filter">Names of benchmarks, with <c>*</c>; null: all.</param>
    public static int Run(string? filter)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"token-factory-micro-{Environment.ProcessId}");
        // In this process: it is built and optimized already, and nothing has to be restored and built beside it.
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(folder)
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
        try
        {
            string[] args = ["--filter", filter ?? "*"];
            var summaries = BenchmarkSwitcher.FromTypes([typeof(EventBenchmarks), typeof(IndexBenchmarks)]).Run(args, config);
            return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) || !summaries.Any() ? 1 : 0;
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
