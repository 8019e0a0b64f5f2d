using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion;

namespace TokenFactory.Api.Tests.Ingestion.Csv;

/// <summary>Times as files have them.</summary>
public sealed class CsvInstantsTests
{
    [Theory]
    [InlineData("2023-11-16 18:15:46.6805900", "UTC", null, null, "2023-11-16T18:15:46.68059Z")]
    [InlineData("2023-11-16T18:15:46Z", null, null, null, "2023-11-16T18:15:46Z")]
    [InlineData("2024-05-10 00:00:00.009930+00:00", null, null, null, "2024-05-10T00:00:00.00993Z")]
    [InlineData("2024-05-10 02:00:00+02", null, null, null, "2024-05-10T00:00:00Z")]
    [InlineData("2024-05-10 02:00 UTC", null, null, null, "2024-05-10T02:00:00Z")]
    [InlineData("2026-10-05T10:00:00.999999999Z", null, null, null, "2026-10-05T10:00:00.999999Z")]
    [InlineData("2026-07-01 12:00", "Europe/Berlin", null, null, "2026-07-01T10:00:00Z")]
    [InlineData("2026-01-01 12:00:00", "Europe/Berlin", null, null, "2026-01-01T11:00:00Z")]
    [InlineData("2026-01-01T12:00:00Z", "Europe/Berlin", null, null, "2026-01-01T12:00:00Z")]
    [InlineData("1700158546", null, "s", null, "2023-11-16T18:15:46Z")]
    [InlineData("1700158546.680590", null, "s", null, "2023-11-16T18:15:46.68059Z")]
    [InlineData("1700158546680", null, "ms", null, "2023-11-16T18:15:46.68Z")]
    [InlineData("1700158546680590", null, "us", null, "2023-11-16T18:15:46.68059Z")]
    [InlineData("1700158546680590123", null, "ns", null, "2023-11-16T18:15:46.68059Z")]
    [InlineData("0", null, "ms", "2023-11-16T00:00:00Z", "2023-11-16T00:00:00Z")]
    [InlineData("3001.5", null, "ms", "2023-11-16T01:00:00+01:00", "2023-11-16T00:00:03.0015Z")]
    public void A_time_is_read_exactly(string text, string? zone, string? unit, string? origin, string expected)
    {
        var violations = new EventViolations();

        var instant = Of(zone, unit, origin).Read(text, "/occurred_at", violations);

        violations.Errors.Should().BeEmpty();
        UtcInstantConverter.Text(instant!.Value).Should().Be(expected);
    }

    [Theory]
    [InlineData("2026-07-01 12:00:00", null, null, "no_offset")]
    [InlineData("2026-03-29 02:30:00", "Europe/Berlin", null, "no_such_time")]
    [InlineData("2026-10-25 02:30:00", "Europe/Berlin", null, "ambiguous_time")]
    [InlineData("2026-02-30 02:30:00", "Europe/Berlin", null, "invalid_instant")]
    [InlineData("2026-02-30T02:30:00Z", null, null, "invalid_instant")]
    [InlineData("2026-07-01T25:00:00Z", null, null, "invalid_instant")]
    [InlineData("16.11.2023 18:15", "Europe/Berlin", null, "invalid_instant")]
    [InlineData("11/16/2023 18:15", "UTC", null, "invalid_instant")]
    [InlineData("2026-07-01", "UTC", null, "invalid_instant")]
    [InlineData(" 2026-07-01T10:00:00Z", null, null, "invalid_instant")]
    [InlineData("45246.7609", "UTC", null, "invalid_instant")]
    [InlineData("1700158546", null, null, "invalid_instant")]
    [InlineData("1.7E+09", null, "s", "invalid_instant")]
    [InlineData("1,700,158,546", null, "s", "invalid_instant")]
    [InlineData("2026-07-01T10:00:00Z", null, "s", "invalid_instant")]
    [InlineData("1700158546680590", null, "s", "out_of_range")]
    [InlineData("-99999999999999", null, "ms", "out_of_range")]
    [InlineData("9999999999999999999999999999", null, "s", "out_of_range")]
    public void What_says_no_time_is_refused_with_the_reason(string text, string? zone, string? unit, string code)
    {
        var violations = new EventViolations();

        Of(zone, unit, null).Read(text, "/occurred_at", violations).Should().BeNull();

        violations.Errors.Should().ContainSingle().Which.Code.Should().Be(code);
    }

    private static CsvInstants Of(string? zone, string? unit, string? origin)
    {
        var errors = new List<FieldError>();
        var instants = CsvInstants.Of(new CsvParameters { time_zone = zone, time_unit = unit, time_origin = origin }, errors);
        errors.Should().BeEmpty();
        return instants;
    }
}
