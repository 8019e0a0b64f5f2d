using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>What the prices of one card share, beside producer and model.</summary>
/// <param name="From">Null: unknown.</param>
/// <param name="To">Null: no end is known.</param>
internal readonly record struct CardTerms(ServiceTier ServiceTier, string Currency, DateTimeOffset? From, DateTimeOffset? To)
{
    /// <summary>Standard service in US dollars, from an unknown instant on.</summary>
    public static CardTerms Undated { get; } = new(ServiceTier.Standard, "USD", null, null);
}

/// <summary>Hours of every day, in UTC, as <see cref="WindowTerms"/> writes them.</summary>
internal sealed record DailyHours(string From, string To);

/// <summary>One price of a file, with its conditions.</summary>
internal sealed record PriceRow
{
    public required string Where { get; init; }
    public required TokenClass TokenClass { get; init; }

    /// <summary>Money per million tokens.</summary>
    public required decimal UnitValue { get; init; }
    public CardTerms Card { get; init; } = CardTerms.Undated;

    /// <summary>Only for requests of more input tokens than that.</summary>
    public long? Above { get; init; }

    /// <summary>Or of exactly as many.</summary>
    public bool Inclusive { get; init; }

    /// <summary>Only at these hours.</summary>
    public DailyHours? Hours { get; init; }

    /// <summary>Follows from other rows of the file: no row of its own.</summary>
    public bool IsCopy { get; init; }

    /// <summary>The part of the file that its card is made of; null: that of the entry.</summary>
    public string? CardWhere { get; init; }
}

/// <summary>The prices that a catalogue gives for one model in one place.</summary>
internal sealed class CatalogueEntry
{
    private readonly Dictionary<(CardTerms, TokenClass), string> _unread = [];

    public required string Producer { get; init; }
    public string? ProducerName { get; init; }
    public required string Model { get; init; }
    public required string Where { get; init; }

    public List<PriceRow> Rows { get; } = [];

    /// <summary>A part of this price can't be read, so that its other parts may not stand alone, and no other class's price may stand for it.</summary>
    public void MarkUnread(CardTerms card, TokenClass tokenClass, string where) => _unread.TryAdd((card, tokenClass), where);

    /// <summary>Where the part is that can't be read.</summary>
    public bool IsUnread(CardTerms card, TokenClass tokenClass, out string? where) => _unread.TryGetValue((card, tokenClass), out where);
}
