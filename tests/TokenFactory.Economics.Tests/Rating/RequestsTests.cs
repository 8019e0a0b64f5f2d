using CsCheck;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Usage;
using static TokenFactory.Economics.Tests.Rating.Cards;

namespace TokenFactory.Economics.Tests.Rating;

/// <summary>What a sum of several requests is worth: exactly that, or unknown.</summary>
public sealed class RequestsTests
{
    private const string OpenAi = "openai_organization_usage/1";
    private const string Anthropic = "anthropic_usage_report/1";
    private const string Metric = "otel_token_usage/1";

    private static readonly RateSchedule Tiered = Schedule(Card(Day(1), Long(TokenClass.Input, 3, 200_000, false), Long(TokenClass.Output, 15, 200_000, false)));

    [Theory]
    [InlineData(null, 5_000_000, "6 30")] // One request, however it came.
    [InlineData("openai_chat/1", 5_000_000, "6 30")]
    [InlineData(OpenAi + ";requests=1", 5_000_000, "6 30")]
    [InlineData(OpenAi, 200_000, "3 15")] // Each is smaller than all together.
    [InlineData(OpenAi, 200_001, "- -")]
    [InlineData(Anthropic, 5_000_000, "- -")]
    [InlineData(Anthropic + ";context_window=0-200k", 5_000_000, "3 15")]
    [InlineData(Anthropic + ";context_window=200k-1M", 5_000_000, "6 30")]
    [InlineData(Anthropic + ";context_window=200k-1M", 1_000, "- -")] // It contradicts itself.
    [InlineData(Anthropic + ";context_window=1M-2M", 5_000_000, "- -")]
    public void A_sum_has_a_tiers_price_where_each_of_its_requests_has_it(string? profile, long input, string prices) =>
        Prices(Tiered, profile, Tokens(TokenClass.Input, input), Tokens(TokenClass.Output, 10)).Should().Be(prices);

    [Theory]
    [InlineData(Metric, TokenClass.Input, 200_000, "3")]
    [InlineData(Metric, TokenClass.Input, 200_001, "-")]
    [InlineData(Metric + ";requests=1", TokenClass.Input, 200_001, "6")]
    [InlineData(Metric, TokenClass.Output, 1, "-")]
    [InlineData(Metric + ";requests=1", TokenClass.Output, 1, "-")] // Of one request, whose input is in another event.
    public void The_output_of_a_metric_never_sees_its_input(string profile, TokenClass tokenClass, long tokens, string price) =>
        Prices(Tiered, profile, Tokens(tokenClass, tokens)).Should().Be(price);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Anthropics_edge_is_the_cards_whichever_way_it_is_written(bool inclusive)
    {
        var schedule = Schedule(Card(Day(1), Long(TokenClass.Input, 3, 200_000, inclusive)));

        Prices(schedule, Anthropic + ";context_window=0-200k", Tokens(TokenClass.Input, 900_000)).Should().Be("3");
        Prices(schedule, Anthropic + ";context_window=200k-1M", Tokens(TokenClass.Input, 900_000)).Should().Be("6");
        Prices(Schedule(Card(Day(1), Long(TokenClass.Input, 3, 128_000, inclusive))), Anthropic + ";context_window=0-200k", Tokens(TokenClass.Input, 900_000)).Should().Be("-", "it is another edge");
    }

    [Theory]
    [InlineData(OpenAi, "- 2")]
    [InlineData(OpenAi + ";requests=1", "7 2 package")]
    [InlineData(Metric + ";requests=1", "7 2 package")]
    public void Only_the_class_that_is_sold_in_packages_is_unknown(string profile, string prices)
    {
        var schedule = Schedule(Card(Day(1), new Rate { Id = 1, TokenClass = TokenClass.Input, UnitValue = Price(7), PackageTokens = 1_000 }, Of(TokenClass.Output, 2)));

        Prices(schedule, profile, Tokens(TokenClass.Input, 1_500), Tokens(TokenClass.Output, 10)).Should().Be(prices);
    }

    [Theory]
    [InlineData(OpenAi, "- -")]
    [InlineData(OpenAi + ";requests=1", "1 2 minimumcharge")]
    [InlineData(Metric + ";requests=1", "- -")] // Half a request: both halves would be charged the minimum.
    public void A_minimum_charge_is_of_a_request(string profile, string prices)
    {
        var card = new RateCard([Of(TokenClass.Input, 1), Of(TokenClass.Output, 2)]) { Id = 1, Currency = "USD", EffectiveFrom = Day(1), MinimumCharge = 0.01m };

        Prices(Schedule(card), profile, Tokens(TokenClass.Input, 100), Tokens(TokenClass.Output, 10)).Should().Be(prices);
        var resale = Schedule(new RateCard([Of(TokenClass.Input, 0)]) { Id = 2, Currency = "USD", EffectiveFrom = Day(1), Markup = new Markup(100, () => Schedule(card)) });
        Prices(resale, profile, Tokens(TokenClass.Input, 100)).Should().Be(profile.StartsWith(OpenAi + ";", StringComparison.Ordinal) ? "2 minimumcharge" : "-");
    }

    [Fact]
    public void The_list_does_not_stand_in_for_a_contract_whose_price_is_not_known()
    {
        var schedule = Schedule((new CardScope(), Card(Day(1), Of(TokenClass.Input, 9))), (new CardScope(AccountId: 7), Card(Day(1), Long(TokenClass.Input, 3, 100, false))));
        UsageLine[] usage = [Tokens(TokenClass.Input, 101)];
        var requests = UsageProfiles.RequestsOf(OpenAi);

        EventRating.Rate(usage, schedule, Day(2), accountId: 7, requests: requests).Single().Basis.Should().Be(ValueBasis.None);
        EventRating.Rate(usage, schedule, Day(2), requests: requests).Single().Amount.Should().Be(Price(9).AmountOf(101));
        schedule.WhyNot(TokenClass.Input, new PriceQuery(Day(2), requests.InputOf(usage), 7)).Why.Should().Be(PriceAbsence.RequestsNotTold);
    }

    [Fact]
    public void A_sum_that_has_a_price_costs_what_its_requests_cost_one_by_one()
    {
        Gen.Select(Gen.Long[1, 400_000], Gen.Long[1, 2_000]).Array[2, 5].Sample(requests =>
        {
            var sum = EventRating.Rate([Tokens(TokenClass.Input, requests.Sum(r => r.Item1)), Tokens(TokenClass.Output, requests.Sum(r => r.Item2))], Tiered, Day(2),
                requests: UsageProfiles.RequestsOf(requests.All(r => r.Item1 < 200_000) ? Anthropic + ";context_window=0-200k"
                    : requests.All(r => r.Item1 > 200_000) ? Anthropic + ";context_window=200k-1M" : OpenAi));
            var apart = requests.SelectMany(r => EventRating.Rate([Tokens(TokenClass.Input, r.Item1), Tokens(TokenClass.Output, r.Item2)], Tiered, Day(2))).Sum(l => l.Amount);
            return sum.All(l => l.Basis == ValueBasis.None) || sum.Sum(l => l.Amount) == apart;
        });
    }

    private static Rate Long(TokenClass tokenClass, decimal price, long above, bool inclusive) =>
        new() { Id = (long)tokenClass, TokenClass = tokenClass, UnitValue = Price(price), ContextTiers = [new ContextTier(above, inclusive, Price(2 * price))] };

    private static string Prices(RateSchedule schedule, string? profile, params UsageLine[] usage) => string.Join(' ',
        EventRating.Rate(usage, schedule, Day(2), requests: UsageProfiles.RequestsOf(profile)).Select(l => l.Basis switch
        {
            ValueBasis.None => "-",
            ValueBasis.RateCard => l.UnitValue!.Value.ValuePerMillionTokens.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture),
            _ => l.Basis.ToString().ToLowerInvariant(),
        }));
}
