using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using TokenFactory.Api.Database.PrivateServer;

namespace TokenFactory.Benchmarks.Yardsticks;

/// <summary>What pgbench told of its transactions.</summary>
internal sealed record PgbenchResult(double Rate, long Transactions, double LatencyMs, CpuTimes Cpu);

/// <summary>
/// pgbench writing the rows of one event in one transaction, as the service wrote them: each client has a lane of its own, ids are in the
/// order of time, statements are prepared.
/// </summary>
internal sealed partial class PgbenchYardstick(BenchServer server, NpgsqlDataSource database, string connectionString)
{
    public const string Needed = "not measured: pgbench is not there (Debian and Ubuntu: the package postgresql; Fedora: postgresql-contrib)";
    private const int Clients = 64;
    private const int Threads = 2;
    private const string Schema = IdenticalTables.Schema;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private int _run;

    private string? Program => File.Exists(server.Binaries.Program("pgbench")) ? server.Binaries.Program("pgbench") : PostgresBinaries.OnPath("pgbench");

    /// <summary>Writes for so many seconds.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="batchId">A transaction of the service that holds one event alone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null: there is no pgbench.</returns>
    public async Task<PgbenchResult?> RunAsync(int seconds, long batchId, CancellationToken cancellationToken)
    {
        if (Program is not { } program)
            return null;
        var script = Path.Combine(server.Folder, "one_event.sql");
        await File.WriteAllTextAsync(script, await ScriptAsync(batchId, cancellationToken), cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // The password goes by a file: a command's arguments are everybody's to read.
        var passwords = Path.Combine(server.Folder, "pgpass");
        await File.WriteAllTextAsync(passwords, $"*:*:*:*:{settings.Password}\n", cancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(passwords, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var before = CpuTimes.Now(0, server.ProcessId);
        var told = await Command.RunAsync(program,
            ["-n", "-M", "prepared", "-c", Text(Clients), "-j", Text(Threads), "-T", Text(seconds), "-f", script, "-D", $"run={Text(++_run)}", "-D", "n=0",
             $"host={settings.Host} port={Text(settings.Port)} user={settings.Username} dbname={settings.Database} passfile={passwords}"],
            Limit, cancellationToken);
        var cpu = CpuTimes.Now(0, server.ProcessId) - before;
        return new PgbenchResult(Number(RatePattern(), told.Output), (long)Number(CountPattern(), told.Output), Number(LatencyPattern(), told.Output), cpu);
    }

    // One statement per table, with the values of the recorded rows; what tells one event from another is made by pgbench.
    private async Task<string> ScriptAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var script = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"\\set n :n + 1\n\\set batch :run * 1000000000000 + :n * {Clients} + :client_id\nbegin;\n"));
        foreach (var table in IdenticalTables.Names.Where(t => t != "ledger_batch"))
        {
            if (await ValuesAsync(connection, table, batchId, [], cancellationToken) is var (columns, rows) && rows.Count > 0)
                script.Append(CultureInfo.InvariantCulture, $"insert into {Schema}.{table} ({columns}) values {string.Join(", ", rows.Select(r => $"({r})"))};\n");
        }

        var (closing, closed) = await ValuesAsync(connection, "ledger_batch", batchId, new() { ["lane"] = "lane", ["seq"] = "seq" }, cancellationToken);
        script.Append(CultureInfo.InvariantCulture,
            $"""
            with numbered as (
                insert into {Schema}.{IdenticalTables.Lane} as l (source_id, lane, seq) values (1, (100 + :client_id)::smallint, 1)
                on conflict (source_id, lane) do update set seq = l.seq + 1 returning lane, seq)
            insert into {Schema}.ledger_batch ({closing}) select {closed[0]} from numbered;
            commit;

            """);
        return script.ToString();
    }

    private static async Task<(string Columns, List<string> Rows)> ValuesAsync(
        NpgsqlConnection connection, string table, long batchId, Dictionary<string, string> own, CancellationToken cancellationToken)
    {
        var columns = new List<(string Name, string Type)>();
        await using (var find = new NpgsqlCommand("select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum", connection))
        {
            find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
            await using var column = await find.ExecuteReaderAsync(cancellationToken);
            while (await column.ReadAsync(cancellationToken))
                columns.Add((column.GetString(0), column.GetString(1)));
        }

        var rows = new List<string>();
        if (columns.Count == 0)
            return ("", rows);
        await using var read = new NpgsqlCommand($"select {string.Join(", ", columns.Select(c => $"quote_nullable({c.Name}::text)"))} from {table} where batch_id = $1", connection);
        read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batchId });
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(string.Join(", ", columns.Select((column, i) => column.Name switch
            {
                "batch_id" => ":batch",
                "recorded_at" => "now()",
                "event_id" => "lpad((:batch)::bigint::text, 36, '0')",
                var name when own.TryGetValue(name, out var value) => value,
                // pgbench would take a colon and a name behind it for a variable; in a value it is one of a time of day.
                _ => $"{row.GetString(i)}::{column.Type}",
            })));
        }

        return (string.Join(", ", columns.Select(c => c.Name)), rows);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(Regex pattern, string output) => double.Parse(pattern.Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"transactions actually processed: (\d+)")]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"latency average = ([\d.]+) ms")]
    private static partial Regex LatencyPattern();
}
