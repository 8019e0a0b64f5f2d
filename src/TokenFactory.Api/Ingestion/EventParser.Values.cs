using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>The values of an event's members. Each reader leaves the JSON reader on the last token of its value.</summary>
internal sealed partial class EventParser
{
    private readonly RecurringTexts _names = new();

    // A name that many events share.
    private string? ReadSharedName(ref Utf8JsonReader reader, string pointer, EventViolations violations)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
            return ReadName(ref reader, pointer, violations);
        if (_names.Find(reader.ValueSpan) is { } known)
            return known;
        var name = ReadName(ref reader, pointer, violations);
        if (name is not null)
            _names.Remember(reader.ValueSpan, name);
        return name;
    }

    private string? ReadName(ref Utf8JsonReader reader, string pointer, EventViolations violations)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            violations.Add(pointer, "wrong_type", "Must be a text.");
            reader.Skip();
            return null;
        }

        return CheckName(reader.GetString()!, pointer, violations);
    }

    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(char.IsControl)]);

    /// <summary>Checks a name as an event may hold it.</summary>
    /// <returns>The name; null with a violation where it can be none.</returns>
    public string? CheckName(string text, string pointer, EventViolations violations)
    {
        var violation = text switch
        {
            "" => ("empty", "Must not be empty."),
            _ when text.Length > options.MaxNameLength => ("too_long", $"Must have at most {options.MaxNameLength} characters."),
            _ when text.AsSpan().ContainsAny(ControlCharacters) => ("invalid_text", "Must not hold control characters."),
            _ when char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) => ("invalid_text", "Must not begin or end with white space."),
            _ => ((string, string)?)null,
        };
        if (violation is not var (code, detail))
            return text;
        violations.Add(pointer, code, detail);
        return null;
    }

    /// <summary>Refuses an id that only the ledger itself may give.</summary>
    public static void CheckNotReserved(string id, string pointer, EventViolations violations)
    {
        if (id.StartsWith(Ledger.ReservedKeys.Prefix))
            violations.Add(pointer, "reserved_id", "Ids that begin with ~ belong to the ledger itself; use another first character.");
    }

    /// <summary>The sector of this name; null with a violation where there is none.</summary>
    public static Sector? ParseSector(string name, string pointer, EventViolations violations)
    {
        if (WireNames.TryParseSector(name, out var sector))
            return sector;
        violations.Add(pointer, "unknown_value", $"Must be one of {string.Join(", ", WireNames.AllSectors)}; leave it out where nothing is known.");
        return null;
    }

    /// <summary>The service tier of this name; the standard one with a violation where there is none.</summary>
    public static ServiceTier ParseServiceTier(string name, string pointer, EventViolations violations)
    {
        if (!WireNames.TryParseServiceTier(name, out var tier))
            violations.Add(pointer, "unknown_value", $"Must be one of {string.Join(", ", WireNames.AllServiceTiers)}.");
        return tier;
    }

    private void ReadInstant(ref Utf8JsonReader reader, string pointer, Draft draft, EventViolations violations)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            violations.Add(pointer, "wrong_type", "Must be an RFC 3339 instant with an offset, such as \"2026-11-23T10:00:00Z\".");
            reader.Skip();
            return;
        }

        // The reader takes an instant without offset too, as local time of this machine: that would be a guess.
        // (Some writers escape the plus sign of an offset.)
        if (!HasOffset(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan) || !reader.TryGetDateTimeOffset(out var instant))
        {
            violations.Add(pointer, "invalid_instant", "Must be an RFC 3339 instant with an offset, such as \"2026-11-23T10:00:00Z\".");
            return;
        }

        draft.Event.OccurredAt = CheckInstant(instant, pointer, draft.Form, violations);
    }

    /// <summary>Checks when an event that is to be recorded occurred.</summary>
    /// <returns>The instant, to the microsecond.</returns>
    public DateTimeOffset CheckInstant(DateTimeOffset sent, string pointer, EventViolations violations) =>
        CheckInstant(sent, pointer, Form.Recorded, violations);

    private DateTimeOffset CheckInstant(DateTimeOffset sent, string pointer, Form form, EventViolations violations)
    {
        var instant = ToMicroseconds(sent.ToUniversalTime());
        if (!form.MayLieAhead && instant > time.GetUtcNow().AddSeconds(options.MaxFutureSkewSeconds))
        {
            violations.Add(pointer, "in_the_future",
                $"Lies more than {options.MaxFutureSkewSeconds} s in the future; check the sender's clock.");
        }
        else if (instant < Earliest)
        {
            violations.Add(pointer, "out_of_range", "Must not lie before 2000-01-01T00:00:00Z.");
        }
        else if (instant >= Latest)
        {
            violations.Add(pointer, "out_of_range", "Must lie before 2100-01-01T00:00:00Z.");
        }

        return instant;
    }

    private static DateTimeOffset ToMicroseconds(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));

    private static bool HasOffset(ReadOnlySpan<byte> text) =>
        text is [.., (byte)'Z'] || text is [.., (byte)'+' or (byte)'-', _, _, (byte)':', _, _];

    private void ReadUsage(ref Utf8JsonReader reader, Draft draft, EventViolations violations)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            violations.Add("/usage", "wrong_type", "Must be an object of token classes and quantities, such as {\"input\": 86, \"output\": 40}.");
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadTokenClass(ref reader, "/usage", violations) is not { } tokenClass)
                continue;
            var pointer = UsagePointers[(int)tokenClass];
            if (draft.Quantities[(int)tokenClass] is not null)
                violations.Add(pointer, "repeated_member", "The member appears twice; send it once.");
            draft.Quantities[(int)tokenClass] = ReadQuantity(ref reader, pointer, violations);
        }
    }

    private long ReadQuantity(ref Utf8JsonReader reader, string pointer, EventViolations violations)
    {
        long quantity = -1;
        var isWhole = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt64(out quantity),
            JsonTokenType.String => long.TryParse(reader.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out quantity),
            _ => false,
        };
        reader.Skip();
        return CheckQuantity(isWhole ? quantity : null, pointer, violations);
    }

    /// <summary>Checks how many tokens an event says.</summary>
    /// <param name="sent">As sent; null: it is no whole number.</param>
    /// <param name="pointer">Where it stands.</param>
    /// <param name="violations">Receives what is wrong.</param>
    /// <returns>The quantity; 0 with a violation where it can be none.</returns>
    public long CheckQuantity(long? sent, string pointer, EventViolations violations)
    {
        if (sent is { } quantity && quantity >= 0 && quantity <= options.MaxQuantity)
            return quantity;
        violations.Add(pointer, "invalid_quantity", $"Must be a whole number of tokens in 0..{options.MaxQuantity}, without fraction or exponent.");
        return 0;
    }

    private static readonly string[] UsagePointers = PointersOfClasses("/usage/");
    private static readonly string[] UnitValuePointers = PointersOfClasses("/unit_values/");

    // By the numbers of the classes.
    private static string[] PointersOfClasses(string parent) =>
        [.. Enumerable.Range(0, Classes).Select(c => c == 0 ? parent : parent + ((TokenClass)c).Name())];

    private TokenClass? ReadTokenClass(ref Utf8JsonReader reader, string parent, EventViolations violations)
    {
        var remembered = reader.ValueIsEscaped ? null : _names.Find(reader.ValueSpan);
        var name = remembered ?? reader.GetString()!;
        var isKnown = WireNames.TryParseTokenClass(name, out var tokenClass);
        if (isKnown && remembered is null && !reader.ValueIsEscaped)
            _names.Remember(reader.ValueSpan, name);
        reader.Read();
        if (isKnown)
            return tokenClass;
        violations.Add(parent + Pointer(name), "unknown_token_class", $"Must be one of {string.Join(", ", WireNames.AllTokenClasses)}.");
        reader.Skip();
        return null;
    }

    private void ReadUnitValues(ref Utf8JsonReader reader, Draft draft, EventViolations violations)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            violations.Add("/unit_values", "wrong_type", "Must be an object of token classes and money per million tokens, such as {\"output\": \"2.50\"}.");
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadTokenClass(ref reader, "/unit_values", violations) is not { } tokenClass)
                continue;
            var pointer = UnitValuePointers[(int)tokenClass];
            if (draft.UnitValues[(int)tokenClass] is not null)
                violations.Add(pointer, "repeated_member", "The member appears twice; send it once.");
            draft.UnitValues[(int)tokenClass] = UnitValue.PerMillionTokens(0);
            if (ReadDecimal(ref reader, pointer, violations) is not { } value)
                continue;
            if (UnitValue.TryCreate(value, out var unitValue, out var violation))
                draft.UnitValues[(int)tokenClass] = unitValue;
            else
                violations.Add(pointer, "invalid_unit_value", $"A unit value {violation}.");
        }
    }

    private void ReadReportedCost(ref Utf8JsonReader reader, UsageEvent sent, EventViolations violations)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            violations.Add("/reported_cost", "wrong_type", "Must be an object such as {\"amount\": \"0.0123\", \"currency\": \"USD\"}.");
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "amount" && sent.ReportedAmount is null)
            {
                sent.ReportedAmount = ReadDecimal(ref reader, "/reported_cost/amount", violations);
                CheckReportedAmount(sent.ReportedAmount, "/reported_cost/amount", violations);
            }
            else if (name == "currency" && sent.ReportedCurrency is null)
            {
                sent.ReportedCurrency = ReadCurrency(ref reader, "/reported_cost/currency", violations);
            }
            else
            {
                violations.Add("/reported_cost" + Pointer(name), name is "amount" or "currency" ? "repeated_member" : "unknown_member",
                    "A reported cost has one `amount` and one `currency`.");
                reader.Skip();
            }
        }

        if (sent.ReportedAmount is null || sent.ReportedCurrency is null)
            violations.Add("/reported_cost", "incomplete", "A reported cost needs both `amount` and `currency`.");
    }

    private static decimal? ReadDecimal(ref Utf8JsonReader reader, string pointer, EventViolations violations)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            violations.Add(pointer, "wrong_type", "Must be a decimal number as a text, such as \"2.50\".");
            reader.Skip();
            return null;
        }

        return ParseDecimal(reader.ValueSpan, pointer, violations);
    }

    /// <summary>The number that a text says, exactly; null with a violation where it says none.</summary>
    public static decimal? ParseDecimal(ReadOnlySpan<byte> utf8, string pointer, EventViolations violations)
    {
        if (ExactDecimal.TryParse(utf8, out var value, out var violation))
            return value;
        violations.Add(pointer, "invalid_decimal", $"The number {violation}.");
        return null;
    }

    /// <summary>Refuses a reported cost that no request can have.</summary>
    public static void CheckReportedAmount(decimal? amount, string pointer, EventViolations violations)
    {
        if (amount is < 0 or > 1e15m || amount?.Scale > UnitValue.Decimals)
            violations.Add(pointer, "out_of_range", "Must be in 0..10^15 with at most 12 decimals.");
    }

    private string? ReadCurrency(ref Utf8JsonReader reader, string pointer, EventViolations violations)
    {
        var isText = reader.TokenType == JsonTokenType.String;
        var known = isText && !reader.ValueIsEscaped ? _names.Find(reader.ValueSpan) : null;
        var currency = CheckCurrency(isText ? known ?? reader.GetString() : null, pointer, violations);
        if (known is null && currency is not null && !reader.ValueIsEscaped)
            _names.Remember(reader.ValueSpan, currency);
        if (currency is null)
            reader.Skip();
        return currency;
    }

    /// <summary>Checks a currency's code.</summary>
    /// <returns>The code; null with a violation where it can be none.</returns>
    public static string? CheckCurrency(string? code, string pointer, EventViolations violations)
    {
        if (code is not null && Currency.IsCode<char>(code))
            return code;
        violations.Add(pointer, "invalid_currency", "Must be an ISO 4217 code in capitals, such as \"USD\".");
        return null;
    }
}
