using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>The codes of a dimension, for the API document.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfCodesAttribute(string dimension) : OneOfAttribute([.. SeriesVocabulary.Lists([]).Single(l => l.Id == dimension).Codes.Select(c => c.Code)]);

/// <summary>What the list of series takes.</summary>
#pragma warning disable IDE1006, CA1707, CA1819 // Names and shapes are those of the query string.
public sealed record SeriesListParameters
{
    [FromQuery, OneOfCodes("FREQ")]
    [Description("Only these, by code, or by name (`month`); repeat for several.")]
    public string[]? frequency { get; init; }

    [FromQuery, OneOfCodes("SECTOR")]
    [Description("Only these, by code, or by name (`household`); `S1` is the total; repeat for several.")]
    public string[]? sector { get; init; }

    [FromQuery]
    [Description("Only these, by code or id; `_T` is the total. Example: `moonshot`.")]
    public string[]? producer { get; init; }

    [FromQuery, OneOfCodes("TOKEN_CLASS")]
    [Description("Only these, by code, or by name (`output`); `_T` is the total; repeat for several.")]
    public string[]? token_class { get; init; }

    [FromQuery, OneOfCodes("MEASURE")]
    [Description("Only these; repeat for several.")]
    public string[]? measure { get; init; }

    [FromQuery]
    [Description("IANA name of the zone whose periods they are, of whole hours from UTC; left out: the reporting zone. Example: `Europe/Berlin`.")]
    public string? time_zone { get; init; }

    [FromQuery]
    [Description("The `next_cursor` of the page before.")]
    public string? cursor { get; init; }

    [FromQuery]
    [Description("Rows of a page, 1 to 1000. Left out: 100.")]
    public string? limit { get; init; }

    [FromQuery, OneOf("json", "csv")]
    [Description("`csv`, where no Accept header can be set.")]
    public string? format { get; init; }
}

/// <summary>What a series takes.</summary>
public sealed record SeriesParameters
{
    [FromQuery]
    [Description("Observations whose periods begin on this date or later; left out: from the first. Example: `2026-01-01`.")]
    public string? start { get; init; }

    [FromQuery]
    [Description("Observations whose periods begin before this date; left out: to the last. Example: `2027-01-01`.")]
    public string? end { get; init; }

    [FromQuery]
    [Description("The series as it was known at the end of this UTC date, 2000-01-01 or later; a date that is still to come: as it is known now. Example: `2026-11-23`.")]
    public string? as_of { get; init; }

    [FromQuery]
    [Description("IANA name of the zone whose periods they are, of whole hours from UTC; left out: the reporting zone. Example: `Europe/Berlin`.")]
    public string? time_zone { get; init; }

    [FromQuery, OneOf("json", "csv", "sdmx_csv")]
    [Description("`csv` or `sdmx_csv` (SDMX-CSV 2.0), where no Accept header can be set.")]
    public string? format { get; init; }
}
