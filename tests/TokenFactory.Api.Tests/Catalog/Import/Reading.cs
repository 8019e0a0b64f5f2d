using System.Globalization;
using System.Text;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Catalog.Import;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Tests.Catalog.Import;

/// <summary>Catalogues read, and their cards written on one line each, so that a test states all of a card.</summary>
internal static class Reading
{
    public static ImportedPrices Read(CatalogueFormat format, string text)
    {
        var prices = CatalogueFormats.Parse(format, Encoding.UTF8.GetBytes(text));
        ShouldBalance(prices);
        return prices;
    }

    /// <summary>No row is lost, and none counts twice.</summary>
    public static void ShouldBalance(ImportedPrices prices)
    {
        (prices.Cards.Sum(card => card.Rows) + prices.Refused.Count + prices.RowsRepeated).Should().Be(prices.RowsRead);
        prices.Cards.Where(card => card.Rows <= 0 || card.Rates.Count == 0 || card.Where.Length == 0).Should().BeEmpty();
    }

    /// <summary><c>producer/model tier from..to: class=price(&gt;tokens:price)[hours:price]</c>; what is standard, dollars or unknown is left out.</summary>
    public static string Line(ImportedCard card)
    {
        var line = new StringBuilder($"{card.Producer}/{card.Model}");
        if (card.ServiceTier != ServiceTier.Standard)
            line.Append(' ').Append(card.ServiceTier.Name());
        if (card.Currency != "USD")
            line.Append(' ').Append(card.Currency);
        if (card.EffectiveFrom is not null || card.EffectiveTo is not null)
            line.Append(CultureInfo.InvariantCulture, $" {card.EffectiveFrom:yyyy-MM-dd}..{card.EffectiveTo:yyyy-MM-dd}");
        line.Append(':');
        foreach (var rate in card.Rates)
        {
            line.Append(CultureInfo.InvariantCulture, $" {rate.TokenClass.Name()}={rate.UnitValue}{Tiers(rate.ContextTiers)}");
            foreach (var window in rate.Windows ?? [])
                line.Append(CultureInfo.InvariantCulture, $"[{window.From}-{window.To}:{window.UnitValue}{Tiers(window.ContextTiers)}]");
        }

        return line.ToString();
    }

    public static IEnumerable<string> Lines(this ImportedPrices prices) => prices.Cards.Select(Line);

    /// <summary><c>where code</c> of each refused row.</summary>
    public static IEnumerable<string> Refusals(this ImportedPrices prices) => prices.Refused.Select(row => $"{row.Where} {row.Code}");

    /// <summary><c>class&gt;class</c> of each fallback.</summary>
    public static string FallbacksOf(ImportedCard card) => string.Join(' ', card.Fallbacks.Select(f => $"{f.Key.Name()}>{f.Value.Name()}"));

    private static string Tiers(IReadOnlyList<ContextTierTerms>? tiers) => string.Concat((tiers ?? []).Select(tier =>
        string.Create(CultureInfo.InvariantCulture, $"({(tier.Inclusive ? ">=" : ">")}{tier.Above}:{tier.UnitValue})")));
}
