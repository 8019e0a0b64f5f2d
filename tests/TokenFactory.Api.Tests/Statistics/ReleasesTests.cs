using System.Net;
using System.Net.Http.Headers;
using System.Numerics;
using System.Text.Json;
using TokenFactory.Api.Tests.Docs;
using TokenFactory.Economics.Tests.Statistics.Confidentiality;

namespace TokenFactory.Api.Tests.Statistics;

/// <summary>What the public gets while small cells are withheld.</summary>
public sealed class ReleasesTests(ReleasesLedger ledger) : IClassFixture<ReleasesLedger>
{
    private static readonly string[] NotReleased = ["unpriced_quantity", "free_quantity", "unit_value", "free_share", "unpriced_share"];
    private static readonly string[] Groupings = ["", "sector", "producer", "sector,producer"];

    [Fact]
    public async Task Whoever_asks_every_permitted_question_can_tell_no_withheld_cell()
    {
        var attack = await Attack.OnAsync(ledger);
        var answered = 0;
        foreach (var question in Attack.Questions())
            answered += await attack.AskAsync(ledger.Public, question);

        answered.Should().BeGreaterThan(5_000, "nearly everything is answered");
        attack.Withheld.Should().HaveCountGreaterThan(10).And.HaveCountLessThan(50);
        attack.Told().Should().BeEmpty();

        // One answer too many, of whom nothing is withheld from: the rest of a row whose total is published.
        var totals = (await ReleasesLedger.RowsAsync(ledger.Public, "/v1/gdp?by=sector")).Where(r => Text(r, "gdp") != "").Select(Name).ToHashSet();
        var (month, sector, producer) = attack.Withheld.First(c => totals.Contains($"{c.Month} {c.Sector}"));
        var leak = $"/v1/gdp?start={month}-01&end={Next(month)}&sector={sector}&" + string.Join('&', ReleasesLedger.Producers.Where(p => p != producer).Select(p => $"producer={p}"));
        await attack.AskAsync(ledger.Api.Client, leak);
        attack.Told().Should().NotBeEmpty("the attack works");
    }

    [Fact]
    public async Task Every_cell_that_fails_a_rule_is_withheld_and_what_is_published_is_the_figure()
    {
        var all = await ReleasesLedger.RowsAsync(ledger.Api.Client, "/v1/gdp?by=sector,producer&end=2026-05-01");
        var published = await ReleasesLedger.RowsAsync(ledger.Public, "/v1/gdp?by=sector,producer");
        published.Select(Name).Should().Equal(all.Select(Name));
        var (byAccount, failing, twoPay) = (await ByAccountAsync(), 0, 0);

        foreach (var (row, figure) in published.Zip(all))
        {
            var accounts = byAccount[Name(row)];
            var fails = accounts.Count < ReleasesLedger.MinAccounts || TellsTooMuch(accounts.Select(a => a.Value)) || TellsTooMuch(accounts.Select(a => a.Quantity));
            failing += fails ? 1 : 0;
            twoPay += accounts.Count >= ReleasesLedger.MinAccounts && accounts.Count(a => a.Value != 0) == 2 ? 1 : 0;
            if (fails)
                Text(row, "null_reason").Should().Be("confidential", $"{Name(row)} has {accounts.Count} accounts");
            if (Text(row, "null_reason") == "confidential")
            {
                NotReleased.Concat(["gdp", "quantity"]).Should().OnlyContain(c => Text(row, c) == "");
                continue;
            }

            foreach (var column in new[] { "gdp", "quantity", "start", "end", "partial" })
                Text(row, column).Should().Be(Text(figure, column), $"{Name(row)} {column}");
            NotReleased.Should().OnlyContain(c => Text(row, c) == "", "a line without any would tell it of each of its cells");
        }

        failing.Should().BeGreaterThan(5);
        twoPay.Should().BePositive("who pays nothing hides nobody");
        byAccount.Count.Should().Be(all.Count);
    }

    [Theory]
    [InlineData("/v1/gdp")]
    [InlineData("/v1/gdp?frequency=quarter&units=pch")]
    [InlineData("/v1/gdp?by=sector&units=chg&start=2026-02-01")]
    [InlineData("/v1/gdp?by=producer&frequency=year")]
    public async Task Totals_stay_and_are_the_figures_where_they_can(string query)
    {
        var published = await ReleasesLedger.RowsAsync(ledger.Public, query);
        var all = (await ReleasesLedger.RowsAsync(ledger.Api.Client, $"{query}{(query.Contains('?', StringComparison.Ordinal) ? "&" : "?")}end=2026-05-01")).ToDictionary(Name);

        published.Should().NotBeEmpty().And.Contain(r => Text(r, "gdp") != "");
        foreach (var row in published.Where(r => Text(r, "null_reason") != "confidential"))
        {
            Text(row, "gdp").Should().Be(Text(all[Name(row)], "gdp"));
            if (row.TryGetProperty("value", out _) && Text(row, "value") != "")
                Text(row, "value").Should().Be(Text(all[Name(row)], "value"));
        }
    }

    [Theory]
    [InlineData("by=model", "by")]
    [InlineData("by=sector,token_class", "by")]
    [InlineData("model=model-1", "model")]
    [InlineData("token_class=output", "token_class")]
    [InlineData("service_tier=batch", "service_tier")]
    [InlineData("frequency=day", "frequency")]
    [InlineData("frequency=week", "frequency")]
    [InlineData("frequency=hour", "frequency")]
    [InlineData("time_zone=Europe/Berlin", "time_zone")]
    [InlineData("start=2026-01-02", "start")]
    [InlineData("end=2026-01-31", "end")]
    [InlineData("start=2026-02-01T00:00:00%2B01:00", "start")]
    [InlineData("as_of=2026-05-19", "as_of")]
    [InlineData("concept=net", "concept")]
    [InlineData("prices=chained", "prices")]
    public async Task What_is_finer_than_what_is_released_is_refused_and_named(string parameter, string named)
    {
        using var answer = await ledger.Public.GetAsync($"/v1/gdp?{parameter}");
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        Text(problem, "code").Should().Be("confidential");
        problem.GetProperty("errors").EnumerateArray().Select(e => Text(e, "pointer")).Should().Equal([$"?{named}"]);
        using var withKey = await ledger.Api.Client.GetAsync($"/v1/gdp?{parameter}");
        withKey.StatusCode.Should().NotBe(HttpStatusCode.Forbidden);
    }

    // Every operation that answers without a key, as the document has them: what it does while small cells are withheld is written in docs/privacy.md.
    [Fact]
    public async Task Every_public_operation_does_what_the_page_says()
    {
        var written = Page.Read("docs/privacy.md").Text.Split('\n').Where(line => line.StartsWith("| `GET /v1/", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)).ToDictionary(cells => cells[0].Trim('`'), cells => cells[1]);
        var found = new Dictionary<string, string>();
        foreach (var path in (await ledger.Api.GetAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _)))
        {
            using var answer = await ledger.Public.GetAsync(path.Name.Replace("{key}", "M.S1._T._T.TGO.V._Z.N", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                continue;
            var text = await answer.Content.ReadAsStringAsync();
            // An answer without an end is read no further than its head.
            using var withKey = await ledger.Api.Client.GetAsync(answer.RequestMessage!.RequestUri, HttpCompletionOption.ResponseHeadersRead);
            found[$"GET {path.Name}"] = answer.StatusCode == HttpStatusCode.OK
                ? text == await withKey.Content.ReadAsStringAsync() ? "the same" : "what is released"
                : $"{(int)answer.StatusCode} `{Text(JsonDocument.Parse(text).RootElement, "code")}`";
        }

        found.Should().HaveCountGreaterThan(10).And.BeEquivalentTo(written);
    }

    [Fact]
    public async Task Series_are_those_of_what_is_released()
    {
        var withheld = (await ReleasesLedger.RowsAsync(ledger.Public, "/v1/gdp?by=sector,producer")).First(r => Text(r, "null_reason") == "confidential");
        var (sector, producer) = (Text(withheld, "sector") switch { "household" => "S14", "government" => "S13", "enterprise" => "S11_S12", _ => "_U" }, Text(withheld, "producer").ToUpperInvariant());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/series/M.{sector}.{producer}._T.TGO.V._Z.N");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/vnd.sdmx.data+csv;version=2.0.0"));
        using var answer = await ledger.Public.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd().Split("\r\n");
        var header = lines[0].Split(',');
        string Of(string line, string column) => line.Split(',')[Array.IndexOf(header, column)];
        var line = lines.Single(l => Of(l, "TIME_PERIOD") == Text(withheld, "period"));

        new[] { "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "COMMENT_OBS" }.Select(c => Of(line, c)).Should().Equal("", "Q", "C", "confidential");
        var total = await ReleasesLedger.RowsAsync(ledger.Public, "/v1/series/M.S1._T._T.QTY._Z._Z.N");
        total.Select(r => (Text(r, "value"), Text(r, "obs_status"))).Should().Equal((await ReleasesLedger.RowsAsync(ledger.Public, "/v1/gdp")).Select(r => (Text(r, "quantity"), "A"))).And.HaveCount(4);
        foreach (var key in new[] { "D.S1._T._T.TGO.V._Z.N", "M.S1._T.OUTPUT.TGO.V._Z.N", "M.S1._T._T.TPI.D.CF.N", "M.S1._T._T.TGDP.V._Z.N", "M.S1._T._T.TGO.L.CF.N",
            "M.S1._T._T.UV.V._Z.N", "M.S1._T._T.FREE_SHARE._Z._Z.N", "M.S1._T._T.UNPRICED_SHARE._Z._Z.N", "nonsense" })
        {
            using var refusal = await ledger.Public.GetAsync($"/v1/series/{key}");
            refusal.StatusCode.Should().Be(HttpStatusCode.Forbidden, key);
        }
    }

    [Fact]
    public async Task It_comes_as_CSV_with_the_reason()
    {
        var text = await ledger.Public.GetStringAsync("/v1/gdp?by=sector,producer&format=csv");

        text.Should().StartWith("period,start,end,sector,producer,gdp,quantity,unpriced_quantity,free_quantity,unit_value,free_share,unpriced_share,null_reason,partial,status\r\n")
            .And.Contain(",,,,,,,,confidential,false,final\r\n");
    }

    private static string Next(string month) => DateOnly.ParseExact($"{month}-01", "yyyy-MM-dd").AddMonths(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(JsonElement row, string name) => AccountsLedger.Text(row, name);

    private static string Name(JsonElement row) => string.Join(' ',
        new[] { "period", "sector", "producer" }.Where(c => row.TryGetProperty(c, out _)).Select(c => Text(row, c)));

    // A figure of few, or of one above all.
    private static bool TellsTooMuch(IEnumerable<decimal> parts)
    {
        var all = parts.Where(p => p != 0).ToList();
        return all.Count > 0 && (all.Count < ReleasesLedger.MinAccounts || all.Max() * 100 > all.Sum() * ReleasesLedger.DominancePercent);
    }

    private async Task<Dictionary<string, List<(decimal Value, decimal Quantity)>>> ByAccountAsync()
    {
        await using var connection = new Npgsql.NpgsqlConnection(ledger.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            $"""
            select to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM') || ' ' || (array['unclassified', 'household', 'government', 'enterprise'])[e.sector + 1] || ' ' || p.slug,
                   coalesce(sum(e.reporting_amount), 0), sum(e.quantity)
            from {AccountsLedger.Entries} where e.occurred_at < '2026-05-01Z' group by 1, e.account_id
            """, connection);
        var cells = new Dictionary<string, List<(decimal, decimal)>>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (!cells.TryGetValue(row.GetString(0), out var accounts))
                cells[row.GetString(0)] = accounts = [];
            accounts.Add((row.GetDecimal(1), row.GetDecimal(2)));
        }

        return cells;
    }

    /// <summary>Whoever asks, writes down what each answer sums up, and solves.</summary>
    private sealed class Attack
    {
        private readonly List<(string Month, string Sector, string Producer)> _cells = [];
        // Each is a sum of its own, and known where what is made of it is.
        private static readonly string[] Measures = ["gdp", "quantity", "unpriced_quantity", "free_quantity"];
        private static readonly (string Name, string Of)[] Derived = [("unit_value", "unpriced_quantity"), ("unpriced_share", "unpriced_quantity"), ("free_share", "free_quantity")];

        private readonly HashSet<string> _equations = [];
        private readonly Dictionary<string, LinearAttack> _known = [];

        public List<(string Month, string Sector, string Producer)> Withheld { get; } = [];

        public static async Task<Attack> OnAsync(ReleasesLedger ledger)
        {
            var attack = new Attack();
            foreach (var row in await ReleasesLedger.RowsAsync(ledger.Public, "/v1/gdp?by=sector,producer"))
            {
                var cell = (Text(row, "period"), Text(row, "sector"), Text(row, "producer"));
                attack._cells.Add(cell);
                if (Text(row, "gdp") == "")
                    attack.Withheld.Add(cell);
            }

            foreach (var measure in Measures)
                attack._known.Add(measure, new LinearAttack(attack._cells.Count));
            return attack;
        }

        public static IEnumerable<string> Questions()
        {
            var months = ReleasesLedger.Months.Select(m => $"{m}-01").Append("2026-05-01").ToArray();
            var windows = (from i in Enumerable.Range(0, 4) from j in Enumerable.Range(i + 1, 4 - i) select $"start={months[i]}&end={months[j]}").Prepend("start=&end=").ToList();
            foreach (var by in Groupings)
            {
                foreach (var sectors in Subsets("sector", ReleasesLedger.Sectors))
                foreach (var producers in Subsets("producer", ReleasesLedger.Producers))
                {
                    foreach (var frequency in new[] { "month", "quarter", "year" })
                        yield return $"/v1/gdp?by={by}&frequency={frequency}&{sectors}{producers}";
                }

                foreach (var window in windows)
                foreach (var frequency in new[] { "month", "quarter", "year" })
                foreach (var filter in ReleasesLedger.Sectors.Select(s => $"sector={s}&").Concat(ReleasesLedger.Producers.Select(p => $"producer={p}&")).Append(""))
                foreach (var units in frequency == "year" ? ["lin"] : new[] { "lin", "chg" })
                    yield return $"/v1/gdp?by={by}&frequency={frequency}&{filter}{window}&units={units}";
            }
        }

        /// <summary>How many figures there are in the answer.</summary>
        public async Task<int> AskAsync(HttpClient client, string question)
        {
            var query = System.Web.HttpUtility.ParseQueryString(question.Split('?')[1]);
            string[]? Filter(string name) => query.GetValues(name);
            var (start, end) = (query["start"] is { Length: > 0 } from ? from[..7] : "", query["end"] is { Length: > 0 } to ? to[..7] : "9999");
            List<int> Behind(string period, JsonElement row, bool isCut) => [.. Enumerable.Range(0, _cells.Count).Where(i => IsIn(_cells[i].Month, period)
                && (!isCut || (string.CompareOrdinal(_cells[i].Month, start) >= 0 && string.CompareOrdinal(_cells[i].Month, end) < 0))
                && Filter("sector")?.Contains(_cells[i].Sector) != false && Filter("producer")?.Contains(_cells[i].Producer) != false
                && (!row.TryGetProperty("sector", out var s) || s.GetString() == _cells[i].Sector) && (!row.TryGetProperty("producer", out var p) || p.GetString() == _cells[i].Producer))];
            var rows = await ReleasesLedger.RowsAsync(client, question);
            foreach (var row in rows)
            {
                var period = Text(row, "period");
                var behind = Behind(period, row, isCut: true);
                foreach (var measure in Measures.Where(m => Text(row, m) != ""))
                    Learn(measure, behind, Text(row, measure));
                Derived.Where(d => Text(row, d.Name) != "" && Text(row, d.Of) == "").Should().BeEmpty("it tells what it is made of");
                if (row.TryGetProperty("value", out _) && Text(row, "value") != "")
                    Learn("gdp", behind, Text(row, "value"), Behind(Before(period), row, isCut: false));
            }

            return rows.Count(r => Text(r, "gdp") != "");
        }

        /// <summary>Every figure of a withheld cell that follows from the answers.</summary>
        public List<string> Told()
        {
            foreach (var known in _known.Values)
                known.LearnZeros();
            return [.. from cell in Withheld from known in _known where known.Value.Tells([_cells.IndexOf(cell)]) select $"{known.Key} of {cell}"];
        }

        // In trillionths: no figure has more decimals.
        private void Learn(string measure, List<int> summed, string figure, List<int>? taken = null)
        {
            if (!_equations.Add($"{measure} {string.Join(',', summed)}-{string.Join(',', taken ?? [])}"))
                return;
            var trillionths = decimal.Parse(figure, System.Globalization.CultureInfo.InvariantCulture) * 1_000_000_000_000m;
            trillionths.Should().Be(decimal.Truncate(trillionths));
            _known[measure].Learn(summed, new BigInteger(trillionths), taken);
        }

        private static IEnumerable<string> Subsets(string name, string[] all) =>
            Enumerable.Range(0, 1 << all.Length).Select(bits => string.Concat(all.Where((_, i) => (bits & (1 << i)) != 0).Select(v => $"{name}={v}&")));

        private static bool IsIn(string month, string period) => period.Length == 4 ? month.StartsWith(period, StringComparison.Ordinal)
            : period[5] == 'Q' ? month.StartsWith(period[..4], StringComparison.Ordinal) && (int.Parse(month[5..], System.Globalization.CultureInfo.InvariantCulture) + 2) / 3 == period[6] - '0'
            : month == period;

        private static string Before(string period) => period[5] == 'Q'
            ? period[6] == '1' ? $"{int.Parse(period[..4], System.Globalization.CultureInfo.InvariantCulture) - 1}-Q4" : $"{period[..6]}{(char)(period[6] - 1)}"
            : DateOnly.ParseExact($"{period}-01", "yyyy-MM-dd").AddMonths(-1).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
    }
}
