using System.Numerics;

namespace TokenFactory.Economics.Measures;

/// <summary>Currencies, by their ISO 4217 codes.</summary>
public static class Currency
{
    /// <summary>ISO 4217: no currency. What quantities of unknown value are kept in.</summary>
    public const string None = "XXX";

    /// <summary>Whether a text, in UTF-8 or UTF-16, has the form of a currency's code: three capitals A to Z, and not <see cref="None"/>.</summary>
    public static bool IsCode<T>(ReadOnlySpan<T> text) where T : struct, IBinaryInteger<T> =>
        text.Length == None.Length
        && !text.ContainsAnyExceptInRange(T.CreateTruncating('A'), T.CreateTruncating('Z'))
        && text.ContainsAnyExcept(T.CreateTruncating(None[0]));
}
