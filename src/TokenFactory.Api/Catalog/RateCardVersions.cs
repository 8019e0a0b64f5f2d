using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>
/// The versions of rate cards of one scope, and what may be added to them. Nothing is edited: a card, and each word on when it ends, is a row
/// with the time of its recording. Inside a change of the catalog, where nobody else adds any.
/// </summary>
internal static class RateCardVersions
{
    /// <summary>The end of a card as it is known: its last word, else its own.</summary>
    /// <param name="card">With its <see cref="RateCardRow.Ends"/>.</param>
    /// <param name="knownAt">Only what was recorded until then; null: all.</param>
    public static DateTimeOffset? EndOf(RateCardRow card, DateTimeOffset? knownAt = null) =>
        LastEnd(card, knownAt) is { } end ? end.EffectiveTo : card.EffectiveTo;

    /// <summary>The last word on the end of a card; null: there is none but its own.</summary>
    public static RateCardEnd? LastEnd(RateCardRow card, DateTimeOffset? knownAt = null) =>
        card.Ends.Where(e => knownAt is null || e.RecordedAt <= knownAt).MaxBy(e => e.Id);

    /// <summary>Whether a card is known never to have held.</summary>
    public static bool IsWithdrawn(RateCardRow card, DateTimeOffset? knownAt = null) => EndOf(card, knownAt) <= card.EffectiveFrom;

    /// <summary>The cards of the same scope that are not withdrawn, in the order of their beginning.</summary>
    public static async Task<List<RateCardRow>> OthersAsync(TokenFactoryContext context, RateCardRow card, CancellationToken cancellationToken)
    {
        var others = await context.Set<RateCardRow>().AsNoTracking().Include(c => c.Ends).Where(SameScope(card)).Where(c => c.Id != card.Id)
            .OrderBy(c => c.EffectiveFrom).ToListAsync(cancellationToken);
        others.RemoveAll(c => IsWithdrawn(c));
        return others;
    }

    /// <summary>Adds a card to its scope.</summary>
    /// <returns>The card, with its number.</returns>
    /// <exception cref="CatalogConflictException">Another card is in the way.</exception>
    public static async Task<RateCardRow> AddAsync(TokenFactoryContext context, RateCardDraft draft, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var card = draft.Row;
        if (card.ModelPattern is null)
            card.ModelId = (await ModelNaming.FindOrAddAsync(context, card.ProducerId, draft.Model, cancellationToken)).Id;
        if (draft.Markup is { } markup)
        {
            card.MarkupModelId = (await ModelNaming.FindOrAddAsync(context, markup.ProducerId, markup.Model, cancellationToken)).Id;
            if (card.MarkupModelId == card.ModelId)
                throw new CatalogConflictException("circle", "A card can't mark up the model that it prices.");
        }

        card.RecordedAt = now;
        RefuseOverlap(card.EffectiveFrom, card.EffectiveTo, await OthersAsync(context, card, cancellationToken));
        context.Add(card);
        await context.SaveChangesAsync(cancellationToken);
        return card;
    }

    /// <summary>Withdraws a card, and adds the one that is right.</summary>
    /// <exception cref="CatalogConflictException">They are not of one model, tier and scope; or another card is in the way.</exception>
    public static async Task<RateCardRow> ReplaceAsync(
        TokenFactoryContext context, RateCardRow wrong, RateCardDraft draft, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await WithdrawAsync(context, wrong, "replaced", now, cancellationToken);
        var right = await AddAsync(context, draft, now, cancellationToken);
        return ScopeOf(right) == ScopeOf(wrong)
            ? right
            : throw new CatalogConflictException("another_scope",
                $"The card {wrong.Id} prices another model, tier or scope. Withdraw it by DELETE, and add this one without `replaces`.");
    }

    /// <summary>Whose cards follow each other.</summary>
    public static (RateCardKind, int, int?, string?, ServiceTier, long?, Sector?, string?) ScopeOf(RateCardRow card) =>
        (card.Kind, card.ProducerId, card.ModelId, card.ModelPattern, card.ServiceTier, card.AccountId, card.Sector, card.Region);

    /// <summary>Says anew when a card ends.</summary>
    /// <exception cref="CatalogConflictException">It would reach into another card's time.</exception>
    public static async Task EndAsync(
        TokenFactoryContext context, RateCardRow card, DateTimeOffset end, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Up to where the next begins it may reach; it ends there in any case.
        var next = (await OthersAsync(context, card, cancellationToken)).FirstOrDefault(c => c.EffectiveFrom > card.EffectiveFrom && c.EffectiveFrom < end);
        if (next is not null)
            throw InTheWay(next, null);
        context.Add(new RateCardEnd { RateCardId = card.Id, EffectiveTo = end.ToUniversalTime(), RecordedAt = now, Reason = reason });
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Withdraws a card: it never held. What is recorded at its prices stays until it is priced anew.</summary>
    public static async Task WithdrawAsync(TokenFactoryContext context, RateCardRow card, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        context.Add(new RateCardEnd { RateCardId = card.Id, EffectiveTo = card.EffectiveFrom, RecordedAt = now, Reason = reason });
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What changes whenever the card reads otherwise: its end, or the card that follows.</summary>
    public static string TagOf(RateCardRow card, RateCardRow? next) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{card.Id}-{LastEnd(card)?.Id ?? 0}-{next?.Id ?? 0}\"");

    private static Expression<Func<RateCardRow, bool>> SameScope(RateCardRow card) => c =>
        c.Kind == card.Kind && c.ProducerId == card.ProducerId && c.ModelId == card.ModelId && c.ModelPattern == card.ModelPattern
        && c.ServiceTier == card.ServiceTier && c.AccountId == card.AccountId && c.Sector == card.Sector && c.Region == card.Region;

    // An open card ends where the next one begins: only what has an end can be in the way, and what begins at the same instant.
    private static void RefuseOverlap(DateTimeOffset from, DateTimeOffset? to, List<RateCardRow> others)
    {
        var inTheWay = others.Find(c => c.EffectiveFrom == from
            || (c.EffectiveFrom < from && EndOf(c) > from)
            || (c.EffectiveFrom > from && to > c.EffectiveFrom));
        if (inTheWay is not null)
            throw InTheWay(inTheWay, others.Where(c => c.EffectiveFrom > inTheWay.EffectiveFrom).Min(c => (DateTimeOffset?)c.EffectiveFrom));
    }

    private static CatalogConflictException InTheWay(RateCardRow card, DateTimeOffset? nextFrom) => new("overlap",
        $"The rate card {card.Id} is in the way: it holds from {UtcInstantConverter.Text(card.EffectiveFrom)}"
        + ((EndOf(card) ?? nextFrom) is { } end ? $" to {UtcInstantConverter.Text(end)}." : " on."));
}
