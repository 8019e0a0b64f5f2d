using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>What can be asked of figures, in which form they come, and what is refused.</summary>
public sealed class FigureQueryTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly ApiProcess _api = fixture.Service.Api;

    [Theory]
    [InlineData("/v1/gdp?frequency=fortnight", "?frequency")]
    [InlineData("/v1/gdp?by=sector,colour", "?by")]
    [InlineData("/v1/gdp?start=2026-13-01", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01T00:00:00", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01T12:00:00Z", "?start")]
    [InlineData("/v1/gdp?start=2026-02-01&end=2026-02-01", "?end")]
    [InlineData("/v1/gdp?start=2026-02-02&end=2026-02-01", "?end")]
    [InlineData("/v1/gdp?frequency=hour&start=2026-02-01T10:30:00Z", "?start")]
    [InlineData("/v1/gdp?frequency=hour&end=2026-02-01T10:00:00.5Z", "?end")]
    [InlineData("/v1/gdp?frequency=hour&end=2026-02-01T10:00:00%2B05:30", "?end")]
    [InlineData("/v1/gdp?start=0001-01-01T00:00:00%2B05:00", "?start")]
    [InlineData("/v1/gdp?end=9999-01-01", "?end")]
    [InlineData("/v1/gdp?frequency=day&frequency=hour", "?frequency")]
    [InlineData("/v1/gdp?format=csv&format=json", "?format")]
    [InlineData("/v1/gdp?model=kimi%00k2", "?model")]
    [InlineData("/v1/gdp?by=sector;drop table items", "?by")]
    [InlineData("/v1/gdp?sector=household' or true --", "?sector")]
    [InlineData("/v1/indices?reference=2026-13", "?reference")]
    [InlineData("/v1/gdp?sector=everybody", "?sector")]
    [InlineData("/v1/gdp?producer=nobody", "?producer")]
    [InlineData("/v1/gdp?model=nothing-of-this-name", "?model")]
    [InlineData("/v1/gdp?model=kimi-k2&model=nothing-of-this-name", "?model")]
    [InlineData("/v1/gdp?model=' or true --&model=%ED%A0%80", "?model")]
    [InlineData("/v1/indices?model=nothing-of-this-name", "?model")]
    [InlineData("/v1/gdp?prices=constant", "?prices")]
    [InlineData("/v1/gdp?as_of=today", "?as_of")]
    [InlineData("/v1/gdp?as_of=1999-12-31", "?as_of")]
    [InlineData("/v1/gdp?as_of=0001-01-01&time_zone=Europe/Berlin", "?as_of")]
    [InlineData("/v1/unpriced?as_of=0001-01-01", "?as_of")]
    [InlineData("/v1/revisions?vintage=2026-01-01,1999-12-31", "?vintage")]
    [InlineData("/v1/gdp?colour=red", "?colour")]
    [InlineData("/v1/indices?method=guess", "?method")]
    [InlineData("/v1/gdp?start=0002-01-01&time_zone=Europe/Berlin", "?start")]
    [InlineData("/v1/gdp?reference=0001&frequency=year&prices=chained&time_zone=Europe/Berlin", "?reference")]
    [InlineData("/v1/indices?reference=0001-W01&frequency=week&time_zone=Asia/Tokyo", "?reference")]
    [InlineData("/v1/gdp?start=2024-01-01&end=0001-01-01&units=pc1&by=sector", "?end")]
    [InlineData("/v1/gdp?time_zone=Asia/Kolkata", "?time_zone")]
    [InlineData("/v1/gdp?time_zone=Mars/Olympus", "?time_zone")]
    [InlineData("/v1/indices?reference=2026-W01&frequency=month", "?reference")]
    public async Task What_can_not_be_answered_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync(query);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Theory]
    [InlineData("/v1/gdp?start=0001-01-01&end=9998-12-31")]
    [InlineData("/v1/gdp?frequency=hour&start=0001-01-01&end=9998-12-31")]
    [InlineData("/v1/gdp?frequency=hour&start=2026-06-01T05:00:00%2B05:00&end=9998-12-31T23:00:00Z")]
    [InlineData("/v1/gdp?as_of=9999-12-31")]
    [InlineData("/v1/gdp?frequency=day&time_zone=America/Asuncion")]
    [InlineData("/v1/gdp?frequency=month&time_zone=America/Asuncion&start=2024-10-06")]
    [InlineData("/v1/gdp?as_of=2100-01-01")]
    [InlineData("/v1/gdp?sector=&producer=&model=&token_class=&service_tier=&start=&end=&by=&as_of=&format=")]
    [InlineData("/v1/gdp?by=sector&by=sector,sector,")]
    [InlineData("/v1/gdp?sector=household, government&sector=enterprise,,unclassified&sector=household")]
    public async Task Far_windows_dates_to_come_and_empty_parameters_leave_nothing_out(string query) =>
        Sum(await _api.GetAsync(query)).Should().Be(Sum(await _api.GetAsync("/v1/gdp")));

    [Theory]
    [InlineData("/v1/gdp?start=0001-01-01&end=0002-01-01")]
    [InlineData("/v1/gdp?start=9998-01-01")]
    [InlineData("/v1/gdp?as_of=2000-01-01")]
    [InlineData("/v1/gdp?as_of=2000-01-01&time_zone=Europe/Berlin")]
    public async Task Where_nothing_is_there_are_no_rows(string query) =>
        (await _api.GetAsync(query)).GetProperty("rows").GetArrayLength().Should().Be(0);

    [Fact]
    public async Task A_date_that_is_still_to_come_is_answered_with_what_is_known_now()
    {
        var now = await _api.GetAsync("/v1/gdp");
        var future = await _api.GetAsync("/v1/gdp?as_of=2999-12-31");

        future.GetProperty("as_of").GetString().Should().Be(now.GetProperty("as_of").GetString());
        future.GetProperty("rows").EnumerateArray().Select(r => Text(r, "status")).Should().Equal(now.GetProperty("rows").EnumerateArray().Select(r => Text(r, "status")));
    }

    [Theory]
    [InlineData(null, "", "application/json")]
    [InlineData("*/*", "", "application/json")]
    [InlineData("text/html", "", "application/json")]
    [InlineData("text/csv", "", "text/csv")]
    [InlineData("TEXT/CSV; header=present", "", "text/csv")]
    [InlineData("text/csv, */*;q=0.1", "", "text/csv")]
    [InlineData("text/csv;q=0", "", "application/json")]
    [InlineData("application/json, text/csv;q=0.5", "", "application/json")]
    [InlineData("application/json;q=0.5, text/csv", "", "text/csv")]
    [InlineData("text/csv", "&format=json", "application/json")]
    [InlineData("application/json", "&format=csv", "text/csv")]
    public async Task The_form_of_an_answer_is_negotiated(string? accept, string further, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/gdp?frequency=year{further}");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await _api.Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be(expected);
        answer.Headers.Vary.Should().Contain("Accept");
    }

    [Fact]
    public async Task A_tag_is_compared_weakly_and_belongs_to_one_form()
    {
        const string query = "/v1/gdp?frequency=year&end=2026-09-01&format=csv";
        using var first = await _api.Client.GetAsync(query);
        using var json = await _api.Client.GetAsync("/v1/gdp?frequency=year&end=2026-09-01");
        var tag = first.Headers.ETag!.ToString();

        async Task<HttpStatusCode> AskAsync(string known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, query);
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var answer = await _api.Client.SendAsync(request);
            answer.Headers.ETag!.ToString().Should().Be(tag);
            return answer.StatusCode;
        }

        json.Headers.ETag!.ToString().Should().NotBe(tag);
        tag.Should().StartWith("W/\"");
        foreach (var known in new[] { tag, tag[2..], "*", $"\"other\", {tag}" })
            (await AskAsync(known)).Should().Be(HttpStatusCode.NotModified, known);
        foreach (var known in new[] { "\"other\"", json.Headers.ETag.ToString(), "not a tag" })
            (await AskAsync(known)).Should().Be(HttpStatusCode.OK, known);
    }

    [Fact]
    public async Task An_answer_has_a_tag_that_holds_until_an_event_falls_into_it()
    {
        const string query = "/v1/gdp?frequency=day&producer=anthropic";
        await _api.PostAsync("/v1/events", Events.Native("tag-1", producer: "anthropic", model: "tagged"));
        using var first = await _api.Client.GetAsync(query);
        using var known = new HttpRequestMessage(HttpMethod.Get, query);
        known.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await _api.Client.SendAsync(known);

        await _api.PostAsync("/v1/events", Events.Native("tag-2", producer: "anthropic", model: "tagged"));
        using var asked = new HttpRequestMessage(HttpMethod.Get, query);
        asked.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var changed = await _api.Client.SendAsync(asked);

        same.StatusCode.Should().Be(HttpStatusCode.NotModified);
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.Headers.ETag.Should().NotBe(first.Headers.ETag);
    }

    [Fact]
    public async Task A_model_is_found_by_its_alias_too()
    {
        await _api.CreateAsync("/v1/models", new { producer = "mistral", model = "large", aliases = new[] { "mistral/large" } });
        await _api.PostAsync("/v1/events", Events.Native("aliased", producer: "mistral", model: "mistral/large", occurredAt: "2026-07-07T07:00:00Z"));

        Sum(await _api.GetAsync("/v1/gdp?model=large")).Should().Be(0.00003m);
        Sum(await _api.GetAsync("/v1/gdp?model=mistral/large")).Should().Be(0.00003m);
        Sum(await _api.GetAsync("/v1/gdp?model=mistral/large&model=large&producer=mistral&by=model")).Should().Be(0.00003m);
    }

    [Fact]
    public async Task Csv_has_the_same_columns_and_values_as_json()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/gdp?by=sector,model");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var answer = await _api.Client.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var json = (await _api.GetAsync("/v1/gdp?by=sector,model")).GetProperty("rows").EnumerateArray().ToList();

        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/csv");
        lines[0].Split(',').Should().Equal(json[0].EnumerateObject().Select(p => p.Name));
        lines.Skip(1).Should().Equal(json.Select(r => string.Join(',', r.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Null ? "" : p.Value.GetRawText().Trim('"')))));
    }

    private static decimal Sum(JsonElement figure) =>
        figure.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(Text(r, "gdp"), CultureInfo.InvariantCulture));

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
