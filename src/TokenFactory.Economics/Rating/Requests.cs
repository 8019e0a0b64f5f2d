namespace TokenFactory.Economics.Rating;

/// <summary>
/// What is known of the requests that a usage is made of. Prices by the size of a request, packages and minimum charges are those of each request, so
/// that they are not known of every sum. The default is one request and all of it.
/// </summary>
/// <param name="AreSeveral">The usage is the sum of several requests, or of nobody knows how many.</param>
/// <param name="AreParts">Tokens of the same requests are in other usages too; those of the input are in one.</param>
/// <param name="LeastInput">Input tokens that each of several has at least.</param>
/// <param name="MostInput">Input tokens that each of several has at most; null: nothing is said but their sum.</param>
public readonly record struct Requests(bool AreSeveral, bool AreParts = false, long LeastInput = 0, long? MostInput = null)
{
    /// <summary>Between what bounds the input of each request is.</summary>
    public InputBounds InputOf(ReadOnlySpan<UsageLine> usage)
    {
        var sum = EventRating.InputTokens(usage);
        if (AreParts && sum == 0)
            return new InputBounds(0, long.MaxValue); // It is in the other usage.
        return AreSeveral ? new InputBounds(LeastInput, Math.Min(sum, MostInput ?? sum)) : sum;
    }
}

/// <summary>Bounds of a request's input tokens, of every input class; equal where the input is known.</summary>
/// <param name="Least">0 or more.</param>
/// <param name="Most">Of what a report contradicts itself it may be below <paramref name="Least"/>.</param>
public readonly record struct InputBounds(long Least, long Most)
{
    public static implicit operator InputBounds(long known) => new(known, known);
}
