using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using Status = TokenFactory.Api.Ingestion.Otlp.Wire.Status;

namespace TokenFactory.Api.Ingestion;

/// <summary>What OTLP's ways in work with.</summary>
internal sealed class OtlpServices(SourceSignals signals, ReportedUsageReader reader)
{
    public SpanUsage Spans { get; } = new(reader);

    public MetricUsage Metrics { get; } = new(reader);

    public Task BindAsync(string source, SourceSignal signal, CancellationToken cancellationToken) => signals.BindAsync(source, signal, cancellationToken);
}

/// <summary>
/// OpenTelemetry's protocol over HTTP. It prescribes the form of every answer: a message of its own in the encoding of the request, and of a failure
/// <c>google.rpc.Status</c>. Its clients log that message's text, and would show a problem document as bytes that they can't read; so the text is the
/// problem's, in the form that they know.
/// </summary>
internal abstract class OtlpController(IngestServices services, OtlpServices otlp) : IngestController(services)
{
    protected OtlpServices Otlp => otlp;

    /// <summary>Records the usage of an export.</summary>
    /// <param name="parser">Reads the message.</param>
    /// <param name="source">The parameter of that name.</param>
    /// <param name="signal">The signal that comes in here.</param>
    /// <param name="read">Finds the usage in a message, for a source.</param>
    /// <param name="answer">The answer, by how many were not taken and what is to be said of it; an empty text: nothing is.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    protected async Task<IActionResult> ReceiveAsync<T>(
        MessageParser<T> parser, string? source, SourceSignal signal, Func<T, string, OtlpUsage> read, Func<OtlpUsage, IMessage> answer, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new()
    {
        var encoding = OtlpEncoding.Json;
        try
        {
            encoding = OtlpWire.EncodingOf(Request);
            var (name, refusal) = await SourceOfAsync(source, cancellationToken);
            if (name is null)
                return Failed(refusal!, encoding);
            await using var body = RequestBody.Open(Request);
            var bytes = await RequestBody.ReadWholeAsync(body, Options.MaxBodyBytes, "Let the exporter send smaller batches.", cancellationToken);
            var usage = read(OtlpWire.Read(parser, bytes, encoding), name);
            if (usage.ReportsTokens)
                await otlp.BindAsync(name, signal, cancellationToken);
            return await RecordAsync(usage) is { } problem ? Failed(problem, encoding) : OtlpWire.Answer(StatusCodes.Status200OK, answer(usage), encoding);
        }
        catch (Exception e) when (e is BodyRefusedException or JsonException or InvalidDataException)
        {
            return Failed(EventBody.Refused(HttpContext, e), encoding);
        }
        catch (Exception e) when (IsInterruption(e))
        {
            Response.Headers.RetryAfter = "2";
            return Failed(StatusCodes.Status503ServiceUnavailable, "The database does not answer. Send the export again as it is: what it holds counts once.", encoding);
        }
    }

    private async Task<IActionResult?> RecordAsync(OtlpUsage usage)
    {
        await using var report = new IngestReport(listAll: false);
        return await RecordAllAsync(report, async (add, _) =>
        {
            foreach (var item in usage.Items)
                await add(item);
        });
    }

    private static IActionResult Failed(IActionResult problem, OtlpEncoding encoding)
    {
        var document = (ProblemDetails)((ObjectResult)problem).Value!;
        var errors = document.Extensions.TryGetValue("errors", out var listed) && listed is IEnumerable<FieldError> violations
            ? string.Concat(violations.Select(e => $" {e.Pointer}: {e.Detail}"))
            : "";
        return Failed(document.Status!.Value, $"{document.Title} {document.Detail}{errors}", encoding);
    }

    private static IActionResult Failed(int status, string message, OtlpEncoding encoding) =>
        OtlpWire.Answer(status, new Status { Code = CodeOf(status), Message = message }, encoding);

    // The codes of google.rpc that correspond; clients go by the status of HTTP.
    private static int CodeOf(int status) => status switch
    {
        StatusCodes.Status403Forbidden => 7,
        StatusCodes.Status413PayloadTooLarge => 8,
        StatusCodes.Status503ServiceUnavailable => 14,
        _ => 3,
    };
}
