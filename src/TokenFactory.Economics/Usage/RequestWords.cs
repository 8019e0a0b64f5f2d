using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Usage;

/// <summary>What a usage may tell of the requests in it, in words that are kept with the event. Never renamed.</summary>
internal static class RequestWords
{
    public const string One = "requests=1";

    // Anthropic's context_window. The edge is the one at which its prices change, whichever way a card writes it: "above" 200,000 or "from" there on.
    public const string UpTo200k = "context_window=0-200k";
    public const string Above200k = "context_window=200k-1M";
    private const long Edge = 200_000;

    public static Requests Apply(string word, Requests requests) => word switch
    {
        One => requests with { AreSeveral = false },
        UpTo200k => requests with { MostInput = Edge - 1 },
        Above200k => requests with { LeastInput = Edge + 1 },
        _ => requests,
    };
}
