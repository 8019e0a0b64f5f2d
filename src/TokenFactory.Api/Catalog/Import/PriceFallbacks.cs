using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// Whose price a token class takes where a catalogue gives it none: price lists leave out what costs the same as plain input or output. A
/// class whose price is there but can't be read takes no other's: unknown is never another price.
/// </summary>
internal static class PriceFallbacks
{
    /// <summary>The class to look at next; null: the class stands for itself alone.</summary>
    public static TokenClass? Next(TokenClass tokenClass) => tokenClass switch
    {
        TokenClass.Input or TokenClass.Output => null,
        TokenClass.OutputReasoning or TokenClass.OutputAudio or TokenClass.OutputImage or TokenClass.OutputVideo => TokenClass.Output,
        TokenClass.CacheWrite1h => TokenClass.CacheWrite,
        TokenClass.InputAudio or TokenClass.InputImage or TokenClass.InputVideo or TokenClass.CacheRead or TokenClass.CacheWrite => TokenClass.Input,
        _ => throw new ArgumentOutOfRangeException(nameof(tokenClass), tokenClass, "Not a token class."),
    };

    /// <summary>The priced class whose price a class takes; null: none.</summary>
    public static TokenClass? Of(TokenClass tokenClass, Func<TokenClass, bool> isPriced, Func<TokenClass, bool> isUnread)
    {
        for (TokenClass? at = tokenClass; at is { } now && !isUnread(now); at = Next(now))
        {
            if (isPriced(now))
                return now;
        }

        return null;
    }

    /// <summary>Every class without a price, with the class whose price it takes.</summary>
    public static IReadOnlyDictionary<TokenClass, TokenClass> All(Func<TokenClass, bool> isPriced, Func<TokenClass, bool> isUnread)
    {
        var fallbacks = new SortedDictionary<TokenClass, TokenClass>();
        foreach (var tokenClass in Enum.GetValues<TokenClass>())
        {
            if (!isPriced(tokenClass) && Of(tokenClass, isPriced, isUnread) is { } target)
                fallbacks.Add(tokenClass, target);
        }

        return fallbacks;
    }
}
