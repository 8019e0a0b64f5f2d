using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>What Token GDP takes.</summary>
#pragma warning disable IDE1006 // Names are those of the query string.
public sealed record GdpParameters : GroupedFigureParameters
{
    [FromQuery, OneOf<GdpConcept>]
    [Description("`gross`: everything that was produced. `net`: less what producers bought; of `producer` (as group or filter) what each made less what it bought, of everything else final use. Left out: `gross`.")]
    public string? concept { get; init; }

    [FromQuery, OneOf<GdpPrices>]
    [Description("`current`: nominal, in the prices of each event's time. `chained`: beside it the chained volume in money of `reference`. Left out: `current`.")]
    public string? prices { get; init; }

    [FromQuery]
    [Description("Of chained prices: the period in whose money volumes are told, inside the window; left out: the first with data, for each group the first of its own. Example: `2026-01`.")]
    public string? reference { get; init; }

    [FromQuery, OneOf<Transformation>]
    [Description("What `value` is of each row's figure: `lin` the figure itself (no `value`), `chg` change, `ch1` change from a year ago, `pch`, `pc1` the same in percent, `pca` percent at an annual rate, `cch`, `cca` continuously compounded, `log` natural logarithm. Left out: `lin`.")]
    public string? units { get; init; }
}
