using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>The reader of the pages sees what is wrong with one: else it would find every page right.</summary>
public sealed class WrongPagesTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Ask = "curl -s \"$URL/v1/gdp?frequency=year\"";
    private const string Empty = """
        {"rows": [], "prices": "current", "concept": "gross", "method": "sum", "units": "lin", "currency": "USD", "unit": "USD", "unit_multiplier": 0, "frequency": "year", "time_zone": "UTC", "by": [], "as_of": "...", "complete_through": null}
        """;

    [Theory]
    [InlineData(Ask, "json", Empty)]
    [InlineData(Ask, "json status=200", Empty)]
    [InlineData(Ask, "json", """{"rows": ["..."], "currency": "...", "...": "..."}""")]
    [InlineData("curl -s -H 'Accept: text/csv' \"$URL/v1/gdp?by=sector\"", "csv", "period,...,partial,status")]
    [InlineData("curl -si \"$URL/v1/gdp?by=planet\"", "text", "HTTP/1.1 422 Unprocessable Entity\nContent-Type: application/problem+json...\n\n{\"code\": \"invalid\", \"...\": \"...\"}")]
    public async Task A_page_that_is_right_is_taken(string commands, string info, string answer)
    {
        (await ReadAsync(commands, info, answer)).Should().Be(1);
    }

    [Theory]
    [InlineData(Ask, "json", """{"rows": [], "currency": "EUR", "...": "..."}""", "/currency is \"USD\", not \"EUR\"")]
    [InlineData(Ask, "json", """{"rows": [], "colour": "...", "...": "..."}""", "/colour is not there")]
    [InlineData(Ask, "json", """{"rows": []}""", "is not printed")]
    [InlineData(Ask, "json", """{"rows": [{"gdp": "1"}], "...": "..."}""", "/rows has 0 elements, not 1")]
    [InlineData(Ask, "json", """{"complete_through": "...", "...": "..."}""", "/complete_through is null")]
    [InlineData(Ask, "json", """{"rows": "none", "...": "..."}""", "/rows is []")]
    [InlineData(Ask, "json status=422", Empty, "answered 200, not 422")]
    [InlineData("curl -s \"$URL/v1/gdp?by=planet\"", "json", Empty, "answered 422, not a success")]
    [InlineData("curl -s \"$URL/v1/nothing\"\n" + Ask, "json", Empty, "answered 401, not a success")]
    [InlineData("curl -s \"$URL/v1/gdp?format=csv\"", "csv", "period,start,end,money", "the lines differ")]
    [InlineData("curl -si \"$URL/v1/gdp\"", "text", "HTTP/1.1 404 Not Found", "the first line is HTTP/1.1 200 OK")]
    [InlineData("curl -si \"$URL/v1/gdp\"", "text", "HTTP/1.1 200 OK\nETag: none", "no header is ETag: none")]
    [InlineData("curl -s --compressed \"$URL/v1/gdp\"", "json", Empty, "the option --compressed of curl is not understood")]
    [InlineData("curl -s $URL/v1/gdp?frequency=year", "json", Empty, "a shell takes an unquoted ?")]
    [InlineData("curl -s \"$ADDRESS/v1/gdp\"", "json", Empty, "no command has set $ADDRESS")]
    [InlineData("curl -s -H \"Authorization: Bearer $KEY\" -d '{\"id\":\"a\"}' \"$URL/v1/sources\"", "json", "{}", "answered 415")]
    [InlineData("wget \"$URL/v1/gdp\"", "json", Empty, "the command wget is not understood")]
    [InlineData("curl -s \"$URL/v1/gdp", "json", Empty, "the quote is not closed")]
    [InlineData("curl -s '", "json", Empty, "the quote is not closed")]
    [InlineData("export ID=...", "json", "{}", "say which part of the answer before")]
    [InlineData("dotnet test", "json", Empty, "no curl line stands before")]
    public async Task A_page_that_is_wrong_is_refused(string commands, string info, string answer, string why)
    {
        var reading = () => ReadAsync(commands, info, answer);

        (await reading.Should().ThrowAsync<ExampleException>()).WithMessage($"*sample, line 2*{why.Replace("*", "?", StringComparison.Ordinal)}*");
    }

    private Task<int> ReadAsync(string commands, string info, string answer) => new PageReader(fixture.Api.Address, ApiProcess.AdminKey)
        .ReadAsync(new Page("sample", $"```sh\n{commands}\n```\n\n```{info}\n{answer}\n```\n"));
}
