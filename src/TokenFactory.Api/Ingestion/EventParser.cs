using System.Globalization;
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

    // One bit per member of the event object: which were seen.
    [Flags]
    private enum Members
    {
        None = 0,
        Source = 1,
        Id = 1 << 1,
        OccurredAt = 1 << 2,
        Producer = 1 << 3,
        Model = 1 << 4,
        Account = 1 << 5,
        Sector = 1 << 6,
        ServiceTier = 1 << 7,
        Usage = 1 << 8,
        UnitValues = 1 << 9,
        Currency = 1 << 10,
        ReportedCost = 1 << 11,
        Region = 1 << 12,
        Provider = 1 << 13,
        Flavor = 1 << 14,
        Response = 1 << 15,
    }

    // In the order in which they are missed.
    private static readonly (Members Member, string Name)[] MayBeRequired =
    [
        (Members.Source, "source"), (Members.Id, "id"), (Members.OccurredAt, "occurred_at"), (Members.Producer, "producer"), (Members.Model, "model"),
        (Members.Usage, "usage"), (Members.Provider, "provider"), (Members.Response, "response"),
    ];

    /// <summary>What an object may and must have.</summary>
    /// <param name="Noun">What it is called.</param>
    /// <param name="Required">Must be there, and not null.</param>
    /// <param name="Taken">May be there.</param>
    /// <param name="MayLieAhead">Whether it may occur in the future.</param>
    private sealed record Form(string Noun, Members Required, Members Taken, bool MayLieAhead)
    {
        private const Members Native = Members.Source | Members.Id | Members.OccurredAt | Members.Producer | Members.Model | Members.Account | Members.Sector
            | Members.ServiceTier | Members.Region | Members.Usage | Members.UnitValues | Members.Currency | Members.ReportedCost;

        public static readonly Form Recorded = new("An event",
            Members.Source | Members.Id | Members.OccurredAt | Members.Producer | Members.Model | Members.Usage, Native, MayLieAhead: false);

        /// <summary>An event in an envelope, that says where it comes from and when it occurred.</summary>
        public static readonly Form Enveloped = Recorded with { Required = Members.Producer | Members.Model | Members.Usage };

        public static readonly Form Quoted = new("An event", Members.Producer | Members.Model | Members.Usage, Native, MayLieAhead: true);

        public static readonly Form Raw = new("A raw usage", Members.Provider | Members.Response,
            Members.Source | Members.Id | Members.OccurredAt | Members.Provider | Members.Flavor | Members.Model | Members.Account | Members.Sector
            | Members.ServiceTier | Members.Region | Members.Response, MayLieAhead: true);

        /// <summary>A raw usage that is recorded: when it occurred is checked later, where the response may say it.</summary>
        public static readonly Form RawRecorded = Raw with { Required = Raw.Required | Members.Source, Taken = Raw.Taken | Members.ReportedCost };

        /// <summary>The same where the request says whose it is.</summary>
        public static readonly Form RawOfSource = RawRecorded with { Required = Raw.Required };
    }

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

        var pointer = "/" + reader.GetString();
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
                sent.Source = ReadName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Id:
                sent.Id = ReadName(ref reader, pointer, violations) ?? "";
                break;
            case Members.OccurredAt:
                ReadInstant(ref reader, pointer, draft, violations);
                break;
            case Members.Producer:
                sent.Producer = ReadName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Model:
                sent.Model = ReadName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Account:
                sent.Account = ReadName(ref reader, pointer, violations);
                break;
            case Members.Sector:
                if (ReadName(ref reader, pointer, violations) is { } sectorName)
                    sent.Sector = ParseSector(sectorName, pointer, violations);
                break;
            case Members.ServiceTier:
                if (ReadName(ref reader, pointer, violations) is { } tierName)
                    sent.ServiceTier = ParseServiceTier(tierName, pointer, violations);
                break;
            case Members.Region:
                sent.Region = ReadName(ref reader, pointer, violations);
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
                sent.Producer = ReadName(ref reader, pointer, violations) ?? "";
                break;
            case Members.Flavor:
                draft.Flavor = ReadName(ref reader, pointer, violations);
                break;
            case Members.Response:
                draft.Response = JsonElement.ParseValue(ref reader);
                break;
        }
    }

    private static Members MemberOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("source"u8) ? Members.Source
        : reader.ValueTextEquals("id"u8) ? Members.Id
        : reader.ValueTextEquals("occurred_at"u8) ? Members.OccurredAt
        : reader.ValueTextEquals("producer"u8) ? Members.Producer
        : reader.ValueTextEquals("model"u8) ? Members.Model
        : reader.ValueTextEquals("account"u8) ? Members.Account
        : reader.ValueTextEquals("sector"u8) ? Members.Sector
        : reader.ValueTextEquals("service_tier"u8) ? Members.ServiceTier
        : reader.ValueTextEquals("region"u8) ? Members.Region
        : reader.ValueTextEquals("usage"u8) ? Members.Usage
        : reader.ValueTextEquals("unit_values"u8) ? Members.UnitValues
        : reader.ValueTextEquals("currency"u8) ? Members.Currency
        : reader.ValueTextEquals("reported_cost"u8) ? Members.ReportedCost
        : reader.ValueTextEquals("provider"u8) ? Members.Provider
        : reader.ValueTextEquals("flavor"u8) ? Members.Flavor
        : reader.ValueTextEquals("response"u8) ? Members.Response
        : Members.None;

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
        var lines = new List<UsageLine>(4);
        for (var i = 1; i < draft.Quantities.Length; i++)
        {
            var tokenClass = (TokenClass)i;
            var declared = draft.UnitValues[i] is { } unitValue && draft.Currency is { } currency ? new DeclaredValue(unitValue, currency) : (DeclaredValue?)null;
            if (draft.Quantities[i] is { } quantity)
                lines.Add(new UsageLine(tokenClass, quantity, declared));
            else if (draft.UnitValues[i] is not null)
                violations.Add($"/unit_values/{tokenClass.Name()}", "no_quantity", "A unit value is declared for a token class that `usage` does not have.");
        }

        if (lines.Count == 0 && draft.Seen.HasFlag(Members.Usage) && !violations.Any)
            violations.Add("/usage", "empty", "Must hold at least one token class.");
        draft.Event.Usage = [.. lines];
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

    /// <summary>An event under construction.</summary>
    private sealed class Draft(Form form)
    {
        public Form Form { get; } = form;
        public UsageEvent Event { get; } = new();
        public long?[] Quantities { get; } = new long?[(int)TokenClass.OutputVideo + 1];
        public UnitValue?[] UnitValues { get; } = new UnitValue?[(int)TokenClass.OutputVideo + 1];
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
