namespace TokenFactory.Economics.Usage;

/// <summary>Tokens that are not text, by medium. Each is 0 or more as read; a difference may be negative.</summary>
internal readonly record struct Media(long Audio, long Image, long Video)
{
    public long Sum => Audio + Image + Video;

    public static Media operator -(Media whole, Media part) =>
        new(whole.Audio - part.Audio, whole.Image - part.Image, whole.Video - part.Video);

    /// <summary>The fields of OpenAI's details; <c>image</c> occurs for <c>image_tokens</c>.</summary>
    public static Media Of(UsageFields details) => new(
        details.Optional("audio_tokens"),
        details.Optional("image_tokens", "image"),
        details.Optional("video_tokens"));
}

/// <summary>Tokens that were written to a cache: kept for five minutes (or as long as the provider keeps them), or for an hour.</summary>
internal readonly record struct CacheWrites(long Short, long Hour)
{
    public long Sum => Short + Hour;

    /// <summary>
    /// Splits the tokens written by how long they are kept. A part that is absent is the rest of the whole, never 0: an absent field must
    /// not take away what the whole says.
    /// </summary>
    /// <param name="whole">What was written in all; null where the provider does not say.</param>
    /// <param name="split">Holds ephemeral_5m_input_tokens and ephemeral_1h_input_tokens; may be absent.</param>
    public static CacheWrites Of(long? whole, UsageFields split)
    {
        var minutes = split.Find("ephemeral_5m_input_tokens");
        var hour = split.Find("ephemeral_1h_input_tokens");
        if (whole is not { } all)
            return new CacheWrites(minutes ?? 0, hour ?? 0);
        if (minutes is null)
            return new CacheWrites(all - (hour ?? 0), hour ?? 0);
        var rest = hour ?? all - minutes.Value;
        if (minutes + rest != all)
            split.Fail(UsageViolation.SumMismatch, $"Cache writes of {minutes} for 5 minutes and {rest} for an hour do not sum to {all}.");
        return new CacheWrites(minutes.Value, rest);
    }
}

/// <summary>What an input includes.</summary>
/// <param name="Cached">Tokens that a cache served, of whatever medium.</param>
/// <param name="Writes">Tokens that were written to a cache; disjoint from <paramref name="Cached"/>.</param>
/// <param name="Media">Tokens that are not text, cached or not.</param>
/// <param name="CachedMedia">Which of <paramref name="Cached"/> are not text; null where the provider does not say.</param>
internal readonly record struct InputDetails(long Cached, CacheWrites Writes = default, Media Media = default, Media? CachedMedia = null)
{
    /// <summary>OpenAI's <c>prompt_tokens_details</c> or <c>input_tokens_details</c>, with the names that compatible servers add.</summary>
    public static InputDetails Of(UsageFields details) => Of(details, details.Find("cached_tokens"), details.Inside());

    /// <summary>
    /// The details of a prompt, with what servers say of it at the top: cached_tokens (Moonshot), hits and misses (DeepSeek; a miss is ordinary input), and
    /// Anthropic's names. All are inside the prompt; what is stated twice is read once.
    /// </summary>
    /// <param name="usage">The usage object.</param>
    /// <param name="details">The details in it; may be absent.</param>
    /// <param name="prompt">The tokens of the whole prompt.</param>
    /// <param name="anthropics">
    /// Whether Anthropic's names are read: a stated total tells that what they name is inside the prompt. Anthropic's own is beside it.
    /// </param>
    public static InputDetails OfPrompt(UsageFields usage, UsageFields details, long prompt, bool anthropics)
    {
        var above = anthropics ? usage : usage.Inside();
        var hits = usage.Find("prompt_cache_hit_tokens");
        var misses = usage.Find("prompt_cache_miss_tokens");
        if (hits is not null && misses is not null && hits + misses != prompt)
            usage.Fail(UsageViolation.SumMismatch, $"Cache hits of {hits} and misses of {misses} do not sum to prompt_tokens, {prompt}.");
        var cached = usage.Agree("cached_tokens", hits ?? prompt - misses, usage.Find("cached_tokens"));
        cached = usage.Agree("cache_read_input_tokens", cached, above.Find("cache_read_input_tokens"));
        return Of(details, usage.Agree("prompt_tokens_details.cached_tokens", cached, details.Find("cached_tokens")), above);
    }

    private static InputDetails Of(UsageFields details, long? cached, UsageFields above)
    {
        var ofCached = details.Inside("cached_tokens_details");
        return new InputDetails(cached ?? 0, WritesOf(details, above), Media.Of(details), ofCached.IsPresent ? Media.Of(ofCached) : null);
    }

    private static CacheWrites WritesOf(UsageFields details, UsageFields above)
    {
        var whole = details.Find("cache_write_tokens", "cache_write", "cache_creation_tokens", "cache_creation_input_tokens");
        whole = details.Agree("prompt_tokens_details.cache_creation_tokens", above.Find("cache_creation_input_tokens"), whole);
        var split = details.Inside("cache_creation_token_details").Beside(above.Inside("cache_creation"));
        // DashScope's cache_creation is an object like Anthropic's; a plain number there can only be the whole.
        if (details.IsNumber("cache_creation"))
            return CacheWrites.Of(details.Agree("cache_creation", whole, details.Find("cache_creation")), split);
        split = split.Beside(details.Inside("cache_creation"));
        return CacheWrites.Of(details.Agree("cache_creation_input_tokens", whole, split.Find("cache_creation_input_tokens")), split);
    }
}
