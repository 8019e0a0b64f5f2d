using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion.Otlp.Wire;

namespace TokenFactory.Api.Ingestion;

/// <summary>The two encodings of OTLP/HTTP. What is asked in one is answered in it.</summary>
internal enum OtlpEncoding
{
    Json,
    Protobuf,
}

/// <summary>Reads and writes OTLP's messages.</summary>
internal static class OtlpWire
{
    public const string ProtobufType = "application/x-protobuf";
    public const string JsonType = "application/json";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonParser JsonReader = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private static readonly JsonFormatter JsonWriter = new(JsonFormatter.Settings.Default);

    /// <summary>The encoding that the content type names.</summary>
    /// <exception cref="BodyRefusedException">415: another content type.</exception>
    public static OtlpEncoding EncodingOf(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            if (type.MediaType.Equals(ProtobufType, StringComparison.OrdinalIgnoreCase))
                return OtlpEncoding.Protobuf;
            if (type.MediaType.Equals(JsonType, StringComparison.OrdinalIgnoreCase))
                return OtlpEncoding.Json;
        }

        throw new BodyRefusedException(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
            $"OTLP comes as {ProtobufType} or as {JsonType}; set the exporter's protocol to http/protobuf or http/json.");
    }

    /// <summary>Reads a message; fields that are not known are dropped.</summary>
    /// <exception cref="BodyRefusedException">400: no such message.</exception>
    public static T Read<T>(MessageParser<T> parser, ReadOnlyMemory<byte> body, OtlpEncoding encoding) where T : class, IMessage<T>, new()
    {
        try
        {
            return encoding == OtlpEncoding.Protobuf
                ? parser.WithDiscardUnknownFields(true).ParseFrom(body.Span)
                : WithIdsInHex(JsonReader.Parse<T>(StrictUtf8.GetString(body.Span)));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException or DecoderFallbackException or FormatException or OverflowException)
        {
            // What the reader says might quote the content.
            throw new BodyRefusedException(StatusCodes.Status400BadRequest, encoding == OtlpEncoding.Protobuf ? "malformed_protobuf" : "malformed_json",
                $"The body is not an {typeof(T).Name} of OTLP in {(encoding == OtlpEncoding.Protobuf ? "Protobuf's binary encoding" : "OTLP's JSON encoding")}. Nothing of it was recorded.");
        }
    }

    /// <summary>The answer in the encoding of the request.</summary>
    public static IActionResult Answer(int status, IMessage message, OtlpEncoding encoding) => encoding == OtlpEncoding.Protobuf
        ? new Result(status, ProtobufType, message.ToByteArray())
        : new Result(status, JsonType, Encoding.UTF8.GetBytes(JsonWriter.Format(message)));

    // OTLP writes ids in hexadecimal, where Protobuf's JSON has base64. The letters of the one are letters of the other: written as base64 again,
    // what was read as such is the text that was sent.
    private static T WithIdsInHex<T>(T message)
    {
        if (message is ExportTraceServiceRequest request)
        {
            foreach (var span in request.ResourceSpans.SelectMany(r => r.ScopeSpans).SelectMany(s => s.Spans))
            {
                span.TraceId = IdOf(span.TraceId);
                span.SpanId = IdOf(span.SpanId);
                span.ParentSpanId = IdOf(span.ParentSpanId);
            }
        }

        return message;
    }

    private static ByteString IdOf(ByteString readAsBase64)
    {
        var text = readAsBase64.ToBase64();
        return text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? ByteString.CopyFrom(Convert.FromHexString(text)) : ByteString.Empty;
    }

    private sealed class Result(int status, string type, byte[] body) : IActionResult
    {
        public async Task ExecuteResultAsync(ActionContext context)
        {
            var response = context.HttpContext.Response;
            response.StatusCode = status;
            response.ContentType = type;
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, context.HttpContext.RequestAborted);
        }
    }
}
