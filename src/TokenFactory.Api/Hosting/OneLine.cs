using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Keeps a line of the log a line: what comes from outside (a path is decoded) may hold a line feed, and behind it what reads like another
/// line. Control characters of a value are written as their escapes.
/// </summary>
internal sealed class OneLine : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? escaped = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: string text } && text.Any(Breaks))
                (escaped ??= []).Add(new LogEventProperty(name, new ScalarValue(Escape(text))));
        }

        foreach (var property in escaped ?? [])
            logEvent.AddOrUpdateProperty(property);
    }

    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Breaks(c))
                escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }

    // The separators of lines and paragraphs are none of the control characters.
    private static bool Breaks(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
