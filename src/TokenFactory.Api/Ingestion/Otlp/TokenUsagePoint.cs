using System.Globalization;
using System.Text.Json;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>
/// What is kept of a data point of <c>gen_ai.client.token.usage</c>, as the object that the usage profile reads: its direction, its tokens as sent,
/// of how many measurements they are the sum where that is told, and, of a cumulative one, which counter it reads, since when, and when.
/// </summary>
internal static class TokenUsagePoint
{
    private const string TokenType = "gen_ai.token.type";
    private const string Tokens = "tokens";
    private const string Count = "count";
    private const string Counter = "counter";
    private const string StartedAt = "start_time_unix_nano";
    private const string ReadAt = "time_unix_nano";

    /// <param name="type">The value of <c>gen_ai.token.type</c>.</param>
    /// <param name="tokens">The sum.</param>
    /// <param name="count">Measurements, one of a request each; null: not told.</param>
    /// <param name="from">Nanoseconds since 1970: the beginning; 0: not stated.</param>
    /// <param name="to">Nanoseconds since 1970: the end.</param>
    /// <param name="counter">What tells the counter from others, of a cumulative point; null: the point is of its own time alone.</param>
    public static JsonElement Write(string type, long tokens, ulong? count, ulong from, ulong to, byte[]? counter) => ReportedUsage.Written(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString(TokenType, type);
        writer.WriteNumber(Tokens, tokens);
        if (count is { } measurements)
            writer.WriteNumber(Count, measurements);
        writer.WriteString(StartedAt, from.ToString(CultureInfo.InvariantCulture));
        writer.WriteString(ReadAt, to.ToString(CultureInfo.InvariantCulture));
        if (counter is not null)
            writer.WriteString(Counter, Convert.ToHexStringLower(counter));
        writer.WriteEndObject();
    });

    /// <summary>The counter that a kept point is a reading of; null: of none.</summary>
    public static CounterReading? CounterOf(JsonElement point) => point.TryGetProperty(Counter, out var counter)
        ? new CounterReading(Convert.FromHexString(counter.GetString()!), new MeterReading(
            InstantOf(point.GetProperty(StartedAt)), InstantOf(point.GetProperty(ReadAt)), point.GetProperty(Tokens).GetInt64()))
        : null;

    /// <summary>A number of tokens that is written as a double; null where it is none.</summary>
    public static long? WholeOf(double value) => value >= 0 && value <= Quantity.Maximum && Math.Floor(value) == value ? (long)value : null;

    // As PostgreSQL keeps it: readings are compared with what is kept.
    private static DateTimeOffset InstantOf(JsonElement nanoseconds)
    {
        var instant = OtlpFacts.InstantOf(ulong.Parse(nanoseconds.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture));
        return instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
