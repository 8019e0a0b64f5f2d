using System.Globalization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Demo;

/// <summary>A usage event of the demonstration, and the date on which it comes in.</summary>
internal sealed record DemoEvent(DateOnly RecordedOn, Dictionary<string, object> Body);

/// <summary>An event of the demonstration that is taken back.</summary>
internal sealed record DemoReversal(DateOnly RecordedOn, string Source, string Id);

/// <summary>
/// Two years of a made-up industry, the same for the same last day: prices fall, demand grows (households fastest, government in steps), models
/// come and go, some events are late, some are reversed and sent again.
/// </summary>
internal sealed class DemoEconomy
{
    private const double KeptShare = 0.55;
    private const double LateShare = 0.012;
    private const double WrongShare = 0.004;

    /// <param name="until">The last day with production.</param>
    public DemoEconomy(DateOnly until)
    {
        Until = until;
        var firstOfMonth = until.AddDays(1 - until.Day);
        Start = firstOfMonth.AddMonths(1 - DemoCatalog.Months);
    }

    /// <summary>The first day with production: the first of a month.</summary>
    public DateOnly Start { get; }

    public DateOnly Until { get; }

    /// <summary>Every rate card as the body of <c>POST /v1/rate-cards</c>.</summary>
    public IEnumerable<Dictionary<string, object>> RateCards()
    {
        foreach (var model in DemoCatalog.Models.Where(m => m.Price is not null))
        {
            for (var (month, price) = (model.From, model.Price!.Value); month < model.To; (month, price) = (month + 6, Math.Round(price * model.Cut, 4, MidpointRounding.AwayFromZero)))
            {
                foreach (var (tier, factor) in new[] { ("standard", 1m), ("batch", 0.5m), ("priority", 1.5m) })
                    yield return Card(model, tier, price * factor, Start.AddMonths(month));
            }
        }
    }

    /// <summary>The events that come in on a day, late ones of earlier days included.</summary>
    public IEnumerable<DemoEvent> RecordedOn(DateOnly day)
    {
        const int latestDays = 12;
        for (var produced = Max(Start, day.AddDays(-latestDays - 1)); produced < day && produced <= Until; produced = produced.AddDays(1))
        {
            foreach (var demoEvent in ProducedOn(produced).Where(e => e.RecordedOn == day))
                yield return demoEvent;
        }
    }

    /// <summary>The reversals of a day, each followed by the right event under a new id (which <see cref="RecordedOn"/> brings).</summary>
    public IEnumerable<DemoReversal> ReversedOn(DateOnly day)
    {
        const int reversalDays = 3;
        var produced = day.AddDays(-reversalDays - 1);
        if (produced < Start || produced > Until)
            yield break;
        foreach (var wrong in ProducedOn(produced).Where(e => ((string)e.Body["id"]).EndsWith("-wrong", StringComparison.Ordinal) && e.RecordedOn == produced.AddDays(1)))
            yield return new DemoReversal(day, (string)wrong.Body["source"], (string)wrong.Body["id"]);
    }

    /// <summary>The days on which something comes in.</summary>
    public IEnumerable<DateOnly> RecordingDays()
    {
        for (var day = Start.AddDays(1); day <= Until.AddDays(1); day = day.AddDays(1))
            yield return day;
    }

    private IEnumerable<DemoEvent> ProducedOn(DateOnly day)
    {
        var month = ((day.Year - Start.Year) * 12) + day.Month - Start.Month;
        var models = DemoCatalog.Models.Select((model, index) => (model, index)).Where(m => m.model.From <= month && month < m.model.To).ToList();
        for (var a = 0; a < DemoCatalog.Accounts.Count; a++)
        {
            var account = DemoCatalog.Accounts[a];
            // An account keeps to some of the models and spreads its demand over those on the market: a new one takes from the others.
            var kept = models.Where(m => new SplitMix64((ulong)((a * 131) + m.index)).NextDouble() < KeptShare).ToList();
            foreach (var (model, index) in kept)
            {
                var random = new SplitMix64(unchecked(((ulong)(day.DayNumber - Start.DayNumber) << 20) + ((ulong)a << 10) + (ulong)index));
                foreach (var demoEvent in Events(day, account, model, Demand(day, account) / kept.Count, random))
                    yield return demoEvent;
            }
        }
    }

    private IEnumerable<DemoEvent> Events(DateOnly day, DemoAccount account, DemoModel model, double demand, SplitMix64 random)
    {
        var output = (long)(demand * (0.4 + (1.2 * random.NextDouble())));
        var id = string.Create(CultureInfo.InvariantCulture, $"{day:yyyyMMdd}-{account.Id[5..]}-{model.Producer[5..]}-{model.Name}");
        var hour = 6 + (int)(random.NextDouble() * 16);
        var isLate = random.NextDouble() < LateShare;
        var isWrong = random.NextDouble() < WrongShare;
        var recordedOn = day.AddDays(isLate ? 2 + (int)(random.NextDouble() * 10) : 1);
        var body = Body(id, day, hour, account, model, output, random);
        // What is wrong in the last days would not be put right in time.
        if (!isWrong || isLate || day > Until.AddDays(-5))
        {
            yield return new DemoEvent(recordedOn, body);
            yield break;
        }

        // Sent ten times too large, reversed three days later, and sent again as it should have been.
        yield return new DemoEvent(recordedOn, Body(id + "-wrong", day, hour, account, model, output * 10, random));
        yield return new DemoEvent(recordedOn.AddDays(3), body);
    }

    private static Dictionary<string, object> Body(
        string id, DateOnly day, int hour, DemoAccount account, DemoModel model, long output, SplitMix64 random)
    {
        var cacheShare = 0.2 + (0.5 * random.NextDouble());
        var input = output * 4;
        var usage = new Dictionary<string, long>
        {
            ["input"] = (long)(input * (1 - cacheShare)),
            ["cache_read"] = (long)(input * cacheShare),
            ["output"] = output,
        };
        if (model.Reasons)
            usage["output_reasoning"] = output * 2;
        var body = new Dictionary<string, object>
        {
            ["source"] = model.Producer is "demo-delta" or "demo-cinder" ? DemoCatalog.Plant : DemoCatalog.Gateway,
            ["id"] = id,
            ["occurred_at"] = string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T{hour:00}:00:00Z"),
            ["producer"] = model.Producer,
            ["model"] = model.Name,
            ["account"] = account.Id,
            ["service_tier"] = account.Sector == Sector.Government ? "priority" : random.NextDouble() < 0.15 ? "batch" : "standard",
            ["usage"] = usage,
        };
        // One customer has a contract of its own.
        if (account.Id == "demo-bank" && model.Price is > 0)
        {
            body["unit_values"] = new Dictionary<string, string> { ["output"] = (model.Price.Value * 0.6m).ToString(CultureInfo.InvariantCulture) };
            body["currency"] = "USD";
        }

        return body;
    }

    /// <summary>Output tokens of an account on a day, over all its models.</summary>
    private double Demand(DateOnly day, DemoAccount account)
    {
        var years = (day.DayNumber - Start.DayNumber) / 365.25;
        var isWeekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        return account.TokensPerDay * account.Sector switch
        {
            Sector.Household => Math.Pow(3.2, years) * (isWeekend ? 1.25 : 0.95),
            Sector.Enterprise => Math.Pow(1.9, years) * (isWeekend ? 0.35 : 1.15),
            // Budgets come in steps.
            Sector.Government => (years < 0.6 ? 1 : years < 1.3 ? 1.6 : 2.8) * (isWeekend ? 0.2 : 1.1),
            _ => Math.Pow(1.4, years),
        };
    }

    private static Dictionary<string, object> Card(DemoModel model, string tier, decimal output, DateOnly from)
    {
        var unitValues = new Dictionary<string, string>
        {
            ["input"] = Text(output / 4),
            ["cache_read"] = Text(output / 40),
            ["output"] = Text(output),
        };
        if (model.Reasons)
            unitValues["output_reasoning"] = Text(output);
        return new Dictionary<string, object>
        {
            ["producer"] = model.Producer,
            ["model"] = model.Name,
            ["service_tier"] = tier,
            ["effective_from"] = string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd}T00:00:00Z"),
            ["unit_values"] = unitValues,
            ["provenance"] = new Dictionary<string, string> { ["source"] = "made up for the demonstration" },
        };
    }

    private static string Text(decimal value) => Math.Round(value, 6, MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture);

    private static DateOnly Max(DateOnly left, DateOnly right) => left > right ? left : right;
}
