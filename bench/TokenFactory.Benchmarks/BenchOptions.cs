using System.Globalization;

namespace TokenFactory.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage =
        """
        dotnet run -c Release --project bench/TokenFactory.Benchmarks -- [options]

          --only ROWS       these rows alone, with commas: batches, singles, stream, replay, folding, gdp, indices, start
          --runs N          runs of each row, each with its yardstick (3)
          --events N        events in one run of batches; single events are a quarter of it (200000)
          --stream N        events in the one body of the row stream (1000000)
          --entries N       ledger entries under the figures; the small ledger has a tenth of it (10000000)
          --declared        events say what they cost; else rate cards do
          --write FILE      put the tables into the marked blocks of this Markdown file too
          --service FOLDER  another build of the service: the folder that holds TokenFactory.Api.dll
          --profile         also tell which threads and which processes of PostgreSQL spent the time
          --growth [M,..]   instead of the rows: rates while the ledger grows to so many million entries (1,10,50)
          --micro [FILTER]  instead of the rows: BenchmarkDotNet on the parts that need no database
          --fuzz N [--seed S] [--from I]   instead of the rows: spoilt bodies
        """;

    /// <summary>The names of the rows to run.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public int Runs { get; init; } = 3;

    public long Events { get; init; } = 200_000;

    public long StreamEvents { get; init; } = 1_000_000;

    public long Entries { get; init; } = 10_000_000;

    public bool IsDeclared { get; init; }

    public bool TellsProfile { get; init; }

    public string? WriteTo { get; init; }

    public string? ServiceFolder { get; init; }

    /// <summary>Millions of entries; empty: no growth is asked for.</summary>
    public IReadOnlyList<double> Growth { get; init; } = [];

    /// <summary>Reads the command line.</summary>
    /// <param name="args">As given.</param>
    /// <param name="rows">The names of all rows.</param>
    /// <exception cref="FormatException">It can't be understood; the message says why.</exception>
    public static BenchOptions Read(string[] args, IReadOnlyList<string> rows)
    {
        var options = new BenchOptions { Only = rows };
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--only" => options with { Only = Names(Value(), rows) },
                "--runs" => options with { Runs = (int)Number(1, 100) },
                "--events" => options with { Events = Number(4_000, 10_000_000) },
                "--stream" => options with { StreamEvents = Number(1_000, 100_000_000) },
                "--entries" => options with { Entries = Number(100_000, 100_000_000) },
                "--declared" => options with { IsDeclared = true },
                "--profile" => options with { TellsProfile = true },
                "--write" => options with { WriteTo = Value() },
                "--service" => options with { ServiceFolder = Path.GetFullPath(Value()) },
                "--growth" => options with { Growth = Marks(i + 1 < args.Length && !args[i + 1].StartsWith('-') ? Value() : "1,10,50") },
                _ => throw new FormatException($"{args[i]} is not understood."),
            };

            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{args[i - 1]} needs a value.");

            long Number(long least, long most)
            {
                var name = args[i];
                return long.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? number
                    : throw new FormatException($"{name} takes a number from {least} to {most}.");
            }
        }

        return options;
    }

    private static string[] Names(string text, IReadOnlyList<string> rows)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(names, name => !rows.Contains(name)) is { } unknown
            ? throw new FormatException($"There is no row {unknown}; there are {string.Join(", ", rows)}.")
            : names;
    }

    private static List<double> Marks(string text) => [.. text.Split(',').Select(mark =>
        double.TryParse(mark, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var millions) && millions is > 0 and <= 1_000
            ? millions
            : throw new FormatException($"{mark} is no number of million entries."))];
}
