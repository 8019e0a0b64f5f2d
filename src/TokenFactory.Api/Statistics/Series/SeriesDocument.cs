using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// A series as SDMX-CSV 2.0 (SDMX technical working group, SDMX-CSV field guide for SDMX 3.0): the structure, the action, the dimensions in the order of the
/// key, the measure, the attributes. The action is replace: an observation is what it is now, also where it has no value any more.
/// </summary>
internal static class SeriesDocument
{
    public const string ContentType = "application/vnd.sdmx.data+csv";
    public const string Structure = "TOKEN_FACTORY:SERIES(1.0.0)";

    private static readonly string[] Attributes = ["OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "UNIT_MULT", "BASE_PER", "TIME_ZONE", "COMMENT_OBS", "LAST_UPDATE"];

    public static byte[] Of(SeriesKey key, SeriesAnswer answer)
    {
        IReadOnlyList<string> header = ["STRUCTURE", "STRUCTURE_ID", "ACTION", .. SeriesKey.Dimensions, "TIME_PERIOD", "OBS_VALUE", .. Attributes];
        CsvCell[] series = ["dataflow", Structure, "R", .. key.Codes.Select(code => (CsvCell)code)];
        var updated = answer.CompleteThrough is { } at ? UtcInstantConverter.Text(at) : null;
        return Csv.Document(header, answer.Rows.Select(row => (IReadOnlyList<CsvCell>)[.. series, row.Period, CsvCell.Number(row.Value),
            row.ObsStatus, SeriesCodes.ConfidentialityStatus(row.NullReason), answer.UnitMeasure, CsvCell.Number(answer.UnitMultiplier), answer.Reference, answer.TimeZone,
            row.NullReason ?? (row.Partial ? FigureTable.PartialPeriod : null), updated]));
    }
}
