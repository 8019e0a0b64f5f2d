using System.Text;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Tests.Catalog;

/// <summary>Tables of exchange rates: what is understood of them, and that nothing of the rest is lost.</summary>
public sealed class FxTableTests
{
    private static readonly FxTableLayout Ecb = new("EUR", new TimeOnly(16, 0), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

    [Theory]
    [InlineData("Date,USD,JPY,\r\n2026-11-24,1.05,162.3,\r\n")]
    [InlineData("\uFEFFDate,USD,JPY,\n2026-11-24,1.05,162.3,\n")]
    [InlineData("Date, USD, JPY, \n24 November 2026, 1.05, 162.3, \n")] // the daily file
    [InlineData("\"Date\",\"USD\",\"JPY\"\n\"2026-11-24\",\"1.05\",\" 162.3 \"")]
    [InlineData("date,USD,CYP,JPY\n\n,,,\n2026-11-24,1.0500,N/A,0162.30\n   \n")]
    [InlineData("Date,JPY,USD,\n2026-11-24,162.3,1.05\n")]
    public void The_layouts_of_the_central_bank_are_understood(string text)
    {
        var table = Read(text);

        table.Refused.Should().BeEmpty();
        var publication = table.Publications.Should().ContainSingle().Subject;
        publication.PublishedAt.Should().Be(new DateTimeOffset(2026, 11, 24, 15, 0, 0, TimeSpan.Zero));
        publication.Rates.Should().BeEquivalentTo(new Dictionary<string, decimal> { ["USD"] = 1.05m, ["JPY"] = 162.3m });
    }

    [Theory]
    [InlineData("2026-07-01", 14)] // summer
    [InlineData("2026-10-24", 14)]
    [InlineData("2026-10-25", 15)] // clocks were put back in the night
    [InlineData("4 January 1999", 15)]
    public void The_time_is_that_of_the_clock_on_the_wall(string date, int hour) =>
        Read($"Date,USD\n{date},1.05").Publications.Single().PublishedAt.UtcDateTime.TimeOfDay.Should().Be(TimeSpan.FromHours(hour));

    [Theory]
    [InlineData("2026-10-25", "02:30", "01:30")] // comes twice
    [InlineData("2026-03-29", "02:30", "01:30")] // is leapt over
    public void A_time_that_comes_twice_is_the_second_one_and_one_that_never_comes_counts_on(string date, string time, string utc)
    {
        var errors = new List<FieldError>();
        var layout = Ecb with { Time = TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture) };

        FxTable.Read(new MemoryStream(Encoding.UTF8.GetBytes($"Date,USD\n{date},1.05")), layout, errors)!.Publications.Single().PublishedAt
            .Should().Be(DateTimeOffset.Parse($"{date}T{utc}Z", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2026-11-23,-1.05,162.3", "invalid_rate", "USD `-1.05` must be above 0")]
    [InlineData("2026-11-23,0,162.3", "invalid_rate", "USD `0` must be above 0")]
    [InlineData("2026-11-23,1.0000000000001,162.3", "invalid_rate", "at most 12 decimals")]
    [InlineData("2026-11-23,1000000000000.000000000001,162.3", "invalid_rate", "at most 10^12")]
    [InlineData("2026-11-23,0.00000000000000000000000000000001,162.3", "invalid_rate", "at most 12 decimals")]
    [InlineData("2026-11-23,1e3,1,6", "too_many_fields", "no name")]
    [InlineData("2026-11-23,1e3,-", "invalid_rate", "USD `1e3` must be a plain decimal number such as 2.50, without exponent; JPY `-` must be")]
    [InlineData("2026-11-23,\"1,05\",162.3", "invalid_rate", "USD `1,05` must be a plain")]
    [InlineData("2026-11-23,1.05", "too_few_fields", "2 fields")]
    [InlineData("2026-11-23,N/A,", "no_rates", "no rate")]
    [InlineData("2026-11-23", "too_few_fields", "1 fields")]
    [InlineData("23.11.2026,1.05,162.3", "invalid_date", "`23.11.2026`")]
    [InlineData("11/23/2026,1.05,162.3", "invalid_date", "no date")]
    [InlineData("2026-02-30,1.05,162.3", "invalid_date", "no date")]
    [InlineData("0001-01-01,1.05,162.3", "invalid_date", "1900")]
    [InlineData("9999-12-31,1.05,162.3", "invalid_date", "9998")]
    [InlineData(",1.05,162.3", "invalid_date", "``")]
    [InlineData("2026-11-24,1.05,162.3", "repeated_date", "Line 2")]
    [InlineData("24 November 2026,1.07,162.3", "repeated_date", "Line 2")]
    [InlineData("2026-11-23,\"1.05,162.3", "malformed_csv", "quotation marks")]
    [InlineData("2026-11-23,1.\"05\",162.3", "malformed_csv", "quotation marks")]
    [InlineData("\"2026-11-23\"x,1.05,162.3", "malformed_csv", "quotation marks")]
    public void A_line_that_cannot_be_understood_is_listed_and_spoils_no_other(string line, string code, string why)
    {
        var table = Read($"Date,USD,JPY\n2026-11-24,1.05,162.3\n{line}\n2026-11-22,1.04,161\n");

        table.Publications.Select(p => p.PublishedAt.Day).Should().Equal(24, 22);
        table.Publications.Should().OnlyContain(p => p.Rates.Count == 2);
        var refusal = table.Refused.Should().ContainSingle().Subject;
        refusal.Line.Should().Be(3);
        refusal.Code.Should().Be(code);
        refusal.Detail.Should().Contain(why);
    }

    [Theory]
    [InlineData("usd", "invalid_currency")]
    [InlineData("USDX", "invalid_currency")]
    [InlineData("XXX", "invalid_currency")]
    [InlineData("EUR", "base_among_rates")]
    [InlineData("JPY", "repeated_currency")]
    public void A_column_that_is_no_currency_is_listed_once_and_left_out(string name, string code)
    {
        var table = Read($"Date,JPY,{name},USD\n2026-11-24,162.3,-1,1.05\n2026-11-23,162.4,x,1.06\n");

        table.Publications.Should().HaveCount(2).And.OnlyContain(p => p.Rates.Keys.Order().SequenceEqual(new[] { "JPY", "USD" }));
        var refusal = table.Refused.Should().ContainSingle().Subject;
        (refusal.Line, refusal.Code).Should().Be((1, code));
        refusal.Detail.Should().Contain($"column 3, ").And.Contain(name);
    }

    [Fact]
    public void Every_line_is_read_or_listed()
    {
        var random = new Random(11);
        string[] dates = ["2026-11-24", "x", "", "1 May 2026", "\"2026-01-02", "2026-01-03"];
        string[] values = ["1", "", "N/A", "-1", "0", "\"", "7.5", "\u0000", "1,2", "é"];
        var lines = Enumerable.Range(0, 2_000).Select(i => $"{dates[random.Next(dates.Length)]}{(i % 2 == 0 ? Invariant(i) : "")},{values[random.Next(values.Length)]},{values[random.Next(values.Length)]}").ToList();
        lines.AddRange(Enumerable.Range(0, 500).Select(i => $"{new DateOnly(2000, 1, 1).AddDays(i):yyyy-MM-dd},{values[random.Next(values.Length)]},{values[random.Next(values.Length)]}"));

        var table = Read("Date,USD,JPY\n" + string.Join('\n', lines));

        var blank = lines.Count(l => l.Trim(',', ' ').Length == 0);
        (table.Publications.Count + table.Refused.Count + blank).Should().Be(2_500);
        table.Publications.Should().HaveCountGreaterThan(30);
        table.Refused.Select(r => r.Line).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\n\n,,,\n", "empty")]
    [InlineData("2026-11-24,1.05", "invalid_header")]
    [InlineData("Date;USD;JPY\n2026-11-24;1,05;162,3", "invalid_header")]
    [InlineData("\"Date,USD\n2026-11-24,1.05", "invalid_header")]
    [InlineData("Date,,\n2026-11-24,1.05,", "no_currency")]
    [InlineData("Date,EUR\n2026-11-24,1", "no_currency")]
    [InlineData("Date,@1000", "too_long")]
    public void What_is_no_such_table_is_refused_whole(string text, string code)
    {
        var errors = new List<FieldError>();

        text = text.Replace("@1000", string.Join(',', Enumerable.Repeat("USD", 1_000)), StringComparison.Ordinal);
        FxTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), Ecb, errors).Should().BeNull();
        errors.Should().ContainSingle().Which.Code.Should().Be(code);
    }

    [Fact]
    public void A_table_has_an_end()
    {
        var errors = new List<FieldError>();
        var lines = string.Concat(Enumerable.Repeat("x\n", FxTable.MaxLines));

        FxTable.Read(new MemoryStream(Encoding.UTF8.GetBytes("Date,USD\n" + lines)), Ecb, errors).Should().BeNull();
        errors.Should().ContainSingle().Which.Code.Should().Be("too_long");
        Read("Date,USD\n" + lines[2..]).Refused.Should().HaveCount(FxTable.MaxLines - 1);
    }

    private static FxTable Read(string text)
    {
        var errors = new List<FieldError>();
        var table = FxTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), Ecb, errors);
        errors.Should().BeEmpty();
        return table!;
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
