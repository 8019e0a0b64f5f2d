using System.Diagnostics;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Benchmarks.Reporting;

namespace TokenFactory.Benchmarks.Rows;

/// <summary>From the start of the process to ready on an existing private cluster, against pg_ctl on the same cluster.</summary>
internal sealed class StartRow : IBenchRow
{
    private const double MostSecondsBeyond = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public string Name => "start";

    public async Task RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var folder = $"{bench.Server.Folder}-start";
        try
        {
            // The first start makes the cluster and its tables.
            await StartServiceAsync();
            var user = await ServerUser.FindAsync(Path.Combine(folder, "data"), cancellationToken);
            var (service, alone, beyond) = (new List<double>(), new List<double>(), new List<double>());
            for (var run = 0; run < bench.Options.Runs; run++)
            {
                alone.Add(await StartServerAsync(user));
                service.Add((await StartServiceAsync()).TotalSeconds);
                beyond.Add(service[^1] - alone[^1]);
            }

            var median = Spread.Of(beyond);
            bench.Report.Add(new ResultRow("start on an existing private cluster, to `/health/ready`", $"{Spread.Of(service).Text("0.00")} s", $"`pg_ctl start`: {Spread.Of(alone).Text("0.00")} s",
                $"{median.Text("0.00")} s beyond it", FormattableString.Invariant($"under {MostSecondsBeyond} s beyond it"), median.Median < MostSecondsBeyond));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task<TimeSpan> StartServiceAsync()
        {
            await using var service = await ServiceUnderLoad.StartAsync(bench.Options.ServiceFolder, ("TokenFactory__DataFolder", folder), cancellationToken);
            return service.StartTime;
        }

        async Task<double> StartServerAsync(ServerUser user)
        {
            var data = Path.Combine(folder, "data");
            var program = bench.Server.Binaries.Program("pg_ctl");
            var socket = Path.Combine(folder, "socket");
            var started = Stopwatch.GetTimestamp();
            await user.RunAsync(program, ["start", "--pgdata", data, "--wait", "--log", Path.Combine(folder, "log", "bench.log"),
                "--options", $"\"-c\" \"log_directory=../log\" \"-c\" \"listen_addresses=\" \"-p\" \"5432\" \"-c\" \"unix_socket_directories={socket}\""], Limit, cancellationToken);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            await user.RunAsync(program, ["stop", "--pgdata", data, "--wait", "--mode", "fast"], Limit, CancellationToken.None);
            return seconds;
        }
    }
}
