using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>
/// What a price catalogue says. A row is one number of the file that is a price, or stands where one should: a price with two context tiers is
/// three rows. Each row is in a card, in a refused row, or said what an earlier one had said: the three counts add up to the first.
/// </summary>
internal sealed record ImportedPrices
{
    /// <summary>Prices of the file.</summary>
    public required int RowsRead { get; init; }

    /// <summary>Prices that the file gives a second time, and the same: no card counts them.</summary>
    public required int RowsRepeated { get; init; }

    /// <summary>In the order of the file; one for each producer, model, service tier, currency and interval.</summary>
    public required IReadOnlyList<ImportedCard> Cards { get; init; }

    public required IReadOnlyList<RefusedRow> Refused { get; init; }
}

/// <summary>The prices of one model and service tier in one interval, as a catalogue has them: names are the catalogue's.</summary>
internal sealed record ImportedCard
{
    /// <summary>The producer's id or name in the catalogue.</summary>
    public required string Producer { get; init; }

    /// <summary>Its name for people, where the catalogue has one.</summary>
    public string? ProducerName { get; init; }

    public required string Model { get; init; }

    public ServiceTier ServiceTier { get; init; } = ServiceTier.Standard;

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>The first instant at which the prices hold; null: unknown, which is not the same as always.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>The first instant at which they hold no more; null: no end is known.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>In stored order of the token classes, each class once.</summary>
    public required IReadOnlyList<RateTerms> Rates { get; init; }

    /// <summary>Classes without a price here, each with the class of <see cref="Rates"/> whose price it takes.</summary>
    public required IReadOnlyDictionary<TokenClass, TokenClass> Fallbacks { get; init; }

    /// <summary>Its place in the file: a JSON Pointer, or a line such as <c>line 12</c>.</summary>
    public required string Where { get; init; }

    /// <summary>The rows of the file that it was made of.</summary>
    public required int Rows { get; init; }
}

/// <summary>A price of the file that is in no card.</summary>
/// <param name="Where">Its place: a JSON Pointer, or a line such as <c>line 12</c>.</param>
/// <param name="Code">One of <see cref="RefusalCodes"/>.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record RefusedRow(string Where, string Code, string Detail);

/// <summary>Why a price is in no card.</summary>
internal static class RefusalCodes
{
    /// <summary>Money for something else than tokens: images, seconds, requests, or a factor on other prices.</summary>
    public const string NotATokenPrice = "not_a_token_price";

    /// <summary>Money per token, but of tokens that are no class here.</summary>
    public const string NoTokenClass = "no_token_class";

    /// <summary>Nobody here knows what it is the price of.</summary>
    public const string UnknownUnit = "unknown_unit";

    /// <summary>No amount: "varies", a text, or a zero that stands for "not by itself".</summary>
    public const string NotAPrice = "not_a_price";

    /// <summary>Below 0, above 1,000,000 per million tokens, or with more than 12 decimals: never rounded.</summary>
    public const string InvalidUnitValue = "invalid_unit_value";

    /// <summary>It holds on a condition that can't be read.</summary>
    public const string UnknownCondition = "unknown_condition";

    /// <summary>Another part of the same price is refused, and half of it would be wrong.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>A price above a threshold or at some hours, and none for the rest.</summary>
    public const string NoBasePrice = "no_base_price";

    /// <summary>A later entry of the catalogue goes before it at any time.</summary>
    public const string NeverInForce = "never_in_force";

    /// <summary>The file has the same again, and says something else: the first counts.</summary>
    public const string Repeated = "repeated";

    /// <summary>An example that explains the file.</summary>
    public const string Documentation = "documentation";

    /// <summary>Producer or model has no name that could be one.</summary>
    public const string InvalidName = "invalid_name";

    /// <summary>Something else stands where an object, a list or a row of so many fields should.</summary>
    public const string WrongShape = "wrong_shape";

    /// <summary>A service tier that is none.</summary>
    public const string UnknownServiceTier = "unknown_service_tier";

    /// <summary>A currency that is none.</summary>
    public const string InvalidCurrency = "invalid_currency";

    /// <summary>An interval that ends before it begins, or whose bounds are no dates.</summary>
    public const string InvalidInterval = "invalid_interval";
}
