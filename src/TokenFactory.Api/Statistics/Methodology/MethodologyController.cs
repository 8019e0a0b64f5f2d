using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>How figures are made.</summary>
[ApiController]
[Route("v1/methodology")]
[Authorize("figures")]
[Tags("Figures")]
internal sealed class MethodologyController(Methodology methodology) : ControllerBase
{
    /// <summary>Methods, rules and conformance</summary>
    /// <remarks>
    /// Every method with its formula and source, the rule of the headline, what happens at the edges, what each `null_reason` means; and published worked
    /// examples, computed by the code that makes the figures of this very process, with how far it lies off. `Accept: text/csv` gives the methods.
    /// </remarks>
    /// <param name="format" example="csv">`csv`, where no Accept header can be set.</param>
    [HttpGet(Name = "GetMethodology")]
    [WhileWithheld(WhileWithheld.TheSame)]
    [ProducesResponseType<MethodologyAnswer>(StatusCodes.Status200OK, "application/json", "text/csv")]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Get([FromQuery, OneOf("json", "csv")] string? format, CancellationToken cancellationToken)
    {
        if (format is not (null or "" or "json" or "csv"))
            return Problems.Invalid(HttpContext, new FieldError("?format", "unknown_value", "Must be one of csv, json."));
        var answer = await methodology.AnswerAsync(cancellationToken);
        return FigureTable.Answer(HttpContext, answer, ["name", "title", "kind", "formula", "source", "null_when"],
            answer.Methods.Select(m => (IReadOnlyList<CsvCell>)[m.Name, m.Title, m.Kind, m.Formula, m.Source, m.NullWhen]));
    }
}
