using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>What a CSV file does not say of itself, as the query says it; <see cref="CsvMapping"/> reads it, and tells every violation.</summary>
#pragma warning disable IDE1006, CA1707, CA1819 // Names and shapes are those of the query string.
public sealed record CsvParameters
{
    [FromQuery]
    [Description("The registered source that the rows are recorded under. Left out: the column `source`, else the header X-TokenFactory-Source, else the only source of the key. Example: `spreadsheet`.")]
    public string? source { get; init; }

    [FromQuery]
    [Description("Where a field stands, as `field:Header name`; repeat for several. A column whose header is itself the name of a field needs none. Example: `input:ContextTokens`.")]
    public string[]? column { get; init; }

    [FromQuery]
    [Description("What a field is in every row, as `field:constant`; repeat for several. Example: `producer:openai`.")]
    public string[]? value { get; init; }

    [FromQuery]
    [Description("Rows without an id of their own get this and their number: sending the same file again counts nothing twice, as long as no row moves. Example: `march-`.")]
    public string? id_prefix { get; init; }

    [FromQuery]
    [Description("IANA name of the zone of times without an offset; left out: such a time is refused. A time that the zone's clocks show twice or never is refused. Example: `Europe/Berlin`.")]
    public string? time_zone { get; init; }

    [FromQuery, OneOf("s", "ms", "us", "ns")]
    [Description("The times are plain numbers of this unit; fractions are taken, exponents are not.")]
    public string? time_unit { get; init; }

    [FromQuery]
    [Description("What the numbers are counted from, with `time_unit`; left out: 1970-01-01T00:00:00Z. Example: `2026-11-01T00:00:00Z`.")]
    public string? time_origin { get; init; }

    [FromQuery, OneOf(",", ";", "|", "tab")]
    [Description("What stands between the fields; left out: the comma.")]
    public string? delimiter { get; init; }
}
