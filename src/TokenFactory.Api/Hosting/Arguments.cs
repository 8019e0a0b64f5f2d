using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Hosting;

/// <summary>The command line: <c>--demo</c>, and settings as every ASP.NET Core program takes them. What is none of these is refused.</summary>
internal static class Arguments
{
    public const string Demo = "--demo";

    public const string Usage =
        """
        Token Factory: meters, prices and publishes what large models produce.

          --demo                      fill an empty ledger with two years of a made-up economy
          --urls http://HOST:PORT     where to listen; http://localhost:5000 when left out
          --TokenFactory:NAME VALUE   a setting, as the environment variable TokenFactory__NAME
          --help                      this text
          verify                      instead of serving: verify the ledger, a proof of it or an archive (docs/audit.md)
          archive                     instead of serving: a closed month goes into a folder (docs/retention.md)

        Without ConnectionStrings__TokenFactory the service runs a private PostgreSQL server.
        The settings are in docs/operations.md, the calls at /swagger.
        """;

    // The host's own, and the sections that are configured.
    private static readonly string[] Names = ["urls", "environment", "contentRoot", "applicationName", "AllowedHosts"];
    private static readonly string[] Sections = ["TokenFactory:", "ConnectionStrings:", "Serilog:", "Logging:", "Kestrel:"];

    public static bool AsksForHelp(string[] args) => args.Any(a => a is "--help" or "-h" or "-?");

    /// <exception cref="OptionsValidationException">There is an argument that nobody reads.</exception>
    public static void Check(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == Demo)
                continue;
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? args[i] : args[i][..equals]).TrimStart('-', '/');
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !IsKnown(name))
                throw Refused($"There is no argument {args[i]}.");
            // The value may stand by itself.
            if (equals < 0 && ++i == args.Length)
                throw Refused($"The argument --{name} has no value.");
        }
    }

    private static bool IsKnown(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Sections.Any(s => name.Length > s.Length && name.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    private static OptionsValidationException Refused(string why) =>
        new(nameof(Arguments), typeof(Arguments), [$"{why}\n\n{Usage}"]);
}
