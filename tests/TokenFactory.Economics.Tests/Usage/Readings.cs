using System.Text.Json;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Economics.Tests.Usage;

/// <summary>Readings as one line of text, so that a case can state all of one: "input 86, output 40 = 126", or the code of a violation.</summary>
internal static class Readings
{
    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static UsageReading Read(string profileId, string usage)
    {
        UsageProfiles.TryFind(profileId, out var profile).Should().BeTrue();
        return profile!.Read(Json(usage));
    }

    public static string Line(this UsageReading reading) => reading.IsRead
        ? $"{string.Join(", ", reading.Leaves.Select(leaf => $"{leaf.TokenClass.Name()} {leaf.Quantity}"))} = {reading.Total}"
        : reading.Violation.Code;
}
