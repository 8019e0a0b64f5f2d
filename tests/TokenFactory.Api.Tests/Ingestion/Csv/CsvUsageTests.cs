using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ingestion.Csv;

/// <summary>Files as spreadsheets, databases and published traces have them.</summary>
public sealed class CsvUsageTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Azure = "column=occurred_at:TIMESTAMP&column=input:ContextTokens&column=output:GeneratedTokens&value=producer:azure&value=model:azure-conv&time_zone=UTC";

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_file_with_the_names_of_the_fields_needs_no_mapping()
    {
        var source = await SourceAsync("csv-plain");
        const string File = """
            id,occurred_at,producer,model,account,sector,service_tier,region,note,input,cache_read,output,output_reasoning,reported_cost,currency
            r-1,2026-10-05T10:00:00Z,moonshot,kimi-k2,acme,enterprise,batch,eu,ignored,86,17817,40,12,0.0123,USD
            r-2,2026-10-05T12:00:00+02:00,moonshot,kimi-k2,,,,,,0,,5,,,USD

            """;

        var told = await TellAsync($"source={source}&receipts=all", File, HttpStatusCode.OK);

        told.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("index").GetInt32(), i.GetProperty("id").GetString(), i.GetProperty("status").GetString()))
            .Should().Equal((1, "r-1", "accepted"), (2, "r-2", "accepted"));
        var receipt = await _api.GetAsync($"/v1/events?source={source}&id=r-1");
        receipt.GetProperty("entries").EnumerateArray().Select(e => (e.GetProperty("token_class").GetString(), e.GetProperty("quantity").GetString()))
            .Should().Equal(("input", "86"), ("cache_read", "17817"), ("output", "40"), ("output_reasoning", "12"));
        (receipt.GetProperty("account").GetString(), receipt.GetProperty("service_tier").GetString()).Should().Be(("acme", "batch"));
    }

    [Fact]
    public async Task A_row_and_the_native_event_of_its_values_are_the_same_event()
    {
        var source = await SourceAsync("csv-same");
        const string File = """
            id,occurred_at,producer,model,account,sector,region,input,output,reported_cost,currency
            s-1,2026-10-05T10:00:00.1234567Z,moonshot,kimi-k2,acme,household,eu,10,5,0.50,USD
            s-2,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,,10,0,,
            """;
        string[] events =
        [
            $$$"""{"source":"{{{source}}}","id":"s-1","occurred_at":"2026-10-05T12:00:00.123456+02:00","producer":"moonshot","model":"kimi-k2","account":"acme","sector":"household","region":"eu","usage":{"output":5,"input":"10"},"reported_cost":{"amount":"0.5","currency":"USD"}}""",
            $$$"""{"source":"{{{source}}}","id":"s-2","occurred_at":"2026-10-05T10:00:00Z","producer":"moonshot","model":"kimi-k2","service_tier":"standard","usage":{"output":0,"input":10}}""",
        ];

        using (var native = await _api.PostAsync("/v1/events", Events.Join(events), Events.Lines))
            native.StatusCode.Should().Be(HttpStatusCode.OK, await native.Content.ReadAsStringAsync());
        var told = await TellAsync($"source={source}", File, HttpStatusCode.OK);
        var other = await TellAsync($"source={source}", File.Replace(",0.50,", ",0.51,", StringComparison.Ordinal), HttpStatusCode.MultiStatus);

        told.GetProperty("duplicate").GetInt32().Should().Be(2);
        other.GetProperty("conflict").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task A_spreadsheet_is_read_with_its_mark_semicolons_quotes_and_empty_rows()
    {
        var source = await SourceAsync("csv-sheet");
        var file = "\uFEFFWann; Modell ;\"Kunde; Abteilung\";Prompt;Antwort;Kosten;;\r\n"
            + "2026-07-01 12:00;kimi-k2;\"Müller \"\"&\"\" Söhne; Einkauf\";1200;310;0.02;;\r\n"
            + "2026-07-01 12:01;kimi-k2;\"zwei\u2028Zeilen\";7;;;;\r\n"
            + "\r\n;;;;;;;\r\n;;;;;;;\r\n"
            + "2026-07-01 12:02;kimi-k2;Bau;1.200;310;0,02;;\r\n";

        var told = await TellAsync(
            $"source={source}&delimiter=;&time_zone=Europe/Berlin&id_prefix=juli-&column=occurred_at:Wann&column=model:Modell&column=account:{Uri.EscapeDataString("Kunde; Abteilung")}"
            + "&column=input:Prompt&column=output:Antwort&column=reported_cost:Kosten&value=currency:EUR&value=producer:moonshot&value=sector:enterprise", file, HttpStatusCode.MultiStatus);

        told.GetProperty("received").GetInt32().Should().Be(3);
        told.GetProperty("accepted").GetInt32().Should().Be(2);
        told.GetProperty("ignored").GetInt32().Should().Be(2);
        var row = told.GetProperty("items")[0];
        (row.GetProperty("index").GetInt32(), row.GetProperty("id").GetString()).Should().Be((5, "juli-5"));
        Errors(row).Should().Equal(("/input", "invalid_quantity"), ("/reported_cost", "invalid_decimal"));
        var receipt = await _api.GetAsync($"/v1/events?source={source}&id=juli-1");
        (receipt.GetProperty("account").GetString(), receipt.GetProperty("occurred_at").GetString()).Should().Be(("Müller \"&\" Söhne; Einkauf", "2026-07-01T10:00:00Z"));
    }

    [Fact]
    public async Task A_trace_of_dates_and_one_of_offsets_are_taken_as_they_are_published()
    {
        var source = await SourceAsync("csv-traces");
        const string Dates = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n";
        const string Offsets = "timestamp|input_length|output_length|hash_ids\n0|6758|500|[0, 1]\n3000|7322|490|[2]\n3000|7322|490|[2]\n";

        (await TellAsync($"source={source}&id_prefix=conv-&{Azure}", Dates, HttpStatusCode.OK)).GetProperty("accepted").GetInt32().Should().Be(2);
        (await TellAsync($"source={source}&id_prefix=kimi-&delimiter=|&column=occurred_at:timestamp&column=input:input_length&column=output:output_length"
            + "&value=producer:moonshot_ai&value=model:kimi-k2&time_unit=ms&time_origin=2023-11-16T00:00:00Z", Offsets, HttpStatusCode.OK))
            .GetProperty("accepted").GetInt32().Should().Be(3);
        (await _api.GetAsync($"/v1/events?source={source}&id=conv-1")).GetProperty("occurred_at").GetString().Should().Be("2023-11-16T18:15:46.68059Z");
        (await _api.GetAsync($"/v1/events?source={source}&id=kimi-3")).GetProperty("occurred_at").GetString().Should().Be("2023-11-16T00:00:03Z");
        (await TellAsync($"source={source}&id_prefix=conv-&{Azure}", Dates, HttpStatusCode.OK)).GetProperty("duplicate").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_bad_row_is_rejected_with_its_number_and_field_and_the_others_are_recorded()
    {
        var source = await SourceAsync("csv-rows");
        const string File = """
            id,occurred_at,producer,model,sector,service_tier,input,output
            a,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,1,2
            b,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,"1,000",2
            c,2026-10-05 10:00,moonshot,kimi-k2,,,1,2
            d,2026-10-05T10:00:00Z,,kimi-k2,,,1,2
            ,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,1,2
            ~f,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,1,2
            g,2026-10-05T10:00:00Z,moonshot,kimi-k2,Household,,1,2
            h,2026-10-05T10:00:00Z,moonshot,kimi-k2,,fast,1,2
            i,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,,
            j,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,1
            k,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,-1,1.0
            l,2099-10-05T10:00:00Z,moonshot,kimi-k2,,,+1,1e3
            m,2026-10-05T10:00:00Z,nobody-knows,kimi-k2,,,1,2
            z,2026-10-05T10:00:00Z,moonshot,kimi-k2,,,1,2
            """;

        var told = await TellAsync($"source={source}", File, HttpStatusCode.MultiStatus);

        told.GetProperty("accepted").GetInt32().Should().Be(2);
        told.GetProperty("rejected").GetInt32().Should().Be(12);
        var rows = told.GetProperty("items").EnumerateArray().ToDictionary(i => i.GetProperty("index").GetInt32(), i => Errors(i).ToArray());
        rows.Keys.Should().Equal(Enumerable.Range(2, 12));
        rows[2].Should().Equal(("/input", "invalid_quantity"));
        rows[3].Should().Equal(("/occurred_at", "no_offset"));
        rows[4].Should().Equal(("/producer", "required"));
        rows[5].Should().Equal(("/id", "required"));
        rows[6].Should().Equal(("/id", "reserved_id"));
        rows[7].Should().Equal(("/sector", "unknown_value"));
        rows[8].Should().Equal(("/service_tier", "unknown_value"));
        rows[9].Should().Equal(("", "empty"));
        rows[10].Should().Equal(("", "field_count"));
        rows[11].Should().Equal(("/input", "invalid_quantity"), ("/output", "invalid_quantity"));
        rows[12].Should().Equal(("/occurred_at", "in_the_future"), ("/input", "invalid_quantity"), ("/output", "invalid_quantity"));
        rows[13].Should().Equal(("/producer", "unknown_producer"));
    }

    public static TheoryData<string, string, string, string> Unclear => new()
    {
        { "id_prefix=x-", "id,occurred_at,producer,model,output\n", "", "" },
        { "", "occurred_at,producer,model,output\n", "?id_prefix", "required" },
        { "id_prefix=~x", "occurred_at,producer,model,output\n", "?id_prefix", "reserved_id" },
        { "id_prefix=%20x", "occurred_at,producer,model,output\n", "?id_prefix", "invalid_text" },
        { "id_prefix=x-&column=id:id", "id,occurred_at,producer,model,output\n", "?id_prefix", "unexpected" },
        { "value=id:x", "occurred_at,producer,model,output\n", "?value", "unexpected" },
        { "", "id,producer,model,output\n", "?column", "required" },
        { "", "id,occurred_at,producer,model\n", "?column", "required" },
        { "", "id;occurred_at;producer;model;output\n", "?column", "required" },
        { "column=input:Tokens", "id,occurred_at,producer,model,tokens\n", "?column", "missing_column" },
        { "column=input:Tokens", "id,occurred_at,producer,model,Tokens,Tokens\n", "?column", "repeated_column" },
        { "", "id,occurred_at,producer,model,output,output\n", "?column", "repeated_column" },
        { "", "id,occurred_at,producer,model,output,note,note\n", "", "" },
        { "column=tokens:x", "id,occurred_at,producer,model,output\n", "?column", "unknown_field" },
        { "column=input", "id,occurred_at,producer,model,output\n", "?column", "unknown_field" },
        { "column=input:", "id,occurred_at,producer,model,output\n", "?column", "empty" },
        { "column=input:a&value=input:1", "id,occurred_at,producer,model,a\n", "?value", "repeated" },
        { "value=usage:1", "id,occurred_at,producer,model,output\n", "?value", "unknown_field" },
        { "delimiter=x", "id,occurred_at,producer,model,output\n", "?delimiter", "unknown_value" },
        { "time_zone=Mars/Olympus", "id,occurred_at,producer,model,output\n", "?time_zone", "unknown_value" },
        { "time_unit=min", "id,occurred_at,producer,model,output\n", "?time_unit", "unknown_value" },
        { "time_origin=2026-01-01T00:00:00Z", "id,occurred_at,producer,model,output\n", "?time_origin", "unexpected" },
        { "time_unit=s&time_origin=2026-01-01", "id,occurred_at,producer,model,output\n", "?time_origin", "invalid_instant" },
        { "time_unit=s&time_zone=UTC", "id,occurred_at,producer,model,output\n", "?time_zone", "unexpected" },
        { "", "id,occurred_at,producer,model,output,reported_cost\n", "?value", "required" },
        { "value=currency:USD", "id,occurred_at,producer,model,output\n", "?column", "unexpected" },
        { "columns=input:a", "id,occurred_at,producer,model,output\n", "?columns", "unknown_parameter" },
    };

    [Theory]
    [MemberData(nameof(Unclear))]
    public async Task What_the_query_and_the_header_leave_open_is_refused_before_anything_is_recorded(string query, string header, string pointer, string code)
    {
        await KnownAsync("csv-header");
        using var answer = await PostAsync($"source=csv-header&{query}", header);
        var problem = await ReadAsync(answer);

        if (code.Length == 0)
        {
            answer.StatusCode.Should().Be(HttpStatusCode.OK, problem.ToString());
            return;
        }

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        Errors(problem).Should().Contain((pointer, code));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "empty_body")]
    [InlineData("id,occurred_at,producer,\"model\"s,output\n", HttpStatusCode.BadRequest, "malformed_csv")]
    public async Task A_body_without_a_header_is_refused(string body, HttpStatusCode status, string code)
    {
        using var answer = await PostAsync("source=csv-open", body);

        answer.StatusCode.Should().Be(status);
        (await ReadAsync(answer)).GetProperty("code").GetString().Should().Be(code);
    }

    [Fact]
    public async Task Other_types_and_charsets_are_refused_and_say_what_to_send()
    {
        using var json = await _api.PostAsync("/v1/ingest/csv?source=csv-open&id_prefix=x", "[]");
        using var named = new ByteArrayContent("a,b\n"u8.ToArray());
        named.Headers.ContentType = new MediaTypeHeaderValue("text/csv") { CharSet = "windows-1252" };
        using var ansi = await _api.Client.PostAsync("/v1/ingest/csv?source=csv-open&id_prefix=x", named);
        using var bytes = new ByteArrayContent([.. "id,occurred_at,producer,model,output\nM"u8, 0xFC, .. "ller,,,,\n"u8]);
        bytes.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var silent = await _api.Client.PostAsync("/v1/ingest/csv?source=csv-open", bytes);

        (await ReadAsync(json)).GetProperty("code").GetString().Should().Be("unsupported_media_type");
        (await ReadAsync(ansi)).GetProperty("code").GetString().Should().Be("unsupported_charset");
        (silent.StatusCode, (await ReadAsync(silent)).GetProperty("code").GetString()).Should().Be((HttpStatusCode.BadRequest, "invalid_text"));
    }

    [Fact]
    public async Task A_quotation_mark_that_is_not_closed_ends_the_file_and_what_was_before_it_is_recorded()
    {
        var source = await SourceAsync("csv-quote");
        var rows = string.Concat(Enumerable.Range(0, 5_000).Select(i => Row($"q-{i}")));
        var tail = string.Concat(Enumerable.Range(0, 20_000).Select(i => Row($"t-{i}")));

        using var answer = await PostAsync($"source={source}", Header + rows + "\"" + tail);
        var problem = await ReadAsync(answer);
        var again = await TellAsync($"source={source}", Header + rows, HttpStatusCode.OK);

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge, problem.ToString());
        problem.GetProperty("code").GetString().Should().Be("row_too_long");
        problem.GetProperty("accepted").GetInt32().Should().Be(5_000);
        again.GetProperty("duplicate").GetInt32().Should().Be(5_000);
    }

    [Theory]
    [InlineData("middle", "m\"2\",2026-10-05T10:00:00Z,moonshot,kimi-k2,1,2\nm-3,2026-10-05T10:00:00Z,moonshot,kimi-k2,1,2\n")]
    [InlineData("behind", "\"m-2\"x,2026-10-05T10:00:00Z,moonshot,kimi-k2,1,2\nm-3,2026-10-05T10:00:00Z,moonshot,kimi-k2,1,2\n")]
    [InlineData("open", "m-2,2026-10-05T10:00:00Z,moonshot,kimi-k2,1,\"2")]
    public async Task A_quotation_mark_out_of_place_ends_the_file_and_says_after_which_row(string name, string rest)
    {
        var source = await SourceAsync($"csv-{name}");

        using var answer = await PostAsync($"source={source}", Header + Row("m-1") + rest);
        var problem = await ReadAsync(answer);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest, problem.ToString());
        problem.GetProperty("code").GetString().Should().Be("malformed_csv");
        problem.GetProperty("accepted").GetInt32().Should().Be(1);
        problem.GetProperty("detail").GetString().Should().StartWith("After row 1 ");
    }

    [Fact]
    public async Task A_long_compressed_file_streams_in_and_a_cut_one_tells_how_far_it_got()
    {
        var source = await SourceAsync("csv-long");
        var packed = Gzip(Header + string.Concat(Enumerable.Range(0, 20_000).Select(i => Row($"{i:x8}{i * 7919 % 1_000_003:x8}"))));

        using var cut = await PackedAsync(source, packed[..(packed.Length / 2)]);
        var problem = await ReadAsync(cut);
        using var whole = await PackedAsync(source, packed);
        var told = await ReadAsync(whole);

        cut.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        problem.GetProperty("code").GetString().Should().Be("malformed_gzip");
        var before = problem.GetProperty("accepted").GetInt32();
        before.Should().BePositive();
        told.GetProperty("duplicate").GetInt32().Should().Be(before);
        told.GetProperty("accepted").GetInt32().Should().Be(20_000 - before);
    }

    [Fact]
    public async Task The_source_is_that_of_the_row_or_the_request_or_the_key()
    {
        var source = await SourceAsync("csv-whose");
        var made = await _api.CreateAsync("/v1/api-keys", new { name = "csv", scopes = new[] { "ingest" }, sources = new[] { source } });
        using var client = _api.ClientWith(made.GetProperty("key").GetString());

        using var byKey = await client.PostAsync("/v1/ingest/csv", Text(Header + Row("w-1")));
        using var byRow = await _api.Client.PostAsync("/v1/ingest/csv", Text("source," + Header + $"{source},{Row("w-1")}"));
        using var unsaid = await _api.Client.PostAsync("/v1/ingest/csv", Text(Header + Row("w-1")));
        using var foreign = await client.PostAsync("/v1/ingest/csv?source=csv-else", Text(Header + Row("w-1")));
        using var twice = await _api.Client.PostAsync($"/v1/ingest/csv?source={source}&column=source:source", Text("source," + Header));

        (await ReadAsync(byKey)).GetProperty("accepted").GetInt32().Should().Be(1);
        (await ReadAsync(byRow)).GetProperty("duplicate").GetInt32().Should().Be(1);
        Errors(await ReadAsync(unsaid)).Should().Equal(("?source", "required"));
        foreign.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await ReadAsync(foreign)).Text("code").Should().Be("source_not_granted");
        Errors(await ReadAsync(twice)).Should().Equal(("?source", "unexpected"));
    }

    private async Task KnownAsync(string source)
    {
        using var answer = await _api.Client.PostAsJsonAsync("/v1/sources", new { id = source });
        answer.StatusCode.Should().BeOneOf(HttpStatusCode.Created, HttpStatusCode.Conflict);
    }

    private const string Header = "id,occurred_at,producer,model,input,output\n";

    private static string Row(string id) => $"{id},2026-10-05T10:00:00Z,moonshot,kimi-k2,1,2\n";

    private static StringContent Text(string file) => new(file, Encoding.UTF8, new MediaTypeHeaderValue("text/csv") { CharSet = "utf-8" });

    private Task<HttpResponseMessage> PostAsync(string query, string file) => _api.Client.PostAsync($"/v1/ingest/csv?{query}", Text(file));

    private async Task<HttpResponseMessage> PackedAsync(string source, byte[] packed)
    {
        using var content = new ByteArrayContent(packed);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        content.Headers.ContentEncoding.Add("gzip");
        return await _api.Client.PostAsync($"/v1/ingest/csv?source={source}", content);
    }

    private static byte[] Gzip(string file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(file));
        return packed.ToArray();
    }

    private async Task<JsonElement> TellAsync(string query, string file, HttpStatusCode status)
    {
        using var answer = await PostAsync(query, file);
        var told = await ReadAsync(answer);
        answer.StatusCode.Should().Be(status, told.ToString());
        return told;
    }

    private static IEnumerable<(string?, string?)> Errors(JsonElement of) =>
        of.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("pointer").GetString(), e.GetProperty("code").GetString()));

    private async Task<string> SourceAsync(string name)
    {
        await _api.CreateAsync("/v1/sources", new { id = name });
        return name;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();
}
