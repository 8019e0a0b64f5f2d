using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

#pragma warning disable IDE1006, CA1707, CA1819 // Names and shapes are those of the query string.

/// <summary>What concentration takes.</summary>
public sealed record ConcentrationParameters : FigureParameters
{
    [FromQuery, OneOf("sector", "token_class", "service_tier")]
    [Description("The markets: any of `sector`, `token_class`, `service_tier`, with commas; left out: one market. Example: `sector`.")]
    public string[]? by { get; init; }

    [FromQuery, OneOf<ConcentrationMeasure>]
    [Description("What shares are of: `value` (money) or `tokens`, priced or not. Left out: `value`.")]
    public string? measure { get; init; }

    [FromQuery, OneOf<MarketMember>]
    [Description("Whose shares they are: `producer` or `model`. Left out: `producer`.")]
    public string? of { get; init; }
}

/// <summary>What learning curves take.</summary>
public sealed record LearningCurveParameters : GroupedFigureParameters
{
    [FromQuery, OneOf("true", "false")]
    [Description("`true`: with the points and the fitted line of each row, for drawing; in JSON only.")]
    public string? points { get; init; }
}

/// <summary>What the response of demand takes.</summary>
public sealed record DemandResponseParameters : GroupedFigureParameters;

/// <summary>What revisions take.</summary>
public sealed record RevisionParameters : FigureParameters
{
    [FromQuery, OneOf<RevisionMeasure>]
    [Description("Which figure: `gdp`, `quantity` or `unit_value` as in `GET /v1/gdp`, `price_index` or `quantity_index` (chained Fisher over the union) as in `GET /v1/indices`. Left out: `gdp`.")]
    public string? measure { get; init; }

    [FromQuery, OneOf<VintageSchedule>]
    [Description("Which vintages: `day`, every UTC date on which something changed, and the last of each period; `week`, Sundays; `month`, last days of months. The current one is always among them. Left out: `month`.")]
    public string? vintages { get; init; }

    [FromQuery]
    [Description("Exactly these vintages, by UTC date from 2000-01-01 on, instead of `vintages`; repeat for several. Example: `2026-11-23`.")]
    public string[]? vintage { get; init; }

    [FromQuery]
    [Description("Of an index: the period that is 100; left out: the first with data as it was known at the first vintage with any. Example: `2026-01`.")]
    public string? reference { get; init; }
}
