using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// What every figure takes, whichever its periods, as the API document shows it; <see cref="FigureQuery"/> reads it, and tells every violation.
/// Names are those of the query.
/// </summary>
#pragma warning disable IDE1006, CA1707, CA1819 // Names and shapes are those of the query string.
public abstract record ScopeParameters
{
    [FromQuery]
    [Description("Only these; repeat for several.")]
    public string[]? sector { get; init; }

    [FromQuery]
    [Description("Only these, by id or alias; repeat for several. Example: `moonshot`.")]
    public string[]? producer { get; init; }

    [FromQuery]
    [Description("Only these, by name or alias, of any producer; repeat for several. Example: `kimi-k2`.")]
    public string[]? model { get; init; }

    [FromQuery]
    [Description("Only these; repeat for several.")]
    public string[]? token_class { get; init; }

    [FromQuery]
    [Description("Only these; repeat for several.")]
    public string[]? service_tier { get; init; }

    [FromQuery]
    [Description("The figures as they were known at the end of this UTC date, 2000-01-01 or later; a date that is still to come: as they are known now. Example: `2026-11-23`.")]
    public string? as_of { get; init; }

    [FromQuery]
    [Description("IANA name of the zone whose periods they are, of whole hours from UTC; left out: the reporting zone. Example: `Europe/Berlin`.")]
    public string? time_zone { get; init; }

    [FromQuery, OneOf("json", "csv")]
    [Description("`csv`, where no Accept header can be set.")]
    public string? format { get; init; }
}

/// <summary>The same by period, over a window.</summary>
public abstract record FigureParameters : ScopeParameters
{
    [FromQuery, OneOf<Frequency>]
    [Description("`hour`, `day`, `week` (ISO), `month`, `quarter` or `year`; periods are those of `time_zone`. Left out: `month`.")]
    public string? frequency { get; init; }

    [FromQuery]
    [Description("From this date on, or for hours this full hour; left out: from the first data. Example: `2026-01-01`.")]
    public string? start { get; init; }

    [FromQuery]
    [Description("Up to, not including, this date, or for hours this full hour; left out: to the last data. Example: `2027-01-01`.")]
    public string? end { get; init; }
}

/// <summary>The same with groups.</summary>
public abstract record GroupedFigureParameters : FigureParameters
{
    [FromQuery, OneOf<Dimension>]
    [Description("Any of `sector`, `producer`, `model`, `token_class`, `service_tier`, with commas. Example: `sector,producer`.")]
    public string[]? by { get; init; }
}

/// <summary>What index numbers take.</summary>
public sealed record IndexParameters : GroupedFigureParameters
{
    [FromQuery, OneOf<IndexKind>]
    [Description("`price`, `quantity` or `value`. Left out: `price`.")]
    public string? index { get; init; }

    [FromQuery, OneOf<BilateralFormula, MultilateralMethod>]
    [Description("Two periods compared (`fisher` ... `geometric_young`), or all periods of a window at once (`geks_fisher` ... `gk`). Left out: `fisher`. Formulas: `GET /v1/methodology`.")]
    public string? method { get; init; }

    [FromQuery, OneOf<SeriesLinking>]
    [Description("`chained` compares each period with the one before, `fixed_base` with the reference period; `annual_overlap` (months, quarters) and `one_quarter_overlap` (quarters) chain annual Laspeyres volumes. Left out: `chained`.")]
    public string? linking { get; init; }

    [FromQuery, OneOf<ItemSelection>]
    [Description("Of two periods: `union` (a missing price is imputed), `matched` (items of both only), `carried` (matched, and over a gap the last price stands in, at quantity 0). Left out: `union`.")]
    public string? items { get; init; }

    [FromQuery]
    [Description("Of multilateral methods: so many periods in a rolling window, 2 to 1000; left out: all periods in one. Example: `13`.")]
    public string? window { get; init; }

    [FromQuery, OneOf<Splice>]
    [Description("Where a new window is spliced on: onto the window before (`movement`, `window`, `half`, `mean`) or the published series (`wisp`, `hasp`, `mean_pub`). Left out: `mean_pub`.")]
    public string? splice { get; init; }

    [FromQuery]
    [Description("Of `lowe`, `young`, `geometric_young`: the period whose basket weighs, inside the window; left out: the reference period. Example: `2026-01`.")]
    public string? weights { get; init; }

    [FromQuery]
    [Description("Of `lloyd_moulton`: the elasticity of substitution, 0 to 100. Example: `2`.")]
    public string? sigma { get; init; }

    [FromQuery]
    [Description("The period that is 100, inside the window; left out: the first with data, for each group the first of its own. Example: `2026-01`.")]
    public string? reference { get; init; }

    [FromQuery, OneOf<Transformation>]
    [Description("What `value` is of each row's index: `lin` the index itself (no `value`), `chg` change, `ch1` change from a year ago, `pch`, `pc1` the same in percent, `pca` percent at an annual rate, `cch`, `cca` continuously compounded, `log` natural logarithm; within the window: its first period has no earlier one. Left out: `lin`.")]
    public string? units { get; init; }
}

/// <summary>What the headline index takes.</summary>
public sealed record TokenIndexParameters : FigureParameters
{
    [FromQuery]
    [Description("The period that is 100, inside the window; left out: the first with data, for each sector the first of its own. Example: `2026-01`.")]
    public string? reference { get; init; }
}

/// <summary>What contributions take.</summary>
public sealed record ContributionParameters : GroupedFigureParameters
{
    [FromQuery, OneOf("quantity", "price")]
    [Description("Whose growth: `quantity` (real growth) or `price`. Left out: `quantity`.")]
    public string? index { get; init; }
}
