using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>How far an explanation looks through a figure.</summary>
internal enum ExplainLevel
{
    /// <summary>To the items that it is the sum of.</summary>
    Items,

    /// <summary>To the rates that they were valued at.</summary>
    Rates,

    /// <summary>To the ledger entries.</summary>
    Entries,
}

/// <summary>What is explained.</summary>
internal enum ExplainedFigure
{
    /// <summary>Token GDP of a period.</summary>
    Gdp,

    /// <summary>The growth of the price index over a period.</summary>
    PriceIndex,

    /// <summary>The growth of the quantity index over a period.</summary>
    QuantityIndex,
}

/// <summary>What an explanation takes.</summary>
#pragma warning disable IDE1006, CA1707 // Names are those of the query string.
public sealed record ExplainParameters : ScopeParameters
{
    [FromQuery]
    [Description("The period of the figure, as answers write it: `2026`, `2026-Q1`, `2026-01`, `2026-W05`, `2026-01-31`, `2026-01-31T05:00:00Z`.")]
    public string? period { get; init; }

    [FromQuery, OneOf<Frequency>]
    [Description("That of `period`, whose form tells it: may be left out.")]
    public string? frequency { get; init; }

    [FromQuery, OneOf<ExplainedFigure>]
    [Description("`gdp`: the money of the period; `price_index`, `quantity_index`: the growth of the chained Fisher. Left out: `gdp`.")]
    public string? figure { get; init; }

    [FromQuery]
    [Description("Of an index: the earlier period that growth is from; left out: the nearest that is not empty. Example: `2026-09`.")]
    public string? compared_with { get; init; }

    [FromQuery, OneOf<GdpConcept>]
    [Description("`gross`: everything that was produced; `net`: less what producers bought, as in `GET /v1/gdp`. Left out: `gross`.")]
    public string? concept { get; init; }

    [FromQuery, OneOf<ExplainFlow>]
    [Description("Of net output of producers, for `rates` and `entries`: which of its two accounts.")]
    public string? flow { get; init; }

    [FromQuery, OneOf<ExplainLevel>]
    [Description("`items`: what the figure is the sum of; `rates`: the prices behind it; `entries`: the ledger. Left out: `items`.")]
    public string? level { get; init; }

    [FromQuery, OneOf("sector")]
    [Description("`sector`: a row of its own for each sector of an item (`items` only).")]
    public string[]? by { get; init; }

    [FromQuery, OneOf<ValueBasis>]
    [Description("Only what was valued so (`rates` and `entries`).")]
    public string? basis { get; init; }

    [FromQuery]
    [Description("Only what was valued at this rate (`rates` and `entries`). Example: `42`.")]
    public string? rate_id { get; init; }

    [FromQuery]
    [Description("Only what has this unit value, money per million tokens (`rates` and `entries`). Example: `2.5`.")]
    public string? unit_value { get; init; }

    [FromQuery]
    [Description("Only what was priced in this currency (`rates` and `entries`). Example: `EUR`.")]
    public string? currency { get; init; }

    [FromQuery]
    [Description("The `next_cursor` of the page before.")]
    public string? cursor { get; init; }

    [FromQuery]
    [Description("Rows of a page, 1 to 10000. Left out: 1000.")]
    public string? limit { get; init; }
}
