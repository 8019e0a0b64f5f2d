using System.Globalization;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Makes an event of one record of LiteLLM's logging. Its sender never sends again: what has a usage is recorded or held back, and refused only where
/// nothing can be made of it. Of the record only names, tags, instants, the cost and the usage are read; prompts and answers are dropped here.
/// </summary>
internal sealed class LitellmParser(EventParser parser, ReportedUsageReader reader)
{
    private const string IdPrefix = "litellm";
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    /// <param name="index">The place in the body, from 0.</param>
    /// <param name="source">The source that it is recorded under.</param>
    /// <param name="json">One JSON value, or what is left of one.</param>
    public IngestItem Parse(int index, string source, ReadOnlySpan<byte> json)
    {
        var violations = new EventViolations();
        var item = new IngestItem(index, new UsageEvent { Source = source }, violations);
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Options);
            switch (document.RootElement.ValueKind)
            {
                case JsonValueKind.Null:
                    item.IsEmpty = true;
                    break;
                case JsonValueKind.Object:
                    var record = new LitellmRecord(document.RootElement);
                    if (!record.ProducedNothing)
                        return reader.Read(index, Reported(source, record));
                    item.IsEmpty = true;
                    break;
                default:
                    violations.Add("", "wrong_type", "A record of LiteLLM is a JSON object.");
                    break;
            }
        }
        catch (JsonException e)
        {
            violations.Add("", "malformed_json", string.Create(CultureInfo.InvariantCulture,
                $"Not valid JSON at byte {e.BytePositionInLine} of line {(e.LineNumber ?? 0) + 1}."));
        }
        catch (InvalidOperationException)
        {
            violations.Add("", UsageViolation.InvalidText, "A name or a text of the usage holds bytes or escapes that are not valid Unicode.");
        }

        return item;
    }

    private ReportedUsage Reported(string source, LitellmRecord record)
    {
        var cost = record.Cost;
        var reported = new ReportedUsage
        {
            Shape = SenderShapes.Litellm,
            Source = source,
            Id = "",
            OccurredAt = record.OccurredAt,
            Provider = record.Provider,
            Profile = record.HasUsageObject ? UsageProfiles.Litellm : UsageProfiles.LitellmTotals,
            Model = record.Model,
            Account = record.Account,
            SectorTag = record.SectorTag,
            Plan = record.Plan,
            ServiceTier = record.ServiceTier,
            ReportedAmount = cost,
            ReportedCurrency = cost is null ? null : "USD",
            Response = ReportedUsage.Written(writer =>
            {
                writer.WriteStartObject();
                writer.WritePropertyName("usage");
                if (record.HasUsageObject)
                    UsageDigest.WriteUsage(record.Usage, writer);
                else
                    record.WriteTotals(writer);
                writer.WriteEndObject();
            }),
        };
        return reported with { Id = IdOf(record, reported) };
    }

    /// <summary>
    /// LiteLLM's id. One that can't be an event's (it encodes its own routing in the ids of responses, at any length) is taken by its hash, and where
    /// there is none the content gives one.
    /// </summary>
    private string IdOf(LitellmRecord record, ReportedUsage reported)
    {
        if (record.Id is not { } id)
            return ReportedUsage.IdOf(IdPrefix, reported.ToBytes());
        var violations = new EventViolations();
        parser.CheckName(id, "/id", violations);
        return violations.Any || id.StartsWith(ReservedKeys.Prefix) ? ReportedUsage.IdOf(IdPrefix, Encoding.UTF8.GetBytes(id)) : id;
    }
}
