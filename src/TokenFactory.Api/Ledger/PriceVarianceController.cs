using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>Whether our prices are those that are charged.</summary>
[ApiController]
[Route("v1/price-variance")]
[Authorize("read")]
[Tags("Ledger")]
internal sealed class PriceVarianceController(EntryReader entries, PriceVarianceReader variance, Archives archives) : ControllerBase
{
    private const int MaxDays = 92;
    private const int MaxRows = 100_000;
    private static readonly string[] Columns =
    [
        "source", "producer", "model", "currency", "events", "not_comparable", "reported", "valued", "difference", "relative_difference", "reported_not_comparable",
    ];

    /// <summary>Reported costs against our values</summary>
    /// <remarks>
    /// Of the events that occurred in the window and report a cost: what they say, and what the ledger says now, by source, producer, model and
    /// currency. Our value is that in force: of the last repricing, else as recorded; reversed events are left out, and so is what the tiers of
    /// a month add or take. Where both are in one currency they are compared in it; a cost in the reporting currency is compared with the value
    /// in that, by the exchange rates that the entries pin. An event whose value is in another currency, or not known in whole, is counted in
    /// `not_comparable` and is in none of the sums. `Accept: text/csv` gives the same columns.
    /// </remarks>
    /// <param name="start" example="2026-11-01T00:00:00Z">Occurred at or after.</param>
    /// <param name="end" example="2026-12-01T00:00:00Z">Occurred before; at most 92 days after `start`.</param>
    /// <param name="source" example="gateway-1">Only this source's.</param>
    /// <param name="producer" example="moonshot">Only this producer's, by id or alias.</param>
    /// <param name="model" example="kimi-k2">Only this model's, by name or alias.</param>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet(Name = "GetPriceVariance")]
    [ProducesResponseType<PriceVarianceAnswer>(StatusCodes.Status200OK, "application/json", Csv.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status410Gone, Problems.ContentType)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Get(
        [FromQuery] string? start, [FromQuery] string? end, [FromQuery] string? source, [FromQuery] string? producer, [FromQuery] string? model,
        [FromQuery, OneOf("json", "csv")] string? format, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var filter = new EntryFilter
        {
            Source = source,
            Producer = producer,
            Model = model,
            OccurredFrom = QueryInstant.Read("start", start, errors),
            OccurredTo = QueryInstant.Read("end", end, errors),
        };
        Check(filter, format, errors);
        if (errors.Count == 0)
            errors.AddRange((await entries.FindUnknownAsync(filter, cancellationToken)).Select(n => new FieldError($"?{n}", "unknown_value", "Nothing is registered under this name.")));
        if (errors.Count > 0)
            return Problems.Invalid(HttpContext, errors);

        var rows = await variance.ReadAsync(filter, MaxRows + 1, cancellationToken);
        // Behind it: what is dropped while it is read is seen.
        if (await archives.FindMonthsAsync(filter, cancellationToken) is { Count: > 0 } months)
            return Problems.Archived(HttpContext, $"Events of the window are in the archives of {string.Join(", ", months)}.");
        if (rows.Count > MaxRows)
        {
            return Problems.Result(HttpContext, StatusCodes.Status422UnprocessableEntity, "too_many_rows", "The answer would be too large.",
                $"It would have more than {MaxRows} rows. Narrow it by `source`, `producer` or `model`.");
        }

        if (Csv.IsAskedFor(Request))
            return File(Csv.Document(Columns, rows.Select(r => r.Cells)), "text/csv; charset=utf-8; header=present");
        return Ok(new PriceVarianceAnswer { Rows = rows, Start = filter.OccurredFrom!.Value, End = filter.OccurredTo!.Value });
    }

    private void Check(EntryFilter filter, string? format, List<FieldError> errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["start", "end"])
        {
            if (string.IsNullOrEmpty(Request.Query[name]))
                errors.Add(new FieldError($"?{name}", "required", "Name the window: both `start` and `end` are needed."));
        }

        foreach (var (name, text) in (ReadOnlySpan<(string, string?)>)[("source", filter.Source), ("producer", filter.Producer), ("model", filter.Model)])
        {
            if (text is not null && text.Contains('\0', StringComparison.Ordinal))
                errors.Add(new FieldError($"?{name}", "invalid_text", "Must not hold NUL."));
        }

        if (filter.OccurredTo <= filter.OccurredFrom || filter.OccurredTo - filter.OccurredFrom > TimeSpan.FromDays(MaxDays))
            errors.Add(new FieldError("?end", "out_of_range", $"Must lie after `start`, at most {MaxDays} days."));
        if (format is not (null or "json" or "csv"))
            errors.Add(new FieldError("?format", "unknown_value", "Must be one of json, csv."));
    }
}
