using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TokenFactory.Api.Statistics;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>Every series that is listed opens, and says what the figure's own operation says.</summary>
public sealed class SeriesTests(SeriesTests.Ledger ledger) : IClassFixture<SeriesTests.Ledger>
{
    private readonly ApiProcess _api = ledger.Service.Api;

    /// <summary>
    /// Two producers, one with every character that an id may have, and a third that only buys; a sector and none; free and unpriced tokens, and a month
    /// without any.
    /// </summary>
    public sealed class Ledger : IAsyncLifetime
    {
        public ApiFixture Service { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Service.InitializeAsync();
            await Service.Api.CreateAsync("/v1/sources", new { id = "gateway-1" });
            await Service.Api.CreateAsync("/v1/producers", new { id = "x.y-z_1", name = "X, the producer", kind = "both" });
            await Service.Api.CreateAsync("/v1/accounts", new { id = "mistral-buys", producer = "mistral" });
            var events = new List<string> { Events.Native("bought", occurredAt: "2026-07-03T10:00:00Z", sector: "household", account: "mistral-buys", input: 300, output: 100, outputValue: "2") };
            foreach (var (day, value) in ((string, string?)[])[("2026-06-30T23:30:00Z", "2"), ("2026-07-02T10:00:00Z", "3"), ("2026-07-02T11:00:00Z", null), ("2026-09-30T22:30:00Z", "1.5"), ("2026-10-01T10:00:00Z", "0")])
            {
                events.Add(Events.Native($"{day}-1", occurredAt: day, sector: "household", input: 1_000 + events.Count, output: 500, outputValue: value));
                events.Add(Events.Native($"{day}-2", occurredAt: day, producer: "x.y-z_1", model: "m", input: 700 + (events.Count * 3), output: 0, outputValue: "1.25").Replace(",\"output\":0", "", StringComparison.Ordinal).Replace(",\"output\":\"1.25\"", "", StringComparison.Ordinal));
            }

            using var answer = await Service.Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Asia/Shanghai")]
    public async Task Every_listed_series_opens_and_equals_the_figure(string zone)
    {
        var calendar = zone == "" ? "" : $"&time_zone={zone}";
        var listed = await ListAsync($"/v1/series?limit=1000{calendar}");
        listed.Should().HaveCountGreaterThan(500);
        listed.Select(s => s.GetProperty("key").GetString()).Should().OnlyHaveUniqueItems();
        var figures = new Dictionary<string, List<JsonElement>>();
        foreach (var entry in listed)
        {
            var key = entry.GetProperty("key").GetString()!;
            var codes = key.Split('.');
            var answer = await _api.GetAsync($"/v1/series/{key}{calendar.Replace('&', '?')}");
            var rows = answer.GetProperty("rows").EnumerateArray().ToList();

            var (query, column) = FigureOf(codes);
            if (!figures.TryGetValue(query, out var expected))
                figures.Add(query, expected = [.. (await _api.GetAsync($"{query}{calendar}")).GetProperty("rows").EnumerateArray()]);
            rows.Select(r => $"{Text(r, "period")} {Text(r, "value")} {r.GetProperty("partial")} {Text(r, "status")} {Text(r, "start")}")
                .Should().Equal(expected.Select(r => $"{Text(r, "period")} {Text(r, column)} {r.GetProperty("partial")} {Text(r, "status")} {Text(r, "start")}"), key);
            (Text(rows[0], "period"), Text(rows[^1], "period")).Should().Be((Text(entry, "first"), Text(entry, "last")), key);
            (Text(answer, "key"), Text(answer, "title"), Text(answer, "unit")).Should().Be((key, Text(entry, "title"), Text(entry, "unit")));
        }

        listed.Select(s => Text(s, "key")!.Split('.')).Where(k => k[2] == "MISTRAL").Select(k => k[4]).Should().NotBeEmpty().And.OnlyContain(measure => measure == "TGDP");
        listed.Select(s => Text(s, "key")!.Split('.')).Where(k => k[4] == "TGDP").Should().NotBeEmpty().And.OnlyContain(k => k[2] == "_T" || (k[1] == "S1" && k[3] == "_T"));
        // What is there: each of two producers and their sum, what the one sells of either class, and the other of input alone.
        listed.Select(s => string.Join('.', Text(s, "key")!.Split('.')[1..4])).Distinct().Should().BeEquivalentTo(
            "S1._T._T", "S1._T.INPUT", "S1._T.OUTPUT", "S1.MOONSHOT._T", "S1.MOONSHOT.INPUT", "S1.MOONSHOT.OUTPUT", "S1.X@Y-Z_1._T", "S1.X@Y-Z_1.INPUT",
            "S1.MISTRAL._T",
            "S14._T._T", "S14._T.INPUT", "S14._T.OUTPUT", "S14.MOONSHOT._T", "S14.MOONSHOT.INPUT", "S14.MOONSHOT.OUTPUT",
            "_U._T._T", "_U._T.INPUT", "_U.X@Y-Z_1._T", "_U.X@Y-Z_1.INPUT");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Pages_hold_every_series_once_and_in_one_order(int limit)
    {
        var whole = (await ListAsync("/v1/series?limit=1000&frequency=Q&sector=S14,S1")).Select(s => Text(s, "key")).ToList();

        (await ListAsync($"/v1/series?limit={limit}&frequency=quarter&sector=household&sector=S1")).Select(s => Text(s, "key")).Should().Equal(whole);
        whole.Should().HaveCountGreaterThan(100).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("producer=x.y-z_1", 2, "X@Y-Z_1")]
    [InlineData("producer=X@Y-Z_1", 2, "X@Y-Z_1")]
    [InlineData("producer=_T", 2, "_T")]
    [InlineData("token_class=output", 3, "OUTPUT")]
    [InlineData("token_class=_T", 3, "_T")]
    [InlineData("measure=TPI", 4, "TPI")]
    [InlineData("frequency=hour", 0, "H")]
    [InlineData("sector=unclassified", 1, "_U")]
    public async Task A_filter_takes_codes_and_names(string filter, int dimension, string code)
    {
        var listed = await ListAsync($"/v1/series?limit=1000&{filter}");

        listed.Should().NotBeEmpty().And.OnlyContain(s => Text(s, "key")!.Split('.', StringSplitOptions.None)[dimension] == code);
    }

    [Fact]
    public async Task A_window_chooses_observations_and_changes_none()
    {
        foreach (var key in (string[])["M.S1._T._T.TPI.D.CF.N", "M.S1._T._T.TGO.V._Z.N", "M.S1.MOONSHOT._T.TQI.L.GEKS_F.N", "M.S1._T._T.TGDP.L.CF.N"])
        {
            var whole = await _api.GetAsync($"/v1/series/{key}");
            var part = await _api.GetAsync($"/v1/series/{key}?start=2026-07-02&end=2026-10-01");

            part.GetProperty("rows").EnumerateArray().Select(r => r.ToString()).Should()
                .Equal(whole.GetProperty("rows").EnumerateArray().Where(r => Text(r, "period") is "2026-08" or "2026-09").Select(r => r.ToString()));
            Text(part, "reference").Should().Be(Text(whole, "reference"));
            (await _api.GetAsync($"/v1/series/{key}?start=2027-01-01")).GetProperty("rows").GetArrayLength().Should().Be(0);
        }
    }

    [Fact]
    public async Task A_missing_observation_says_so_and_why()
    {
        var rows = (await _api.GetAsync("/v1/series/M.S14._T._T.TPI.D.CF.N")).GetProperty("rows").EnumerateArray().ToDictionary(r => Text(r, "period")!);

        (Text(rows["2026-08"], "value"), Text(rows["2026-08"], "obs_status"), Text(rows["2026-08"], "null_reason")).Should().Be((null, "M", "empty_period"));
        Text(rows["2026-06"], "value").Should().Be("100.000000");
        foreach (var row in rows.Values.Where(r => Text(r, "value") is not null))
            Text(row, "obs_status").Should().Be(Text(row, "status") switch { "final" => "A", "estimated" => "E", _ => "P" });
    }

    [Fact]
    public async Task It_comes_as_SDMX_CSV()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/series/M.S14.MOONSHOT._T.TPI.D.CF.N");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/vnd.sdmx.data+csv;version=2.0.0"));
        using var answer = await _api.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var lines = text.TrimEnd().Split("\r\n");
        var rows = (await _api.GetAsync("/v1/series/M.S14.MOONSHOT._T.TPI.D.CF.N")).GetProperty("rows").EnumerateArray().ToList();

        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/vnd.sdmx.data+csv");
        answer.Content.Headers.ContentType.Parameters.Should().Contain(p => p.Name == "version" && p.Value == "2.0.0");
        answer.Headers.ETag.Should().NotBeNull();
        lines[0].Should().Be("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,SECTOR,PRODUCER,TOKEN_CLASS,MEASURE,PRICES,METHOD,ADJUSTMENT,TIME_PERIOD,OBS_VALUE,"
            + "OBS_STATUS,CONF_STATUS,UNIT_MEASURE,UNIT_MULT,BASE_PER,TIME_ZONE,COMMENT_OBS,LAST_UPDATE");
        lines.Skip(1).Select(l => string.Join(',', l.Split(',')[..20])).Should().Equal(rows.Select(r =>
            $"dataflow,TOKEN_FACTORY:SERIES(1.0.0),R,M,S14,MOONSHOT,_T,TPI,D,CF,N,{Text(r, "period")},{Text(r, "value")},{Text(r, "obs_status")},F,IX,0,2026-06,UTC,{Text(r, "null_reason")}"));
        (await _api.Client.GetStringAsync("/v1/series/M.S14.MOONSHOT._T.TPI.D.CF.N?format=sdmx_csv")).Should().Be(text);
        (await _api.Client.GetStringAsync("/v1/series/M.S14.MOONSHOT._T.TPI.D.CF.N?format=csv")).Should().StartWith("period,start,end,value,obs_status,null_reason,partial,status\r\n");
    }

    [Fact]
    public async Task Every_code_of_every_series_is_in_its_list_and_every_list_is_a_dimension_or_an_attribute()
    {
        var lists = (await _api.GetAsync("/v1/series/codes")).GetProperty("lists").EnumerateArray().ToList();
        var codes = lists.Where(l => l.GetProperty("position").ValueKind == JsonValueKind.Number).OrderBy(l => l.GetProperty("position").GetInt32())
            .Select(l => l.GetProperty("codes").EnumerateArray().Select(c => Text(c, "code")!).ToHashSet()).ToList();

        codes.Should().HaveCount(8);
        foreach (var key in (await ListAsync("/v1/series?limit=1000")).Select(s => Text(s, "key")!.Split('.')))
            key.Select((code, i) => codes[i].Contains(code)).Should().OnlyContain(known => known, string.Join('.', key));
        lists.SelectMany(l => l.GetProperty("codes").EnumerateArray()).Should().OnlyContain(c => Text(c, "name") != "");
        (await _api.Client.GetStringAsync("/v1/series/codes?format=csv")).Should().StartWith("id,position,code,name,value\r\nFREQ,1,H,Hourly,hour\r\n");
    }

    [Theory]
    [InlineData("M.S14.MOONSHOT._T.TPI.D.CF")]
    [InlineData("M.S14.MOONSHOT._T.TPI.D.CF.N.N")]
    [InlineData("m.S14.MOONSHOT._T.TPI.D.CF.N")]
    [InlineData("M.S14.moonshot._T.TPI.D.CF.N")]
    [InlineData("M.S15.MOONSHOT._T.TPI.D.CF.N")]
    [InlineData("M.S14.NOBODY._T.TPI.D.CF.N")]
    [InlineData("M.S14.MOONSHOT.THOUGHT.TPI.D.CF.N")]
    [InlineData("M.S14.MOONSHOT._T.TPI.V.CF.N")]
    [InlineData("A.S14.MOONSHOT._T.TPI.D.GEKS_F.N")]
    [InlineData("M.S14.MOONSHOT._T.TGDP.V._Z.N")]
    [InlineData("M.S1.MISTRAL._T.TGO.V._Z.N")]
    [InlineData("M.S13._T._T.TPI.D.CF.N")]
    [InlineData("M.S14.X@Y-Z_1._T.TGO.V._Z.N")]
    public async Task What_is_no_series_and_what_has_no_data_is_not_found(string key) =>
        (await _api.Client.GetAsync($"/v1/series/{key}")).StatusCode.Should().Be(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("/v1/series?sector=S15", "?sector")]
    [InlineData("/v1/series?measure=GDP", "?measure")]
    [InlineData("/v1/series?cursor=x", "?cursor")]
    [InlineData("/v1/series?limit=1001", "?limit")]
    [InlineData("/v1/series?producer=nobody", "?producer")]
    [InlineData("/v1/series?time_zone=Asia/Kolkata", "?time_zone")]
    [InlineData("/v1/series/M.S1._T._T.TGO.V._Z.N?frequency=month", "?frequency")]
    [InlineData("/v1/series/M.S1._T._T.TGO.V._Z.N?start=yesterday", "?start")]
    [InlineData("/v1/series/M.S1._T._T.TGO.V._Z.N?format=xml", "?format")]
    public async Task What_can_not_be_asked_is_refused_with_the_parameter(string query, string pointer)
    {
        using var answer = await _api.Client.GetAsync(query);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors")[0].GetProperty("pointer").GetString().Should().Be(pointer);
    }

    [Fact]
    public void Every_key_can_be_read_back()
    {
        foreach (var slug in (string?[])[null, "a", "0.-_", "x.y-z_1", "z.ai"])
        foreach (var sector in SeriesCodes.Sectors)
        foreach (var tokenClass in SeriesCodes.TokenClasses)
        foreach (var measure in SeriesMeasures.All)
        {
            var key = new SeriesKey(Frequency.Week, sector, slug, tokenClass, measure);
            SeriesKey.Parse(key.ToString()).Should().Be(measure.CanBe(new SeriesSubject(sector, slug, tokenClass)) ? key : null);
            key.ToString().Should().MatchRegex(@"^[A-Za-z0-9_@$.\-]+$");
        }

        Enum.GetValues<Frequency>().Select(SeriesCodes.Of).Select(SeriesCodes.ReadFrequency).Should().Equal(Enum.GetValues<Frequency>().Cast<Frequency?>());
        SeriesCodes.Sectors.Should().HaveCount(Enum.GetValues<Sector>().Length + 1);
        SeriesMeasures.All.Select(m => (m.Code, m.Prices, m.Method)).Should().OnlyHaveUniqueItems();
        SeriesMeasures.All.Should().OnlyContain(m => (m.OfGdp == null) != (m.OfIndex == null));
    }

    // Which operation, and which column of it, a key is about; written down here once more, by hand.
    private static (string Query, string Column) FigureOf(string[] codes)
    {
        var frequency = codes[0] switch { "H" => "hour", "D" => "day", "W" => "week", "M" => "month", "Q" => "quarter", _ => "year" };
        var filter = (codes[1] switch { "S1" => "", "S14" => "&sector=household", _ => "&sector=unclassified" })
            + (codes[2] switch { "_T" => "", "MOONSHOT" => "&producer=moonshot", "MISTRAL" => "&producer=mistral", _ => "&producer=x.y-z_1" })
            + (codes[3] == "_T" ? "" : $"&token_class={codes[3].ToLower(CultureInfo.InvariantCulture)}");
        var window = codes[0] switch { "H" => 25, "D" => 29, "W" => 53, _ => 13 };
        var method = codes[6] == "GEKS_F" ? $"&method=geks_fisher&window={window}" : "";
        var gdp = (codes[4] == "TGDP" ? "&concept=net" : "") + (codes[4] is "TGO" or "TGDP" && codes[5] != "V" ? "&prices=chained" : "");
        return codes[4] switch
        {
            "TGO" or "TGDP" => ($"/v1/gdp?frequency={frequency}{filter}{gdp}", codes[5] switch { "V" => "gdp", "L" => "real", _ => "deflator" }),
            "QTY" => ($"/v1/gdp?frequency={frequency}{filter}", "quantity"),
            "UV" => ($"/v1/gdp?frequency={frequency}{filter}", "unit_value"),
            "FREE_SHARE" => ($"/v1/gdp?frequency={frequency}{filter}", "free_share"),
            "UNPRICED_SHARE" => ($"/v1/gdp?frequency={frequency}{filter}", "unpriced_share"),
            "TPI" => ($"/v1/indices?frequency={frequency}{filter}{method}", "index"),
            "TQI" => ($"/v1/indices?index=quantity&frequency={frequency}{filter}{method}", "index"),
            "TVI" => ($"/v1/indices?index=value&frequency={frequency}{filter}", "index"),
            "MIX" => ($"/v1/indices?frequency={frequency}{filter}", "composition_effect"),
            _ => throw new InvalidOperationException(codes[4]),
        };
    }

    private async Task<List<JsonElement>> ListAsync(string query)
    {
        var listed = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await _api.GetAsync($"{query}{(cursor is null ? "" : $"&cursor={cursor}")}");
            listed.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        return listed;
    }

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
