using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace TokenFactory.Api.Hosting;

/// <summary>What the API document says about an answer whose controller says no more than its status.</summary>
internal static class AnswerTexts
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["200"] = "The answer.",
        ["201"] = "It is made.",
        ["202"] = "It is taken, and what becomes of it is not settled yet.",
        ["204"] = "Done; there is no body.",
        ["207"] = "The counts of a batch of which something was not taken, and why.",
        ["304"] = "Nothing has changed since the answer whose ETag is in If-None-Match.",
        ["400"] = "The body can't be read.",
        ["401"] = "A valid key is needed.",
        ["403"] = "The key does not allow this.",
        ["404"] = "There is no such resource.",
        ["408"] = "The body came in too slowly, or the whole took too long.",
        ["409"] = "It conflicts with what is recorded; `code` says how.",
        ["410"] = "The entries that it needs are archived: `detail` says which month.",
        ["412"] = "It has changed since it was read: read it again, and send the change with its ETag.",
        ["413"] = "The body is larger than the limits above.",
        ["415"] = "The body has a content type or encoding that is not taken here.",
        ["422"] = "The request is not valid; `errors` points at each violation.",
        ["428"] = "The change needs `If-Match`, with the ETag of what is changed.",
        ["429"] = "The caller has asked for more than a window allows: try again after Retry-After. `RateLimit` tells what is left.",
        ["503"] = "The database is away or the service is starting: try again after Retry-After. Nothing is lost by sending again.",
    };

    // Code, title and detail as the service writes them.
    private static readonly Dictionary<string, (string Code, string Title, string Detail)> Problems = new()
    {
        ["400"] = ("malformed_json", "The body can't be taken as it is.", "Nothing of it was recorded. The error is at byte 12 of line 1."),
        ["401"] = ("unauthorized", "A valid key is needed.", "Send it as `Authorization: Bearer tf_...` or in the header X-Api-Key."),
        ["403"] = ("forbidden", "The key does not allow this.", "Use a key with the scope that the operation asks for."),
        ["404"] = ("not_found", "There is no such resource.", "Look the name up in the list."),
        ["408"] = ("body_too_slow", "The request can't be read.", "Check that it is a complete HTTP request and that its body comes in fast enough and whole."),
        ["409"] = ("name_taken", "The request conflicts with what is recorded.", "The name is taken: look it up, and change that, or choose another."),
        ["410"] = ("archived", "The entries that it needs are archived.", "Entries of 2025-01 are archived. The folder of the archive has them: docs/retention.md tells how to read it."),
        ["412"] = ("precondition_failed", "The card has changed since it was read.", "Read GET /v1/rate-cards/7 again, and send the change with its ETag if it is still wanted."),
        ["413"] = ("body_too_large", "The body can't be taken as it is.", "Send it in parts: each event counts once."),
        ["415"] = ("unsupported_media_type", "The content type is not one that is taken here.", "Send application/json."),
        ["422"] = ("invalid", "The request is not valid.", "1 violation; correct each of `errors` and send again."),
        ["428"] = ("precondition_required", "The change needs the state that it is made to.", "Send If-Match with the ETag of GET /v1/rate-cards/7."),
        ["429"] = ("too_many_requests", "There were too many requests.", "50000 requests per 1 s are taken from one key. Send it again after the time in Retry-After."),
        ["503"] = ("database_unavailable", "The database does not answer.", "Send the request again after the time in Retry-After."),
    };

    public static void Describe(string status, OpenApiResponse answer)
    {
        if (string.IsNullOrEmpty(answer.Description) || answer.Description == ReasonPhrases.GetReasonPhrase(StatusOf(status)))
            answer.Description = Descriptions.TryGetValue(status, out var text) ? text : answer.Description;
    }

    /// <summary>A problem document for this status, as an example; null where there is none.</summary>
    public static JsonObject? Example(string status)
    {
        if (!Problems.TryGetValue(status, out var problem))
            return null;
        var example = new JsonObject
        {
            ["type"] = $"/problems/{problem.Code.Replace('_', '-')}",
            ["title"] = problem.Title,
            ["status"] = StatusOf(status),
            ["detail"] = problem.Detail,
            ["instance"] = "/v1/...",
            ["code"] = problem.Code,
            ["trace_id"] = TraceId,
        };
        if (status == "422")
        {
            example["errors"] = new JsonArray(new JsonObject
            {
                ["pointer"] = "/name",
                ["code"] = "required",
                ["detail"] = "Required members are missing: name.",
            });
        }

        return example;
    }

    private static int StatusOf(string status) => int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
}
