using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Whose prices a card holds, and where they came from: what rating need not know.</summary>
/// <param name="Producer">The producer's id.</param>
/// <param name="Model">The model's name, or the pattern of names.</param>
/// <param name="ServiceTier">In which tier.</param>
/// <param name="Account">The account's name; null: not a contract.</param>
/// <param name="RecordedAt">When the service learnt of it.</param>
/// <param name="Provenance">Where it was found; null: nobody said.</param>
internal sealed record CardOrigin(
    string Producer, string Model, ServiceTier ServiceTier, string? Account, DateTimeOffset RecordedAt, ProvenanceTerms? Provenance);

/// <summary>The origins of the prices and exchange rates that were applied.</summary>
internal sealed record PriceOrigins(IReadOnlyDictionary<long, CardOrigin> Cards, IReadOnlyDictionary<long, string> FxSources)
{
    /// <param name="context">The catalog.</param>
    /// <param name="cards">Numbers of rate cards.</param>
    /// <param name="publications">Numbers of published exchange rates.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<PriceOrigins> ReadAsync(
        TokenFactoryContext context, IReadOnlyCollection<long> cards, IReadOnlyCollection<long> publications, CancellationToken cancellationToken)
    {
        var rows = cards.Count == 0 ? [] : await (
            from card in context.Set<RateCardRow>().AsNoTracking()
            where cards.Contains(card.Id)
            join producer in context.Set<Producer>() on card.ProducerId equals producer.Id
            from model in context.Set<Model>().Where(m => m.Id == card.ModelId).DefaultIfEmpty()
            from account in context.Set<Account>().Where(a => a.Id == card.AccountId).DefaultIfEmpty()
            select new { Card = card, Producer = producer.Slug, Model = model == null ? null : model.Slug, Account = account == null ? null : account.Slug })
            .ToListAsync(cancellationToken);
        var sources = publications.Count == 0 ? [] : await context.Set<FxPublicationRow>().AsNoTracking()
            .Where(p => publications.Contains(p.Id)).Select(p => new { p.Id, p.Source }).ToListAsync(cancellationToken);
        return new PriceOrigins(
            rows.ToDictionary(r => r.Card.Id, r => new CardOrigin(
                r.Producer, r.Model ?? r.Card.ModelPattern!, r.Card.ServiceTier, r.Account, r.Card.RecordedAt, ProvenanceTerms.Of(r.Card))),
            sources.ToDictionary(s => s.Id, s => s.Source));
    }
}
