using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>Reads one provider's response with what its sender says beside it, as <c>POST /v1/ingest/raw</c> takes it.</summary>
internal sealed class RawUsageParser(EventParser parser, ReportedUsageReader reader)
{
    /// <param name="index">The place in the body, from 0.</param>
    /// <param name="source">The source of what names none; null: each must.</param>
    /// <param name="json">Exactly one JSON value.</param>
    public IngestItem Parse(int index, string? source, ReadOnlySpan<byte> json)
    {
        var violations = new EventViolations();
        var (sent, raw) = parser.ParseRaw(json, source is not null, violations);
        if (sent.Source.Length == 0 && !violations.Any)
            sent.Source = source!;
        if (!violations.Any && raw is not null && Reported(sent, raw, violations) is { } reported)
            return reader.Read(index, reported);
        return new IngestItem(index, sent, violations);
    }

    private static ReportedUsage? Reported(UsageEvent sent, RawUsage raw, EventViolations violations)
    {
        try
        {
            var response = ReportedUsage.Keep(raw.Response);
            var id = sent.Id.Length > 0 ? sent.Id : RawResponse.IdOf(response);
            if (id is null)
            {
                violations.Add("/id", "required", "The response has no id of its own: give it one, that is the same when it is sent again.");
                return null;
            }

            return new ReportedUsage
            {
                Shape = SenderShapes.Raw,
                Source = sent.Source,
                Id = id,
                OccurredAt = raw.SaysWhen ? sent.OccurredAt : null,
                Provider = sent.Producer,
                Profile = raw.Flavor,
                Model = sent.Model.Length > 0 ? sent.Model : null,
                Account = sent.Account,
                Sector = sent.Sector?.Name(),
                ServiceTier = raw.SaysTier ? sent.ServiceTier.Name() : null,
                Region = sent.Region,
                ReportedAmount = sent.ReportedAmount,
                ReportedCurrency = sent.ReportedCurrency,
                Response = response,
            };
        }
        catch (InvalidOperationException)
        {
            violations.Add("/response", UsageViolation.InvalidText, "A text holds bytes or escapes that are not valid Unicode.");
            return null;
        }
    }
}
