using System.Text.Json;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Economics.Usage;

/// <summary>
/// How one provider's usage object becomes disjoint leaves. A pure function: the same object gives the same reading for ever under the same
/// id and version; a changed rule is a new version.
/// </summary>
public sealed class UsageProfile
{
    private readonly Func<UsageFields, UsageReading> _read;

    internal UsageProfile(string id, Func<UsageFields, UsageReading> read)
    {
        Id = id;
        _read = read;
    }

    /// <summary>In the form of the wire, such as <c>openai_chat</c>.</summary>
    public string Id { get; }

    /// <summary>1 or more; raised when the same object would be read differently.</summary>
    public int Version { get; internal init; } = 1;

    /// <summary>The member of a whole response that holds the usage object; null where the object is given by itself.</summary>
    internal string? Member { get; init; } = "usage";

    /// <summary>Members of which a usage object of this shape has at least one.</summary>
    internal IReadOnlyList<string> Marks { get; init; } = [];

    /// <summary>The requests in a usage of this shape, where it tells no more of them.</summary>
    internal Requests Requests { get; init; }

    /// <summary>What a usage tells of its requests beyond that: one of the words of <see cref="RequestWords"/>, or null.</summary>
    internal Func<UsageFields, string?> Told { get; init; } = _ => null;

    /// <summary>How a usage was read, as it is kept: <c>id/version</c>, and behind a semicolon what it tells of its requests.</summary>
    public string NameOf(UsageReading reading) => reading.Requests is { } requests ? $"{Id}/{Version};{requests}" : $"{Id}/{Version}";

    /// <summary>
    /// Reads a usage object. Null is absent. Fields that no shape has tokens in are ignored; tokens in one of <see cref="TokenFields"/> that the profile
    /// does not look at are a violation. Never throws for what the object holds.
    /// </summary>
    public UsageReading Read(JsonElement usage)
    {
        if (usage.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return UsageReading.Refused(UsageViolation.MissingField, "There is no usage object.");
        if (usage.ValueKind != JsonValueKind.Object)
            return UsageReading.Refused(UsageViolation.WrongType, "The usage must be a JSON object.");
        try
        {
            var fields = new UsageFields(usage);
            var reading = _read(fields);
            // An object that is no member of a response is one of attributes: none has such a name, and what else is in it is no usage.
            if (Member is not null && reading.IsRead && TokenFields.FirstUnread(usage, fields.Seen) is { } unread)
                return UsageReading.Refused(UsageViolation.UnreadField, $"The field `{unread}` holds tokens that {Id} does not read there.");
            return reading.IsRead && Told(fields) is { } told ? reading.Telling(told) : reading;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json says of a name or text that is not Unicode; kinds are checked before every access.
            return UsageReading.Refused(UsageViolation.InvalidText, "A text holds bytes or escapes that are not valid Unicode.");
        }
    }

    /// <summary>Reads fields as this shape, for a profile whose sender passes on usages of several.</summary>
    internal UsageReading Read(UsageFields usage) => _read(usage);

    /// <summary>The usage object of a whole response; undefined where there is none.</summary>
    internal JsonElement UsageOf(JsonElement response) => Member is null ? response : UsageFields.Member(response, Member);

    /// <summary>Whether a whole response holds a usage object of this shape.</summary>
    internal bool Fits(JsonElement response)
    {
        var usage = UsageOf(response);
        return Marks.Any(mark => UsageFields.Member(usage, mark).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null));
    }
}
