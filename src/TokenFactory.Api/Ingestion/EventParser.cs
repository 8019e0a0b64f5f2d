using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// Reads one native usage event from UTF-8 JSON in a single pass and collects every violation with its JSON Pointer. Strict: unknown and
/// repeated members are refused, numbers are never rounded, text that PostgreSQL can't hold is refused.
/// </summary>
internal sealed partial class EventParser(IngestionOptions options, TimeProvider time)
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64, CommentHandling = JsonCommentHandling.Disallow };
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Parses one event.</summary>
    /// <param name="json">Exactly one JSON value.</param>
    /// <param name="violations">Receives every violation; the event may be recorded only while there is none.</param>
    /// <returns>The event as far as it could be read, for the source and id under which a refusal is filed.</returns>
    public UsageEvent Parse(ReadOnlySpan<byte> json, EventViolations violations) => Parse(json, Form.Recorded, violations).Event;

    private Draft Parse(ReadOnlySpan<byte> json, Form form, EventViolations violations)
    {
        var draft = new Draft(form);
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                violations.Add("", "wrong_type", $"{form.Noun} must be a JSON object.");
                return draft;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                ReadMember(ref reader, draft, violations);
            if (reader.Read())
                violations.Add("", "malformed_json", form == Form.Recorded
                    ? "There is more after the event; send one event per line, or an array."
                    : "There is more after the object; send one at a time.");
        }
        catch (JsonException e)
        {
            // What the reader says of the place is safe to repeat; what it says of the content might quote it.
            violations.Add("", "malformed_json", string.Create(CultureInfo.InvariantCulture, $"Not valid JSON at byte {e.BytePositionInLine} of line {(e.LineNumber ?? 0) + 1}."));
            return draft;
        }
        catch (InvalidOperationException)
        {
            violations.Add("", "invalid_text", "A text holds bytes or escapes that are not valid Unicode.");
            return draft;
        }

        Complete(draft, violations);
        return draft;
    }

    private void ReadMember(ref Utf8JsonReader reader, Draft draft, EventViolations violations)
    {
        var member = MemberOf(ref reader) & draft.Form.Taken;
        if (member == Members.None)
        {
            var name = reader.GetString()!;
            violations.Add(Pointer(name), "unknown_member", $"{draft.Form.Noun} has no member {Quote(name)}; leave it out.");
            reader.Read();
            reader.Skip();
            return;
        }

        var pointer = PointerOf(member);
        if (!draft.See(member))
            violations.Add(pointer, "repeated_member", "The member appears twice; send it once.");
        reader.Read();
        // null says "nothing" where a member may be left out; where it may not, it is of the wrong type.
        if (reader.TokenType == JsonTokenType.Null && (member & draft.Form.Required) == Members.None)
            draft.Forget(member);
        else
            ReadValue(ref reader, member, pointer, draft, violations);
    }

    private void ReadValue(ref Utf8JsonReader reader, Members member, string pointer, Draft draft, EventViolations violations)
    {
        var sent = draft.Event;
        switch (member)
        {
            case Members.Source:
                sent.Source = ReadSharedName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Id:
                sent.Id = ReadName(ref reader, pointer, violations) ?? "";
                break;
            case Members.OccurredAt:
                ReadInstant(ref reader, pointer, draft, violations);
                break;
            case Members.Producer:
                sent.Producer = ReadSharedName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Model:
                sent.Model = ReadSharedName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Account:
                sent.Account = ReadSharedName(ref reader, pointer, violations);
                break;
            case Members.Sector:
                if (ReadSharedName(ref reader, pointer, violations) is { } sectorName)
                    sent.Sector = ParseSector(sectorName, pointer, violations);
                break;
            case Members.ServiceTier:
                if (ReadSharedName(ref reader, pointer, violations) is { } tierName)
                    sent.ServiceTier = ParseServiceTier(tierName, pointer, violations);
                break;
            case Members.Region:
                sent.Region = ReadSharedName(ref reader, pointer, violations);
                break;
            case Members.Usage:
                ReadUsage(ref reader, draft, violations);
                break;
            case Members.UnitValues:
                ReadUnitValues(ref reader, draft, violations);
                break;
            case Members.Currency:
                draft.Currency = ReadCurrency(ref reader, pointer, violations);
                break;
            case Members.ReportedCost:
                ReadReportedCost(ref reader, sent, violations);
                break;
            case Members.Provider:
                sent.Producer = ReadSharedName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Flavor:
                draft.Flavor = ReadName(ref reader, pointer, violations);
                break;
            case Members.Response:
                draft.Response = JsonElement.ParseValue(ref reader);
                break;
        }
    }

    private static void Complete(Draft draft, EventViolations violations)
    {
        var sent = draft.Event;
        var missing = draft.Form.Required & ~draft.Seen;
        foreach (var (member, name) in MayBeRequired)
        {
            if ((missing & member) != Members.None)
                violations.Add("/" + name, "required", $"The member `{name}` is required.");
        }

        CheckNotReserved(sent.Id, "/id", violations);
        var declares = draft.Seen.HasFlag(Members.UnitValues);
        if (declares && !draft.Seen.HasFlag(Members.Currency))
            violations.Add("/currency", "required", "Declared unit values need a `currency`.");
        if (!declares && draft.Seen.HasFlag(Members.Currency))
            violations.Add("/currency", "unexpected", "`currency` is that of `unit_values`; send both or neither.");
        BuildUsage(draft, violations);
    }

    private static void BuildUsage(Draft draft, EventViolations violations)
    {
        var sent = 0;
        for (var i = 1; i < Classes; i++)
            sent += draft.Quantities[i] is null ? 0 : 1;
        var lines = new UsageLine[sent];
        var count = 0;
        for (var i = 1; i < Classes; i++)
        {
            var tokenClass = (TokenClass)i;
            var declared = draft.UnitValues[i] is { } unitValue && draft.Currency is { } currency ? new DeclaredValue(unitValue, currency) : (DeclaredValue?)null;
            if (draft.Quantities[i] is { } quantity)
                lines[count++] = new UsageLine(tokenClass, quantity, declared);
            else if (draft.UnitValues[i] is not null)
                violations.Add($"/unit_values/{tokenClass.Name()}", "no_quantity", "A unit value is declared for a token class that `usage` does not have.");
        }

        if (count == 0 && draft.Seen.HasFlag(Members.Usage) && !violations.Any)
            violations.Add("/usage", "empty", "Must hold at least one token class.");
        draft.Event.Usage = lines;
    }

    private static string Pointer(string name) =>
        "/" + Shorten(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Quote(string name) => $"\"{Shorten(name)}\"";

    private static string Shorten(string name)
    {
        const int limit = 64;
        var printable = string.Concat(name.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(limit));
        return printable.Length < name.Length ? printable + "..." : printable;
    }

    // One more than the last token class: the stored numbers begin at 1.
    private const int Classes = (int)TokenClass.OutputVideo + 1;

    [InlineArray(Classes)]
    private struct PerClass<T>
    {
        private T _first;
    }

    /// <summary>An event under construction.</summary>
    private sealed class Draft(Form form)
    {
        public Form Form { get; } = form;
        public UsageEvent Event { get; } = new();

        /// <summary>By the numbers of the token classes.</summary>
        public PerClass<long?> Quantities;

        /// <summary>Likewise.</summary>
        public PerClass<UnitValue?> UnitValues;
        public string? Currency { get; set; }

        /// <summary>Of a raw usage: the profile that it names.</summary>
        public string? Flavor { get; set; }

        /// <summary>Of a raw usage: what the provider answered.</summary>
        public JsonElement Response { get; set; }
        public Members Seen { get; private set; }
        private Members _named;

        /// <summary>Notes that a member is named; false when it was named before.</summary>
        public bool See(Members member)
        {
            var first = !_named.HasFlag(member);
            _named |= member;
            Seen |= member;
            return first;
        }

        /// <summary>The member is named but null: as if it were left out.</summary>
        public void Forget(Members member) => Seen &= ~member;
    }
}
