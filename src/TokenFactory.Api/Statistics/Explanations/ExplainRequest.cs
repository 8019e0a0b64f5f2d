using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What a query asks to be explained, checked.</summary>
internal sealed record ExplainRequest
{
    /// <summary>The figure; its window is the period.</summary>
    public required FigureRequest Figure { get; init; }

    public required Period Period { get; init; }
    public required ExplainLevel Level { get; init; }
    public ExplainedFigure Explained { get; init; }

    /// <summary>From which side net output is seen; null: gross output.</summary>
    public GdpSide? Side { get; init; }

    /// <summary>Of net output of producers: which of its two accounts; null: both.</summary>
    public ExplainFlow? Flow { get; init; }

    /// <summary>The cells that the figure is the sum of.</summary>
    public FigureRequest Cells => Figure with
    {
        Cells = Side switch { null => CellSelection.All, GdpSide.Production => CellSelection.Production, _ => CellSelection.FinalUse },
    };

    /// <summary>Of an index: what the period is compared with; null: the nearest before that is not empty.</summary>
    public Period? ComparedWith { get; init; }
    public ValueBasis? Basis { get; init; }
    public long? RateId { get; init; }
    public decimal? UnitValue { get; init; }
    public string? Currency { get; init; }
    public required int Limit { get; init; }

    /// <summary>After which row the page begins; null: the first page, and always of entries.</summary>
    public ExplainPosition? After { get; init; }

    /// <summary>After which entry the page begins.</summary>
    public EntryCursor AfterEntry { get; init; } = EntryCursor.First;
}

/// <summary>Where a page of items or rates begins: after the row with this amount and key.</summary>
/// <param name="Level">Whose rows they are.</param>
/// <param name="Gdp">Exact, as the database writes it.</param>
/// <param name="Key">The columns of the row's key.</param>
internal sealed partial record ExplainPosition(ExplainLevel Level, string Gdp, IReadOnlyList<string> Key)
{
    private const char Separator = '~';

    /// <summary>As callers pass it back, without looking into it.</summary>
    public string Text => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Join(Separator, [Level.ToString(), Gdp, .. Key])));

    /// <summary>Reads it back; null: not a position of this level.</summary>
    public static ExplainPosition? Read(ExplainLevel level, string text)
    {
        if (!Base64Url.IsValid(text))
            return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split(Separator);
        if (parts.Length < 3 || parts[0] != level.ToString() || !Number().IsMatch(parts[1]))
            return null;
        var key = parts[2..];
        var isKey = level == ExplainLevel.Items
            ? key.Length == 3 && int.TryParse(key[0], out _) && short.TryParse(key[1], out _) && bool.TryParse(key[2], out _)
            : key.Length == 5 && short.TryParse(key[0], out _) && long.TryParse(key[1], out _) && Number().IsMatch(key[2])
                && (key[3].Length == 0 || Currency.IsCode<char>(key[3])) && long.TryParse(key[4], out _);
        return isKey ? new ExplainPosition(level, parts[1], key) : null;
    }

    [GeneratedRegex(@"\A-?[0-9]{1,60}(\.[0-9]{1,20})?\z")]
    private static partial Regex Number();
}
