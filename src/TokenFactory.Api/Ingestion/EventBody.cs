using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>How the events of a body are laid out.</summary>
internal enum BodyLayout
{
    /// <summary>One JSON value: an event, or an array of events.</summary>
    Json,

    /// <summary>One JSON value, which is one event.</summary>
    One,

    /// <summary>A JSON array of events.</summary>
    Many,

    /// <summary>One event per line; streamed.</summary>
    Lines,
}

/// <summary>Takes a request body apart into the JSON texts of its events, within the limits, decompressing on the way.</summary>
internal sealed class EventBody(IngestionOptions options)
{
    // What others send holds messages and schemas as deep as their tools make them; the parts that are read are not deep.
    private const int MaxDepthOfOthers = 512;
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The layout that the content type names.</summary>
    /// <exception cref="BodyRefusedException">415: another content type or encoding.</exception>
    public static BodyLayout LayoutOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw UnsupportedType(request.ContentType);
        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => BodyLayout.Json,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" => BodyLayout.Lines,
            _ => throw UnsupportedType(request.ContentType),
        };
    }

    /// <summary>Reads a JSON body whole.</summary>
    /// <exception cref="BodyRefusedException">413: larger than the limit. 400: empty.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadWholeAsync(Stream body, CancellationToken cancellationToken)
    {
        var json = await RequestBody.ReadWholeAsync(
            body, options.MaxBodyBytes, "Send fewer events at a time, or stream them as application/x-ndjson.", cancellationToken);
        if (json.Span.StartsWith(ByteOrderMark))
            json = json[ByteOrderMark.Length..];
        return json.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0 ? throw Empty() : json;
    }

    /// <summary>The elements of a JSON array, each as its own text.</summary>
    /// <exception cref="JsonException">Not a well-formed JSON array.</exception>
    /// <exception cref="BodyRefusedException">413: more events than the limit.</exception>
    public List<ReadOnlyMemory<byte>> SplitArray(ReadOnlyMemory<byte> json)
    {
        var elements = new List<ReadOnlyMemory<byte>>();
        SplitArray(json, 64, elements);
        return elements;
    }

    private void SplitArray(ReadOnlyMemory<byte> json, int maxDepth, List<ReadOnlyMemory<byte>> elements)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add(json[start..(int)reader.BytesConsumed]);
            if (elements.Count > options.MaxArrayEvents)
                throw TooMany();
        }

        if (reader.Read())
            throw new JsonException("There is more after the array.");
    }

    /// <summary>
    /// The values of a body whose layout its content type does not tell: the elements of an array, or one value after the other. Where the whole is
    /// not well-formed, its lines, or what stands between the commas of its array: what is broken takes no other with it.
    /// </summary>
    /// <exception cref="JsonException">Not well-formed from its first value on, and one line.</exception>
    /// <exception cref="BodyRefusedException">413: more values than the limit.</exception>
    public List<ReadOnlyMemory<byte>> SplitAny(ReadOnlyMemory<byte> json)
    {
        try
        {
            return SplitValues(json);
        }
        catch (JsonException) when (json.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..])
        {
            return SplitBroken(json.TrimStart(" \t\r\n"u8)[1..]);
        }
        catch (JsonException) when (json.Span.TrimEnd(" \t\r\n"u8).Contains((byte)'\n'))
        {
            var lines = new List<ReadOnlyMemory<byte>>();
            foreach (var range in json.Span.Split((byte)'\n'))
            {
                if (json.Span[range].IndexOfAnyExcept(" \t\r"u8) >= 0)
                    lines.Add(json[range]);
            }

            return lines;
        }
    }

    // By brackets and quotation marks alone: whether an element is well-formed is for its parser to say.
    private List<ReadOnlyMemory<byte>> SplitBroken(ReadOnlyMemory<byte> inside)
    {
        var elements = new List<ReadOnlyMemory<byte>>();
        int start = 0, depth = 0;
        var isText = false;
        var json = inside.Span;
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case (byte)'\\' when isText:
                    i++;
                    break;
                case (byte)'"':
                    isText = !isText;
                    break;
                case (byte)'{' or (byte)'[' when !isText:
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when !isText && depth > 0:
                    depth--;
                    break;
                case (byte)',' or (byte)']' when !isText && depth == 0:
                    Add(inside[start..i]);
                    start = i + 1;
                    break;
            }
        }

        Add(inside[start..]);
        return elements;

        void Add(ReadOnlyMemory<byte> element)
        {
            if (element.Trim(" \t\r\n"u8) is { IsEmpty: false } text)
                elements.Add(text);
            if (elements.Count > options.MaxArrayEvents)
                throw TooMany();
        }
    }

    /// <summary>The values of a body: the elements of an array, or one value after the other.</summary>
    /// <exception cref="JsonException">Not well-formed.</exception>
    /// <exception cref="BodyRefusedException">413: more values than the limit.</exception>
    public List<ReadOnlyMemory<byte>> SplitValues(ReadOnlyMemory<byte> json)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxDepthOfOthers, AllowMultipleValues = true });
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = json[start..(int)reader.BytesConsumed];
            if (value.Span[0] == (byte)'[')
                SplitArray(value, MaxDepthOfOthers, values);
            else
                values.Add(value);
            if (values.Count > options.MaxArrayEvents)
                throw TooMany();
        }

        return values;
    }

    /// <summary>Calls <paramref name="onLine"/> for each line that is not blank. The memory is the line's only during the call.</summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="onLine">Takes the line, or null for one that is longer than the limit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BodyRefusedException">413: the whole is larger than the limit.</exception>
    public async Task ReadLinesAsync(Stream body, Func<ReadOnlySequence<byte>?, ValueTask> onLine, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 << 10, minimumReadSize: 16 << 10, leaveOpen: true));
        long total = 0;
        var first = true;
        var skipping = false;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, result.IsCompleted, out var line))
                {
                    total += line.Length + 1;
                    if (total > options.MaxStreamBytes)
                        throw RequestBody.TooLarge(options.MaxStreamBytes, "Send the rest as another request.");
                    if (skipping)
                    {
                        skipping = false;
                        continue;
                    }

                    if (first)
                        line = WithoutByteOrderMark(line);
                    first = false;
                    if (line.Length > options.MaxLineBytes)
                        await onLine(null);
                    else if (!IsBlank(line))
                        await onLine(line);
                }

                // A line that outgrows the limit is let go as it comes, so that it never sits in memory.
                if (buffer.Length > options.MaxLineBytes)
                {
                    if (!skipping)
                        await onLine(null);
                    skipping = true;
                    total += buffer.Length;
                    buffer = buffer.Slice(buffer.End);
                    if (total > options.MaxStreamBytes)
                        throw RequestBody.TooLarge(options.MaxStreamBytes, "Send the rest as another request.");
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private BodyRefusedException TooMany() => new(StatusCodes.Status413PayloadTooLarge, "too_many_events",
        $"An array may hold at most {options.MaxArrayEvents} events. Send several, or stream them as application/x-ndjson.");

    public static BodyRefusedException Empty() =>
        new(StatusCodes.Status400BadRequest, "empty_body", "The body is empty. Send one event, an array of events, or one event per line.");

    public static BodyRefusedException NotMany() =>
        new(StatusCodes.Status422UnprocessableEntity, "not_an_array", "What this content type says is many events is a JSON array of them.");

    /// <summary>The answer to a body that can't be taken.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">What reading the body threw.</param>
    /// <param name="settled">What became of it, as a sentence behind a space.</param>
    public static ObjectResult Refused(HttpContext context, Exception refusal, string settled = "") => refusal switch
    {
        BodyRefusedException e => Problems.Result(context, e.Status, e.Code, "The body can't be taken as it is.", e.Message + settled),
        JsonException e => Problems.Result(context, StatusCodes.Status400BadRequest, "malformed_json", "The body is not valid JSON.",
            $"The error is at byte {e.BytePositionInLine} of line {(e.LineNumber ?? 0) + 1}.{settled}"),
        _ => Problems.Result(context, StatusCodes.Status400BadRequest, "malformed_gzip", "The body is not valid gzip.",
            $"It says Content-Encoding: gzip but can't be decompressed to its end.{settled}"),
    };

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        if (!isLast || buffer.IsEmpty)
            return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static ReadOnlySequence<byte> WithoutByteOrderMark(ReadOnlySequence<byte> line)
    {
        Span<byte> start = stackalloc byte[3];
        if (line.Length < start.Length)
            return line;
        line.Slice(0, start.Length).CopyTo(start);
        return start.SequenceEqual(ByteOrderMark) ? line.Slice(start.Length) : line;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.IndexOfAnyExcept(" \t\r"u8) >= 0)
                return false;
        }

        return true;
    }

    private static BodyRefusedException UnsupportedType(string? type) => new(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
        $"Content-Type {(string.IsNullOrEmpty(type) ? "is missing" : "is not one that events come in")}: use application/json for an event or an array, "
        + "application/x-ndjson for one event per line.");
}
