using CloudNative.CloudEvents.Http;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>How a request carries CloudEvents: the content modes of their HTTP binding.</summary>
internal enum CloudEventMode
{
    /// <summary>One event, attributes and data in one JSON object.</summary>
    Structured,

    /// <summary>A JSON array of such objects.</summary>
    Batch,

    /// <summary>One event, its attributes in headers and its data in the body.</summary>
    Binary,
}

internal static class CloudEventModes
{
    public const string StructuredType = "application/cloudevents+json";
    public const string BatchType = "application/cloudevents-batch+json";

    // Any of them says that the sender means a CloudEvent, and then what is missing is told.
    private static readonly string[] RequiredHeaders = [.. CloudEventReader.Required.Select(name => HttpUtilities.HttpHeaderPrefix + name)];

    /// <summary>The mode of a request; null: it carries none.</summary>
    public static CloudEventMode? Of(HttpRequest request) =>
        RequestBody.IsOfType(request, StructuredType) ? CloudEventMode.Structured
        : RequestBody.IsOfType(request, BatchType) ? CloudEventMode.Batch
        : RequiredHeaders.Any(request.Headers.ContainsKey) ? CloudEventMode.Binary
        : null;
}
