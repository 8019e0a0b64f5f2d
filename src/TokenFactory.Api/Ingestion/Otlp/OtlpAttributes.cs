using System.Globalization;
using Google.Protobuf.Collections;
using TokenFactory.Api.Ingestion.Otlp.Wire;

namespace TokenFactory.Api.Ingestion;

/// <summary>The attributes of a span, a data point or a resource, by name. What nobody asks for is never looked at.</summary>
internal sealed class OtlpAttributes
{
    // A name that is longer is held back for its length, whatever limit is configured; more of it is of no use to anybody.
    private const int MaxTextLength = 642;

    private readonly Dictionary<string, AnyValue> _values = new(StringComparer.Ordinal);

    public OtlpAttributes(RepeatedField<KeyValue>? attributes)
    {
        foreach (var attribute in attributes ?? [])
            _values[attribute.Key] = attribute.Value;
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The value of an attribute; null where it is absent or has none.</summary>
    public AnyValue? Find(string name) =>
        _values.GetValueOrDefault(name) is { ValueCase: not AnyValue.ValueOneofCase.None } value ? value : null;

    /// <summary>The first of some attributes that has a text: a number is one too, as it is written. Null: none has.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var text = Find(name) switch
            {
                { ValueCase: AnyValue.ValueOneofCase.StringValue } value => value.StringValue,
                { ValueCase: AnyValue.ValueOneofCase.IntValue } value => value.IntValue.ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
            if (!string.IsNullOrEmpty(text))
                return text.Length > MaxTextLength ? text[..MaxTextLength] : text;
        }

        return null;
    }
}
