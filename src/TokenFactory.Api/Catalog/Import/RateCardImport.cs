using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>What an import is asked to do.</summary>
/// <param name="Source">The catalogue, for the provenance of each card.</param>
/// <param name="ObservedAt">When it was read.</param>
/// <param name="AssumedStart">From when prices without a beginning are assumed; null: they hold from when they were read.</param>
/// <param name="SupersedesAll">Put the catalogue's prices in the place of cards of other sources too, not of its own alone.</param>
/// <param name="IsDryRun">Tell what would be done, and do nothing.</param>
internal sealed record ImportRequest(string Source, DateTimeOffset ObservedAt, DateTimeOffset? AssumedStart, bool SupersedesAll, bool IsDryRun)
{
    /// <summary>Whether a card came from an earlier import of the same source.</summary>
    public bool IsOwn(RateCardRow card) => card.Source?.StartsWith($"{Source}#", StringComparison.Ordinal) == true;
}

/// <summary>
/// Brings a price catalogue into the catalog: names are matched or registered, cards are placed among those that are known. One change of the
/// catalog, all or nothing; a dry run makes the same and takes it back.
/// </summary>
internal sealed class RateCardImport(CatalogWriter writer, TimeProvider time)
{
    private const string AnotherModel = "another_model";

    // A change of the catalog holds up whoever registers a name: some seconds at most.
    private const int MaxCards = 20_000;

    /// <exception cref="ImportRefusedException">More cards than one import may have.</exception>
    public async Task<ImportReport> RunAsync(CatalogueFormat format, ImportedPrices prices, ImportRequest request, CancellationToken cancellationToken)
    {
        if (prices.Cards.Count > MaxCards)
            throw new ImportRefusedException("too_many_cards", $"The file has prices of {prices.Cards.Count} models and intervals. Import at most {MaxCards} at a time.");
        ImportReport? report = null;
        await writer.WriteAsync<object?>(async context =>
        {
            report = await RunAsync(context, format, prices, request, cancellationToken);
            // Null takes back what was done.
            return request.IsDryRun || report.Changes.Count == 0 ? null : report;
        }, cancellationToken);
        return report!;
    }

    private async Task<ImportReport> RunAsync(
        TokenFactoryContext context, CatalogueFormat format, ImportedPrices prices, ImportRequest request, CancellationToken cancellationToken)
    {
        var names = await ImportNames.MatchAsync(context, prices.Cards, cancellationToken);
        var report = new ImportReportWriter(format, prices, request, names);
        var producers = names.Cards.Select(c => c.Model.ProducerId).Distinct().ToList();
        var known = await context.Set<RateCardRow>().AsNoTracking().Include(c => c.Rates).Include(c => c.Ends)
            .Where(c => c.Kind == RateCardKind.Price && producers.Contains(c.ProducerId) && c.AccountId == null && c.Sector == null && c.Region == null)
            .ToListAsync(cancellationToken);
        known.RemoveAll(c => RateCardVersions.IsWithdrawn(c));
        var byScope = known.Where(c => c.ModelId is not null).ToLookup(c => (ModelId: c.ModelId!.Value, c.ServiceTier));
        foreach (var (card, model) in names.Shadowed)
            report.Refuse(card, AnotherModel, $"The name stands for the model {model.Slug}, which has prices of its own in the catalogue. Take the alias away, or leave the price out.");

        foreach (var scope in names.Cards.GroupBy(c => (ModelId: c.Model.Id, c.Card.ServiceTier)))
        {
            var rows = new Dictionary<CatalogueCard, RateCardRow>(ReferenceEqualityComparer.Instance);
            foreach (var (card, _) in scope)
            {
                if (RowOf(card, report) is { } row)
                    rows.Add(new CatalogueCard(card, ContentOf(row)), row);
            }

            var steps = ImportPlan.For(
                byScope[scope.Key].Select(c => new KnownCard(
                    c.Id, c.EffectiveFrom, RateCardVersions.EndOf(c), ContentOf(c), request.SupersedesAll || request.IsOwn(c))),
                [.. rows.Keys], request.ObservedAt, request.AssumedStart);
            var model = scope.First().Model;
            foreach (var step in steps)
            {
                report.Add(step, model, step.Other?.Id is { } id ? byScope[scope.Key].Single(c => c.Id == id) : null);
                Apply(context, step, rows[step.Card], model, request);
            }
        }

        if (!request.IsDryRun)
        {
            // One instant for all of it, and as late as can be: what was known at any instant is the whole import or nothing.
            var now = time.GetUtcNow();
            foreach (var added in context.ChangeTracker.Entries<RateCardRow>().Where(e => e.State == EntityState.Added))
                added.Entity.RecordedAt = now;
            foreach (var added in context.ChangeTracker.Entries<RateCardEnd>().Where(e => e.State == EntityState.Added))
                added.Entity.RecordedAt = now;
            await context.SaveChangesAsync(cancellationToken);
        }

        return report.ToReport(known, producers);
    }

    private static void Apply(TokenFactoryContext context, ImportStep step, RateCardRow row, Model model, ImportRequest request)
    {
        if (request.IsDryRun)
            return;
        if (step.Outcome == ImportOutcome.Ended)
        {
            context.Add(new RateCardEnd
            {
                RateCardId = step.Other!.Id!.Value, EffectiveTo = step.To, Reason = ProvenanceOf(step.Card.Card, request),
            });
        }

        if (step.Outcome != ImportOutcome.Added)
            return;
        context.Add(new RateCardRow
        {
            ProducerId = model.ProducerId,
            ModelId = model.Id,
            ServiceTier = row.ServiceTier,
            Currency = row.Currency,
            EffectiveFrom = step.From!.Value.ToUniversalTime(),
            EffectiveTo = step.To?.ToUniversalTime(),
            Fallbacks = row.Fallbacks,
            Source = ProvenanceOf(step.Card.Card, request),
            ObservedAt = request.ObservedAt,
            Confidence = step.IsAssumed ? PriceConfidence.Estimated : PriceConfidence.Collected,
            Rates = [.. row.Rates.Select(r => new RateRow { TokenClass = r.TokenClass, UnitValue = r.UnitValue, Terms = r.Terms })],
        });
    }

    internal static string ProvenanceOf(ImportedCard card, ImportRequest request) => $"{request.Source}#{card.Where}";

    // By the same rules as a card that somebody posts.
    private static RateCardRow? RowOf(ImportedCard card, ImportReportWriter report)
    {
        var errors = new List<FieldError>();
        var row = RateCardDraft.Check(new NewRateCard
        {
            Producer = card.Producer,
            Model = card.Model,
            ServiceTier = card.ServiceTier,
            Currency = card.Currency,
            EffectiveFrom = card.EffectiveFrom ?? DateTimeOffset.MinValue,
            EffectiveTo = card.EffectiveTo,
            Rates = card.Rates,
            Fallbacks = card.Fallbacks.Count == 0 ? null : card.Fallbacks.ToDictionary(f => f.Key.Name(), f => f.Value.Name()),
        }, errors);
        if (errors.Count == 0)
            return row;
        report.Refuse(card, errors[0].Code, $"{errors[0].Pointer}: {errors[0].Detail}");
        return null;
    }

    // What a card says, as one text, whatever order and spacing the database gives it back in.
    private static string ContentOf(RateCardRow card) => string.Join('\n',
        card.Currency, card.MinimumCharge, card.MarkupModelId, card.MarkupPercent,
        card.Fallbacks is { } json
            ? string.Join(',', JsonSerializer.Deserialize<SortedDictionary<string, string>>(json, WireJson.Options)!.Select(f => $"{f.Key}>{f.Value}"))
            : "",
        string.Join('\n', card.Rates.OrderBy(r => r.TokenClass).Select(r =>
            $"{r.TokenClass.Name()} {(r.UnitValue is { } value ? ExactDecimal.Normalize(value) : null)} {(r.Terms is { } terms ? RateTermsReader.Text(RateTermsReader.Read(terms)) : null)}")));
}
