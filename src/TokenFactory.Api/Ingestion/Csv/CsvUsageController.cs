using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>Files of usage come in here: what spreadsheets, databases and published traces are written as.</summary>
[Route("v1/ingest/csv")]
[Tags("Senders")]
internal sealed class CsvUsageController(EventParser parser, IngestServices services) : IngestController(services)
{
    /// <summary>Record a CSV file</summary>
    /// <remarks>
    /// A header, and a row for each event, in UTF-8, plain or with `Content-Encoding: gzip`; any number of rows, recorded while they stream in. The
    /// query says which column holds which field: `source`, `id`, `occurred_at`, `producer`, `model`, `account`, `sector`, `service_tier`, `region`, the
    /// token classes (`input`, `cache_read`, `output`, ...), `reported_cost` and its `currency`. A row is the same event as a native one of these values:
    /// sending it again, either way, counts nothing twice. What the query and the header leave open is answered with 422 before anything is recorded.
    ///
    /// The cells are strict. Tokens are digits alone, without thousands separators, sign, fraction or exponent; a cost is a plain decimal number with a
    /// point; a time is `2026-11-23T10:00:00Z`, the same with a space and with another offset or none (then `time_zone` says which), or a number
    /// (then `time_unit`). An empty cell says nothing. A row that is not valid is listed with its number, from 1 for the row after the header, and the
    /// field; the others are recorded. Rows of empty cells are counted under `ignored`.
    /// </remarks>
    /// <param name="receipts">`refused` lists the rows that were not taken, `all` lists every row.</param>
    [HttpPost(Name = "RecordCsvUsage")]
    [DisableRequestSizeLimit]
    [RawBody("A header, and a row for each event.", Csv.ContentType, Example =
        "id,occurred_at,producer,model,account,input,cache_read,output\nreq-8f2,2026-11-23T10:00:00Z,moonshot,kimi-k2,acme,86,17817,52\n")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status200OK, "application/json")]
    [ProducesResponseType<BatchAnswer>(StatusCodes.Status207MultiStatus, "application/json")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status400BadRequest, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status403Forbidden, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status413PayloadTooLarge, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status415UnsupportedMediaType, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status503ServiceUnavailable, Problems.ContentType)]
    public async Task<IActionResult> Record(
        [FromQuery] CsvParameters parameters, [FromQuery] ReceiptListing receipts, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var mapping = CsvMapping.Read(parameters, parser, errors);
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);
        try
        {
            CheckType();
            await using var body = RequestBody.Open(Request);
            using var file = await CsvFile.OpenAsync(body, mapping.Delimiter, Options, cancellationToken);
            var layout = CsvLayout.Of(file.Header, mapping, errors);
            if (errors.Count > 0)
                return Problems.Invalid(HttpContext, errors);
            var (source, refusal) = layout.HasColumn(CsvFields.Source) ? ("", null) : await SourceOfAsync(mapping.Source, cancellationToken);
            if (source is null)
                return refusal!;
            var reader = new CsvRowReader(parser, layout, source);
            return await RecordManyAsync(receipts, async (add, _) =>
            {
                while (await file.ReadAsync() is { } row)
                    await add(reader.Read(file.Row, row));
            });
        }
        catch (Exception e) when (e is BodyRefusedException or InvalidDataException)
        {
            return EventBody.Refused(HttpContext, e, " Nothing of it was recorded.");
        }
    }

    private void CheckType()
    {
        if (!MediaTypeHeaderValue.TryParse(Request.ContentType, out var type) || !type.MediaType.Equals(Csv.ContentType, StringComparison.OrdinalIgnoreCase))
            throw Unsupported("unsupported_media_type", "Send the file as text/csv.");
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            throw Unsupported("unsupported_charset", "Send the file in UTF-8: a spreadsheet saves it as CSV UTF-8.");
    }

    private static BodyRefusedException Unsupported(string code, string detail) => new(StatusCodes.Status415UnsupportedMediaType, code, detail);
}
