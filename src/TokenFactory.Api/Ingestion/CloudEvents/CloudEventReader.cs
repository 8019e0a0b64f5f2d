using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Makes events of CloudEvents 1.0. Their source and id are the event's, their data is the body of a native event, which may leave out
/// <c>source</c>, <c>id</c> and <c>occurred_at</c>. What it says of the first two must agree with the envelope; its <c>occurred_at</c> goes before the
/// envelope's <c>time</c>. So the same event is the same, however it comes.
/// Extension attributes are not read.
/// </summary>
internal sealed class CloudEventReader(EventParser parser)
{
    public const string EventType = "tokenfactory.usage.v1";
    private const string SpecVersion = "specversion";
    private const string Data = "data";
    private const string DataBase64 = "data_base64";
    private const string ContentType = "datacontenttype";
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    // The attributes of the standard, in the order in which they are missed and read.
    private static readonly string[] Attributes = [SpecVersion, "type", "source", "id", "time", ContentType, "dataschema", "subject"];

    /// <summary>The attributes that every CloudEvent has.</summary>
    public static IReadOnlyList<string> Required { get; } = Attributes[..4];

    /// <summary>Reads an event whose attributes and data are in one JSON object.</summary>
    /// <param name="index">The place in the body, from 0.</param>
    /// <param name="json">Exactly one JSON value.</param>
    public IngestItem ReadStructured(int index, ReadOnlySpan<byte> json)
    {
        var envelope = new Envelope(name => $"/{name}");
        var data = default(Range?);
        byte[]? decoded = null;
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return envelope.Refused(index, "", "wrong_type", "A CloudEvent must be a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                if (name == DataBase64)
                    decoded = ReadBase64(ref reader, envelope);
                else if (name != Data)
                    envelope.Note(name, reader.TokenType == JsonTokenType.String ? reader.GetString() : null);
                reader.Skip();
                if (name is Data or DataBase64)
                    envelope.NoteData(name);
                if (name == Data)
                    data = start..(int)reader.BytesConsumed;
            }

            if (reader.Read())
                return envelope.Refused(index, "", "malformed_json", "There is more after the event; send many as application/cloudevents-batch+json.");
        }
        catch (JsonException e)
        {
            return envelope.Refused(index, "", "malformed_json",
                string.Create(CultureInfo.InvariantCulture, $"Not valid JSON at byte {e.BytePositionInLine} of line {(e.LineNumber ?? 0) + 1}."));
        }
        catch (InvalidOperationException)
        {
            return envelope.Refused(index, "", "invalid_text", "A text holds bytes or escapes that are not valid Unicode.");
        }

        return decoded is not null ? Read(index, envelope, decoded, "/" + DataBase64)
            : data is { } range ? Read(index, envelope, json[range], "/" + Data)
            : envelope.Refused(index, "/" + Data, "required", "The event has no `data`: it is the body of a native event.");
    }

    /// <summary>Reads an event whose attributes are in headers.</summary>
    /// <param name="headers">Those of the request.</param>
    /// <param name="data">The body: exactly one JSON value.</param>
    public IngestItem ReadBinary(IHeaderDictionary headers, ReadOnlySpan<byte> data)
    {
        var envelope = new Envelope(name => name == ContentType ? "Content-Type" : HttpUtilities.HttpHeaderPrefix + name);
        foreach (var (header, values) in headers)
        {
            if (HttpUtilities.GetAttributeNameFromHeaderName(header) is not { } name || name == ContentType)
                continue;
            foreach (var value in values)
                envelope.Note(name, HttpUtilities.DecodeHeaderValue(value ?? ""));
        }

        if (headers.ContentType.ToString() is { Length: > 0 } type)
            envelope.Note(ContentType, type);
        return Read(0, envelope, data, "");
    }

    private IngestItem Read(int index, Envelope envelope, ReadOnlySpan<byte> json, string dataPointer)
    {
        var attributes = envelope.Read();
        var inside = new EventViolations();
        // What is said to be something else is not read as an event.
        var (sent, saysWhen) = attributes.Type == EventType ? parser.ParseEnveloped(json, inside) : (new UsageEvent(), true);
        foreach (var violation in inside.Errors)
            envelope.Violations.Add(dataPointer + violation.Pointer, violation.Code, violation.Detail);
        sent.Source = Agreed("source", attributes.Source?.OriginalString, sent.Source);
        sent.Id = Agreed("id", attributes.Id, sent.Id);
        EventParser.CheckNotReserved(sent.Id, envelope.PointerOf("id"), envelope.Violations);
        // Some SDKs write the time of the sending where none is given: what the data says of it goes first.
        if (saysWhen)
            return new IngestItem(index, sent, envelope.Violations);
        if (attributes.Time is { } time)
            sent.OccurredAt = parser.CheckInstant(time, envelope.PointerOf("time"), envelope.Violations);
        else
            envelope.Violations.Add(envelope.PointerOf("time"), "required", "The event needs a `time`, or an `occurred_at` in its data.");

        return new IngestItem(index, sent, envelope.Violations);

        string Agreed(string name, string? outside, string within)
        {
            var checkedName = outside is null ? null : parser.CheckName(outside, envelope.PointerOf(name), envelope.Violations);
            if (checkedName is not null && within.Length > 0 && within != checkedName)
            {
                envelope.Violations.Add($"{dataPointer}/{name}", "disagrees",
                    $"The data says another `{name}` than the event's `{name}`; leave one of them out, or send the same.");
            }

            return checkedName ?? within;
        }
    }

    private static byte[]? ReadBase64(ref Utf8JsonReader reader, Envelope envelope)
    {
        if (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes))
            return bytes;
        envelope.Violations.Add("/" + DataBase64, "wrong_type", "Must be a text in base64.");
        return [];
    }

    /// <summary>The attributes of one event as they are found, and what is wrong with them.</summary>
    private sealed class Envelope(Func<string, string> pointerOf)
    {
        private readonly string?[] _values = new string?[Attributes.Length];
        private string? _dataIn;

        public EventViolations Violations { get; } = new();

        public string PointerOf(string attribute) => pointerOf(attribute);

        /// <summary>Takes an attribute; one that the standard does not name is an extension, and let go.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="value">Null: it is no text.</param>
        public void Note(string name, string? value)
        {
            var place = Array.IndexOf(Attributes, name);
            if (place < 0)
                return;
            if (value is null)
                Violations.Add(pointerOf(name), "wrong_type", "Must be a text.");
            else if (_values[place] is not null)
                Violations.Add(pointerOf(name), "repeated_member", "The attribute appears twice; send it once.");
            _values[place] = value ?? "";
        }

        public void NoteData(string member)
        {
            if (_dataIn is not null)
                Violations.Add("/" + member, "repeated_member", "An event has one `data` or one `data_base64`.");
            _dataIn = member;
        }

        /// <summary>The attributes, as far as they are those of a CloudEvent.</summary>
        public CloudEvent Read()
        {
            var attributes = new CloudEvent(CloudEventsSpecVersion.V1_0);
            for (var i = 0; i < Attributes.Length; i++)
            {
                var (name, value) = (Attributes[i], _values[i]);
                if (value is null && i < Required.Count)
                    Violations.Add(pointerOf(name), "required", $"The attribute `{name}` is required.");
                else if (name == SpecVersion)
                    Check(name, value == CloudEventsSpecVersion.V1_0.VersionId, "Must be 1.0.");
                else if (value is not null)
                    Set(attributes, name, value);
            }

            if (attributes.Type is { } type)
                Check("type", type == EventType, $"Must be {EventType}.");
            if (attributes.DataContentType is { } contentType)
                Check(ContentType, IsJson(contentType), "The data must be JSON: application/json.");
            return attributes;
        }

        /// <summary>An event that can't be read any further.</summary>
        public IngestItem Refused(int index, string pointer, string code, string detail)
        {
            Violations.Add(pointer, code, detail);
            return new IngestItem(index, new UsageEvent(), Violations);
        }

        private void Set(CloudEvent attributes, string name, string value)
        {
            try
            {
                attributes.SetAttributeFromString(name, value);
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                Violations.Add(pointerOf(name), "invalid_value", $"Is none that CloudEvents have as `{name}`.");
            }
        }

        private void Check(string name, bool isTaken, string detail)
        {
            if (!isTaken)
                Violations.Add(pointerOf(name), "unknown_value", detail);
        }

        private static bool IsJson(string contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType!.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }
}
