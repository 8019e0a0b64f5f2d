using System.Collections.Frozen;

namespace TokenFactory.Economics.Measures;

/// <summary>The one place where measures are written as text: snake_case, lower case, exactly as in the HTTP contract.</summary>
public static class WireNames
{
    private static readonly FrozenDictionary<string, TokenClass> TokenClasses = ByName<TokenClass>();
    private static readonly FrozenDictionary<string, ServiceTier> ServiceTiers = ByName<ServiceTier>();
    private static readonly FrozenDictionary<string, Sector> Sectors = ByName<Sector>();

    /// <summary>Every token class name, in stored order.</summary>
    public static IReadOnlyList<string> AllTokenClasses { get; } = Names<TokenClass>();

    /// <summary>Every service tier name, in stored order.</summary>
    public static IReadOnlyList<string> AllServiceTiers { get; } = Names<ServiceTier>();

    /// <summary>Every sector name, in stored order.</summary>
    public static IReadOnlyList<string> AllSectors { get; } = Names<Sector>();

    public static string Name(this TokenClass tokenClass) => tokenClass switch
    {
        TokenClass.Input => "input",
        TokenClass.InputAudio => "input_audio",
        TokenClass.InputImage => "input_image",
        TokenClass.InputVideo => "input_video",
        TokenClass.CacheRead => "cache_read",
        TokenClass.CacheWrite => "cache_write",
        TokenClass.CacheWrite1h => "cache_write_1h",
        TokenClass.Output => "output",
        TokenClass.OutputReasoning => "output_reasoning",
        TokenClass.OutputAudio => "output_audio",
        TokenClass.OutputImage => "output_image",
        TokenClass.OutputVideo => "output_video",
        _ => throw new ArgumentOutOfRangeException(nameof(tokenClass), tokenClass, "Not a token class."),
    };

    public static string Name(this ServiceTier tier) => tier switch
    {
        ServiceTier.Standard => "standard",
        ServiceTier.Batch => "batch",
        ServiceTier.Priority => "priority",
        ServiceTier.Flex => "flex",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "Not a service tier."),
    };

    public static string Name(this Sector sector) => sector switch
    {
        Sector.Unclassified => "unclassified",
        Sector.Household => "household",
        Sector.Government => "government",
        Sector.Enterprise => "enterprise",
        _ => throw new ArgumentOutOfRangeException(nameof(sector), sector, "Not a sector."),
    };

    public static bool TryParseTokenClass(string name, out TokenClass tokenClass) => TokenClasses.TryGetValue(name, out tokenClass);

    public static bool TryParseServiceTier(string name, out ServiceTier tier) => ServiceTiers.TryGetValue(name, out tier);

    public static bool TryParseSector(string name, out Sector sector) => Sectors.TryGetValue(name, out sector);

    private static string NameOf<T>(T value) where T : struct, Enum => value switch
    {
        TokenClass tokenClass => tokenClass.Name(),
        ServiceTier tier => tier.Name(),
        Sector sector => sector.Name(),
        _ => throw new NotSupportedException($"{typeof(T).Name} has no wire names."),
    };

    private static string[] Names<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(NameOf)];

    private static FrozenDictionary<string, T> ByName<T>() where T : struct, Enum =>
        Enum.GetValues<T>().ToFrozenDictionary(NameOf, StringComparer.Ordinal);
}
