using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Hosting;

/// <summary>How JSON looks on the wire: snake_case, strict on the way in, decimals as strings.</summary>
internal static class WireJson
{
    private const string NotADecimal = "must be a decimal number as a string, such as \"2.50\"";

    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 64;
        // JSON is never put into HTML by this service, so that letters of any script stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OnlyWhereAttribute.Apply } };
        options.Converters.Add(new ExactEnums());
        options.Converters.Add(new DecimalStringConverter());
        options.Converters.Add(new UtcInstantConverter());
        return options;
    }

    /// <summary>The names of an enumeration's values as they are written on the wire, in stored order.</summary>
    public static IEnumerable<string> NamesOf(Type enumeration) => enumeration == typeof(TokenClass)
        ? WireNames.AllTokenClasses
        : Enum.GetNames(enumeration).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    /// <summary>The name of an enumeration's value as it is written on the wire.</summary>
    public static string NameOf<T>(T value) where T : struct, Enum =>
        value is TokenClass tokenClass ? tokenClass.Name() : JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>JSON is UTF-8 (RFC 8259): the framework would take other encodings too, and fail in the middle of a body that is not of its own.</summary>
    public static void TakeUtf8Only(MvcOptions options)
    {
        foreach (var formatter in options.InputFormatters.OfType<SystemTextJsonInputFormatter>())
        {
            formatter.SupportedEncodings.Clear();
            formatter.SupportedEncodings.Add(Encoding.UTF8);
        }
    }

    /// <summary>Money passes what a JSON reader's double can hold: written as a string, read from a string or a plain number, never rounded.</summary>
    private sealed class DecimalStringConverter : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType switch
            {
                JsonTokenType.Number => reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan,
                JsonTokenType.String => Encoding.UTF8.GetBytes(reader.GetString()!),
                _ => throw new JsonException(NotADecimal),
            };
            return ExactDecimal.TryParse(text, out var value, out var violation) ? value : throw new JsonException(violation);
        }

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Enumerations by exactly their names. The framework's own converter reads any case, numbers of flags and lists too: "household,
    /// government" would be read as their sum, which is another sector.
    /// </summary>
    private sealed class ExactEnums : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(ExactEnum<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class ExactEnum<T> : JsonConverter<T> where T : struct, Enum
    {
        private static readonly FrozenDictionary<string, T> ByName =
            Enum.GetValues<T>().ToFrozenDictionary(NameOf, StringComparer.Ordinal);
        private static readonly FrozenDictionary<T, string> Names = ByName.ToFrozenDictionary(n => n.Value, n => n.Key);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && ByName.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException($"must be one of {string.Join(", ", NamesOf(typeof(T)))}");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Names[value]);
    }
}
