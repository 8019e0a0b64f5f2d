using System.Globalization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>The leaves of one usage object under construction.</summary>
internal sealed class UsageLeaves(UsageFields usage)
{
    private readonly long[] _quantities = new long[(int)TokenClass.OutputVideo + 1];

    /// <summary>Adds tokens to a class. What is negative is a violation at once: another part of the class must not hide it.</summary>
    public void Add(TokenClass tokenClass, long quantity)
    {
        if (quantity < 0)
        {
            usage.Fail(UsageViolation.NegativeLeaf, string.Create(CultureInfo.InvariantCulture,
                $"The parts exceed the whole that includes them: {tokenClass.Name()} would be {quantity}."));
        }

        var sum = _quantities[(int)tokenClass] + quantity;
        if (sum > Quantity.Maximum)
            usage.Fail(UsageViolation.OutOfRange, $"The tokens of {tokenClass.Name()} would be more than {Quantity.Maximum}.");
        else
            _quantities[(int)tokenClass] = sum;
    }

    /// <summary>
    /// Adds an input that includes what a cache served, what was written to one, and what was not text. A cached token is
    /// <c>cache_read</c>, whatever its medium, and nothing else.
    /// </summary>
    /// <param name="whole">Tokens, all of the following included.</param>
    public void AddInput(long whole, InputDetails details)
    {
        var fresh = FreshMedia(whole, details);
        Add(TokenClass.Input, whole - details.Cached - details.Writes.Sum - fresh.Sum);
        AddInputMedia(fresh);
        Add(TokenClass.CacheRead, details.Cached);
        AddCacheWrites(details.Writes);
    }

    public void AddInputMedia(Media media)
    {
        Add(TokenClass.InputAudio, media.Audio);
        Add(TokenClass.InputImage, media.Image);
        Add(TokenClass.InputVideo, media.Video);
    }

    public void AddCacheWrites(CacheWrites writes)
    {
        Add(TokenClass.CacheWrite, writes.Short);
        Add(TokenClass.CacheWrite1h, writes.Hour);
    }

    /// <summary>Adds an output that includes its reasoning and what is not text.</summary>
    /// <param name="whole">Tokens, all of the following included.</param>
    public void AddOutput(long whole, long reasoning, Media media)
    {
        Add(TokenClass.Output, whole - reasoning - media.Sum);
        Add(TokenClass.OutputReasoning, reasoning);
        Add(TokenClass.OutputAudio, media.Audio);
        Add(TokenClass.OutputImage, media.Image);
        Add(TokenClass.OutputVideo, media.Video);
    }

    /// <summary>The reading.</summary>
    /// <param name="total">What the provider states, or what its documented fields add up to.</param>
    public UsageReading Reading(long total)
    {
        var sum = _quantities.Sum();
        if (sum != total)
            usage.Fail(UsageViolation.SumMismatch, $"The token classes sum to {sum}, where the provider's total is {total}.");
        if (usage.Violation is { } violation)
            return UsageReading.Refused(violation);
        var leaves = Enumerable.Range(0, _quantities.Length)
            .Where(i => _quantities[i] > 0)
            .Select(i => new UsageLeaf((TokenClass)i, _quantities[i]));
        return UsageReading.Of([.. leaves], total);
    }

    /// <summary>
    /// What of each medium was neither served from a cache nor written to one. Known where the provider says it, and where only one split is
    /// possible; else the two overlap by an unknown amount, and one of them would be charged twice.
    /// </summary>
    private Media FreshMedia(long whole, InputDetails details)
    {
        var media = details.Media;
        var aside = details.Cached + details.Writes.Sum;
        if (media.Sum > whole)
            usage.Fail(UsageViolation.NegativeLeaf, $"The parts exceed the whole that includes them: {media.Sum} of {whole} input tokens are media.");
        if (details.CachedMedia is { } cached && details.Writes.Sum == 0)
        {
            if (cached.Sum > details.Cached)
                usage.Fail(UsageViolation.NegativeLeaf, $"The parts exceed the whole that includes them: {cached.Sum} of {details.Cached} cached tokens are media.");
            return media - cached;
        }

        if (media.Sum == 0 || aside == 0)
            return media;
        if (aside >= whole)
            return default;
        if (media.Audio == whole)
            return new Media(whole - aside, 0, 0);
        if (media.Image == whole)
            return new Media(0, whole - aside, 0);
        if (media.Video == whole)
            return new Media(0, 0, whole - aside);
        usage.Fail(UsageViolation.AmbiguousOverlap,
            $"Of {whole} input tokens {aside} are cached and {media.Sum} are media, and the usage does not tell how many are both.");
        return default;
    }
}
