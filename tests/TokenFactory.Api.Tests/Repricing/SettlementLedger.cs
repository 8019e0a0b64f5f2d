using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Repricing;

/// <summary>A ledger with month tiers: services that settle every second, and what must hold once they have.</summary>
internal sealed class SettlementLedger : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> EverySecond = new() { ["TokenFactory__Settlement__IntervalSeconds"] = "1" };

    // The tiered amounts once more, from the terms as they are stored, by arithmetic of PostgreSQL's own.
    private const string Months =
        """
        with steps as (
            select r.id as rate_id, r.terms -> 'month_tiers' ->> 'kind' as kind, s.above, s.price, lead(s.above) over (partition by r.id order by s.above) as next
            from rates r
            cross join lateral (
                select 0 as above, (r.terms ->> 'unit_value')::numeric as price
                union all
                select (t ->> 'above')::numeric, (t ->> 'unit_value')::numeric from jsonb_array_elements(r.terms -> 'month_tiers' -> 'tiers') t) s
            where jsonb_typeof(r.terms -> 'month_tiers') = 'object'),
        used as (
            select account_id, rate_id, date_trunc('month', occurred_at at time zone 'UTC') as month, sum(quantity) as quantity,
                   sum(amount) filter (where basis in (2, 5)) as amount
            from ledger_entry where account_id is not null group by 1, 2, 3),
        months as (
            select u.account_id, u.rate_id, u.month, u.quantity, u.amount,
                   coalesce(round(sum(case when s.kind = 'graduated' then (least(u.quantity, coalesce(s.next, u.quantity)) - s.above) * s.price
                                           when s.next is null or u.quantity <= s.next then u.quantity * s.price
                                           else 0 end) filter (where u.quantity > s.above) / 1000000, 12), 0) as tiered
            from used u join steps s on s.rate_id = u.rate_id
            group by 1, 2, 3, 4, 5)
        """;

    private readonly List<ApiProcess> _apis = [];

    private SettlementLedger(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public IReadOnlyList<ApiProcess> Apis => _apis;

    public ApiProcess Api => _apis[0];

    /// <summary>With two sources, gateway-1 and gateway-2.</summary>
    /// <param name="instances">Services over the one database.</param>
    /// <param name="isSettled">False: until they are started again nothing settles.</param>
    public static async Task<SettlementLedger> StartAsync(int instances = 1, bool isSettled = true)
    {
        var ledger = new SettlementLedger(await PostgresServer.Current.CreateDatabaseAsync());
        for (var i = 0; i < instances; i++)
            ledger._apis.Add(await ApiProcess.StartAsync(ledger.Database.ConnectionString, isSettled ? EverySecond : new() { ["TokenFactory__Settlement__Enabled"] = "false" }));
        foreach (var source in new[] { "gateway-1", "gateway-2" })
            await ledger.Api.CreateAsync("/v1/sources", new { id = source });
        return ledger;
    }

    /// <summary>Kills a service as a power cut would, and starts it again.</summary>
    public async Task KillAsync(int instance)
    {
        _apis[instance].Kill();
        await _apis[instance].DisposeAsync();
        _apis[instance] = await ApiProcess.StartAsync(Database.ConnectionString, EverySecond);
    }

    /// <summary>Prices of input by the month; the other classes have none.</summary>
    public async Task<long> AddTiersAsync(string model, string kind, string first, params (long Above, string UnitValue)[] tiers) =>
        (await Api.CreateAsync("/v1/rate-cards", Card(model, kind, first, "USD", tiers))).GetProperty("id").GetInt64();

    public static object Card(string model, string kind, string first, string currency, params (long Above, string UnitValue)[] tiers) => new
    {
        producer = "moonshot",
        model,
        currency,
        effective_from = "2026-01-01T00:00:00Z",
        rates = new[]
        {
            new { token_class = "input", unit_value = first, month_tiers = new { kind, tiers = tiers.Select(t => new { above = t.Above, unit_value = t.UnitValue }) } },
        },
    };

    /// <summary>An event of input alone, priced by its card.</summary>
    public static string Input(string id, long quantity, string at = "2026-10-05T10:00:00Z", string model = "kimi-k2", string? account = "acme",
        string source = "gateway-1", string? sector = null) => JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["source"] = source,
            ["id"] = id,
            ["occurred_at"] = at,
            ["producer"] = "moonshot",
            ["model"] = model,
            ["account"] = account,
            ["sector"] = sector,
            ["usage"] = new { input = quantity },
        }.Where(p => p.Value is not null).ToDictionary(), Plain);

    public async Task SendAsync(params IEnumerable<string> events)
    {
        using var answer = await Api.PostAsync("/v1/events", Events.Join(events), Events.Lines);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    public async Task ReverseAsync(string id, string source = "gateway-1") =>
        (await Api.PostAsync($"/v1/events/{source}/{id}/reversal", "{}")).StatusCode.Should().Be(HttpStatusCode.Created);

    /// <summary>Exchange rates of a day: so many of the currency for a dollar.</summary>
    public Task AddExchangeRateAsync(string day, string currency, string perDollar) => Database.ExecuteAsync(
        $"""
        with p as (insert into fx_publications (source, base, published_at, recorded_at) values ('test', 'USD', '{day}', now()) returning id)
        insert into fx_rates (publication_id, currency, rate) select id, '{currency}', {perDollar} from p;
        update catalog_version set version = version + 1;
        notify {CatalogRefresh.Channel};
        """);

    /// <summary>Waits until everything that is recorded is settled.</summary>
    public Task SettledAsync() => UntilAsync(() => Database.ScalarAsync<bool>(
        """
        select not exists (select from journal_lane l left join settlement_cursor c on c.source_id = l.source_id and c.lane = l.lane
                           where l.seq > coalesce(c.settled_seq, 0))
            and not exists (select from settlement_month where is_open)
        """));

    /// <summary>Looks until something is so, for at most a minute.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"It does not come about.\n{string.Join("\n\n", _apis.Select(a => a.Output))}");
        }
    }

    /// <summary>Every month costs what its tiers say, to the last digit, and the books are balanced.</summary>
    /// <param name="months">How many months of an account at a rate with tiers there are.</param>
    public async Task MustBeTieredAsync(int months)
    {
        (await Database.ScalarAsync<long>($"{Months} select count(*) from months")).Should().Be(months);
        (await Database.ScalarAsync<string>($"{Months} select coalesce(string_agg(m::text, ' '), '') from months m where amount <> tiered"))
            .Should().BeEmpty("account, rate, month, quantity, amount, tiered amount of each that differs");
        var books = await Api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
    }

    /// <summary>Settlement entries.</summary>
    public Task<long> CountSettledAsync() => Database.ScalarAsync<long>("select count(*) from ledger_entry where basis = 5");

    public async Task<decimal> GdpAsync(string query = "") => Sum(await Api.GetAsync($"/v1/gdp?frequency=month{query}"));

    public static decimal Sum(JsonElement figure) =>
        figure.GetProperty("rows").EnumerateArray().Sum(r => decimal.Parse(r.GetProperty("gdp").GetString()!, CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        foreach (var api in _apis)
            await api.DisposeAsync();
        await Database.DisposeAsync();
    }
}
