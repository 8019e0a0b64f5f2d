using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>Rules and names beside the methods.</summary>
internal static partial class MethodologyTexts
{
    public static IReadOnlyList<TermRow> Concepts { get; } =
    [
        new("gross_output", "Token GDP, gross: the sum of quantity x unit value over all ledger entries, each priced at the time of its event. The headline."),
        new("net", "Token GDP, net: gross output less intermediate consumption, the tokens bought by accounts that are producers. By producer: output less purchases; by sector: final use. Both sums are the same."),
        new("item", "Producer x model x token class x service tier: the elementary product of index numbers."),
        new("elementary_price", "p = v / q: money of the priced part of an item in a period per token. An item without quantity is missing, its price is not 0."),
        new("real", "Chained volume in money of the reference period: V_ref I_t / I_ref, I the chained Fisher quantity index over the union of items. Not additive: the residual is published."),
        new("deflator", "Implicit: 100 x nominal / real."),
        new("unit_value", "Money per million priced tokens. It moves with the mix and is no price index."),
        new("composition_effect", "Unit value index / price index over the same items: what the average price owes to the mix."),
        new("free_share", "Tokens priced at 0 per priced token."),
        new("unpriced_share", "Tokens of unknown value per token: in quantities, and in no money and no index."),
        new("matched_share", "The share of items that are in both compared periods in the value of the two, the mean of both."),
        new("contributions", "Additive, of each item to the growth of the Fisher quantity index: (p1/P_F + p0)(q1 - q0) / S (p1/P_F + p0) q0; to the price index with p and q exchanged. They add up to growth to the last published decimal."),
        new("as_of", "A figure as it was known at the end of a UTC date: of everything recorded until then, and nothing later."),
        new("index_numbers", "Reference period = 100; computed in full and published with 6 decimals. Money and quantities are exact."),
    ];

    public static IReadOnlyList<TermRow> Linkings { get; } = Terms<SeriesLinking>(linking => linking switch
    {
        SeriesLinking.Chained => "Each period is compared with the nearest one before it that it can be compared with; the links are multiplied.",
        SeriesLinking.FixedBase => "Each period is compared with the reference period.",
        SeriesLinking.AnnualOverlap => "Months or quarters at the average prices of the year before, tied to the annual chain of Laspeyres volumes.",
        SeriesLinking.OneQuarterOverlap => "Quarters at the average prices of the year before, chained through the last quarter of that year.",
        _ => throw Missing(linking),
    });

    public static IReadOnlyList<TermRow> ItemSelections { get; } = Terms<ItemSelection>(items => items switch
    {
        ItemSelection.Union => "Every item of either period. A missing price is imputed at the overall mean of the matched items (p1 / P for p0, p0 P for p1, P the matched Fisher), its quantity is 0. The headline rule.",
        ItemSelection.Matched => "Items of both periods.",
        ItemSelection.Carried => "As matched; an item that is missing for a while keeps its last price, at quantity 0, and is counted in carried_items.",
        _ => throw Missing(items),
    });

    public static IReadOnlyList<TermRow> Splices { get; } = Terms<Splice>(splice => splice switch
    {
        Splice.Movement => "On the window before, at j = W - 2: the last movement of the new window continues the series.",
        Splice.Window => "On the window before, at j = 0.",
        Splice.Half => "On the window before, at j = floor((W - 1) / 2).",
        Splice.Mean => "On the window before, the geometric mean over j = 0 .. W - 2.",
        Splice.Wisp => "On the published series, at j = 0.",
        Splice.Hasp => "On the published series, at j = floor((W - 1) / 2).",
        Splice.MeanPub => "On the published series, the geometric mean over j = 0 .. W - 2.",
        _ => throw Missing(splice),
    });

    public static IReadOnlyList<TermRow> Transformations { get; } = Terms<Transformation>(units => units switch
    {
        Transformation.Lin => "x_t",
        Transformation.Chg => "x_t - x_(t-1)",
        Transformation.Ch1 => "x_t - x_(one year before t)",
        Transformation.Pch => "100 (x_t / x_(t-1) - 1)",
        Transformation.Pc1 => "100 (x_t / x_(one year before t) - 1)",
        Transformation.Pca => "100 ((x_t / x_(t-1))^n - 1), n periods of a year; not of days and hours",
        Transformation.Cch => "100 (ln x_t - ln x_(t-1))",
        Transformation.Cca => "n 100 (ln x_t - ln x_(t-1)); not of days and hours",
        Transformation.Log => "ln x_t",
        _ => throw Missing(units),
    });

    public static IReadOnlyList<TermRow> EdgeRules { get; } =
    [
        new("free_tokens", "Free is a price. Formulas of baskets stay defined; those of relatives and logarithms are null with zero_price. No shadow price in the headline; free_share is published."),
        new("confidential", "Withheld from the public, because it tells too much of single accounts, or would let that be worked out."),
        new("empty_period", "Nominal 0, index null, and the chain links across it."),
        new("no_matched_item", "The nearest earlier period that can be compared, back over 12 that are not empty; else a flagged break."),
        new("partial_period", "The first or last period that the window or the data cuts is flagged. Nothing is grossed up."),
        new("average_price", "Money per token is published as a unit value, never as a price index."),
        new("raw_tokens", "Sums of tokens of different models are published as a quantity, never as a volume: tokenisers differ."),
        new("arithmetic", "Decimal for sums, double for logarithms and roots. Money is never rounded after the entry; there is no NaN, no infinity and no silent gap: null, with null_reason."),
        new("corrections", "An item whose corrections outweigh it in a period is missing in it for index numbers; money and quantities hold it."),
    ];

    public static IReadOnlyList<TermRow> Reasons { get; } =
    [
        new(NullReasons.EmptyPeriod, "A compared period has no item with a price."),
        new(NullReasons.NoMatchedItems, "No item is present in both periods: nothing can be compared, and no price imputed."),
        new(NullReasons.ZeroPrice, "The formula, or the imputation of a price, divides by zero or takes the logarithm of zero, because something was free."),
        new(NullReasons.ZeroQuantity, "A quantity relative divides by zero, or has no logarithm: an item came or went."),
        new(NullReasons.ChainBroken, "Between this period and the reference period the chain is broken."),
        new(NullReasons.NoWeights, "The period whose basket weighs is empty, or lies outside the query."),
        new(NullReasons.NonpositiveValueAdded, "Value added, at the prices of one of the two periods, is not above 0."),
        new(NullReasons.NegativeValue, "The value is below 0, because corrections outweigh what they correct."),
        new(NullReasons.NoReference, "The reference period has no level, or lies outside the query."),
        new(NullReasons.OutOfRange, "The numbers are too large or too small for the arithmetic."),
        new(GrowthReasons.GrowthOfNull, "The point itself has no value."),
        new(GrowthReasons.NoEarlierPeriod, "There is no period before, or none a year before."),
        new(GrowthReasons.EarlierValueMissing, "The earlier period is a gap: growth is never taken across one."),
        new(GrowthReasons.ZeroBase, "What would be divided by, compounded from or taken a logarithm of is not above zero."),
        new(GrowthReasons.NotAnnualised, "Days and hours are not annualised."),
        new(FitReasons.TooFewPoints, "A line needs two points, and its errors three."),
        new(FitReasons.NoVariation, "All x, or all y, are the same."),
        new(FitReasons.NotFalling, "The price does not fall, so that it never halves."),
        new("partial_period", "Growth of, or from, a period that is not covered in full: nothing is grossed up."),
        new("part_without_volume", "A group has no volume in the period, so that there is no residual."),
        new("no_common_reference", "Groups are told in money of different periods, so that there is no residual: name one by reference."),
    ];
}
