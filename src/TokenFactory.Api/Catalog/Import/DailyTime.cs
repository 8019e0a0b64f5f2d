using System.Globalization;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>Hours of the day and dates as catalogues write them, in UTC.</summary>
internal static class DailyTime
{
    private static readonly string[] Forms = ["HH:mm", "HH:mm:ss"];

    /// <summary>Reads two times such as <c>00:30:00Z</c>; a time that names no offset is in UTC, another offset is refused.</summary>
    public static bool TryReadHours(string? from, string? to, out DailyHours? hours)
    {
        hours = null;
        if (!TryReadTime(from, out var begin) || !TryReadTime(to, out var end))
            return false;
        hours = new DailyHours(Text(begin), Text(end));
        return true;
    }

    /// <summary>The midnight of UTC at which a date begins.</summary>
    public static bool TryReadDate(string? text, out DateTimeOffset midnight)
    {
        midnight = default;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return false;
        midnight = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        return true;
    }

    private static bool TryReadTime(string? text, out TimeOnly time)
    {
        var clock = text is null ? "" : text.EndsWith('Z') ? text[..^1] : text.EndsWith("+00:00", StringComparison.Ordinal) ? text[..^6] : text;
        return TimeOnly.TryParseExact(clock, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static string Text(TimeOnly time) => time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
}
