using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>Whose price catalogue it is.</summary>
internal enum CatalogueFormat
{
    /// <summary><c>data.json</c> of genai-prices, version 2.</summary>
    GenaiPrices,

    /// <summary><c>api.json</c> of models.dev, or the same as CSV.</summary>
    ModelsDev,

    /// <summary><c>model_prices_and_context_window.json</c> of LiteLLM.</summary>
    Litellm,

    /// <summary>The answer of OpenRouter's <c>/api/v1/models</c>.</summary>
    Openrouter,

    /// <summary>One price a line.</summary>
    Csv,
}

/// <summary>The formats of price catalogues: their names on the wire, and their parsers.</summary>
internal static class CatalogueFormats
{
    private static readonly FrozenDictionary<string, CatalogueFormat> ByName = Enum.GetValues<CatalogueFormat>().ToFrozenDictionary(Name, StringComparer.Ordinal);

    /// <summary>Every name, in the order of the formats.</summary>
    public static IReadOnlyList<string> AllNames { get; } = [.. Enum.GetValues<CatalogueFormat>().Select(Name)];

    public static string Name(this CatalogueFormat format) => format switch
    {
        CatalogueFormat.GenaiPrices => "genai-prices",
        CatalogueFormat.ModelsDev => "models-dev",
        CatalogueFormat.Litellm => "litellm",
        CatalogueFormat.Openrouter => "openrouter",
        CatalogueFormat.Csv => "csv",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format."),
    };

    public static bool TryParseFormat([NotNullWhen(true)] string? name, out CatalogueFormat format)
    {
        format = default;
        return name is not null && ByName.TryGetValue(name, out format);
    }

    /// <summary>Reads a whole catalogue. Pure: the same bytes give the same prices.</summary>
    /// <param name="document">The file's bytes, UTF-8, with or without a byte order mark.</param>
    /// <exception cref="ImportRefusedException">The document is not of this format.</exception>
    public static ImportedPrices Parse(CatalogueFormat format, ReadOnlyMemory<byte> document) => format switch
    {
        CatalogueFormat.GenaiPrices => GenaiPricesParser.Parse(document),
        CatalogueFormat.ModelsDev => ModelsDevParser.Parse(document),
        CatalogueFormat.Litellm => LitellmParser.Parse(document),
        CatalogueFormat.Openrouter => OpenrouterParser.Parse(document),
        CatalogueFormat.Csv => PriceListParser.Parse(document),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format."),
    };
}
