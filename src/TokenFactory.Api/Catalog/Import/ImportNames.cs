using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>Whose prices a catalogue has: its names matched with the catalog's, and those that nobody knew registered.</summary>
internal sealed class ImportNames
{
    /// <summary>The cards whose model is clear.</summary>
    public required IReadOnlyList<(ImportedCard Card, Model Model)> Cards { get; init; }

    /// <summary>Cards whose name stands for a model that has prices under its own name.</summary>
    public required IReadOnlyList<(ImportedCard Card, Model Model)> Shadowed { get; init; }

    /// <summary>Cards whose producer's name can be no id.</summary>
    public required IReadOnlyList<ImportedCard> Nameless { get; init; }

    /// <summary>Ids of producers, by number.</summary>
    public required IReadOnlyDictionary<int, string> Producers { get; init; }
    public required int ProducersAdded { get; init; }
    public required int ModelsAdded { get; init; }

    /// <summary>Inside a change of the catalog. Thousands of names: each table is read once, and written once.</summary>
    public static async Task<ImportNames> MatchAsync(TokenFactoryContext context, IReadOnlyList<ImportedCard> cards, CancellationToken cancellationToken)
    {
        var (producers, slugs, producersAdded) = await ProducersAsync(context, cards, cancellationToken);
        var wanted = cards.Where(c => producers.ContainsKey(ProducerNames.Normalize(c.Producer)))
            .Select(c => (Card: c, ProducerId: producers[ProducerNames.Normalize(c.Producer)])).ToList();
        var ids = wanted.Select(w => w.ProducerId).Distinct().ToList();
        var models = await context.Set<Model>().Include(m => m.Aliases).Where(m => ids.Contains(m.ProducerId)).ToListAsync(cancellationToken);
        var catalogue = ModelNaming.TablesOf(models);
        var added = new List<Model>();
        var matched = new List<(ImportedCard Card, Model Model)>();
        foreach (var (card, producerId) in wanted)
        {
            if (!catalogue.TryGetValue(producerId, out var names))
                catalogue[producerId] = names = new ModelNameTable<Model>();
            if (names.FindKnown(card.Model) is not { } model)
            {
                names.Add(card.Model, model = new Model { ProducerId = producerId, Slug = card.Model, Name = card.Model });
                added.Add(model);
            }

            matched.Add((card, model));
        }

        context.AddRange(added);
        await context.SaveChangesAsync(cancellationToken);
        // Of several names that stand for one model its own goes first, else the first of the file.
        var chosen = matched.GroupBy(m => m.Model).ToDictionary(g => g.Key, g => (g.FirstOrDefault(m => m.Card.Model == g.Key.Slug).Card ?? g.First().Card).Model);
        return new ImportNames
        {
            Cards = [.. matched.Where(m => m.Card.Model == chosen[m.Model])],
            Shadowed = [.. matched.Where(m => m.Card.Model != chosen[m.Model])],
            Nameless = [.. cards.Where(c => !producers.ContainsKey(ProducerNames.Normalize(c.Producer)))],
            Producers = slugs,
            ProducersAdded = producersAdded,
            ModelsAdded = added.Count,
        };
    }

    private static async Task<(Dictionary<string, int> ByName, Dictionary<int, string> Slugs, int Added)> ProducersAsync(
        TokenFactoryContext context, IReadOnlyList<ImportedCard> cards, CancellationToken cancellationToken)
    {
        var known = await context.Set<Producer>().Include(p => p.Aliases).ToListAsync(cancellationToken);
        var byName = known.ToDictionary(p => p.Slug, StringComparer.Ordinal);
        foreach (var alias in known.SelectMany(p => p.Aliases.Select(a => (a.Alias, Producer: p))))
            byName.TryAdd(alias.Alias, alias.Producer);
        var added = new List<Producer>();
        foreach (var card in cards)
        {
            var slug = ProducerNames.Normalize(card.Producer);
            if (byName.ContainsKey(slug) || !ProducerNames.IsSlug(slug))
                continue;
            var name = card.ProducerName is { } given && CatalogNames.IsName(given) ? given : card.Producer;
            added.Add(byName[slug] = new Producer { Slug = slug, Name = name, Kind = ProducerKind.Both });
        }

        context.AddRange(added);
        await context.SaveChangesAsync(cancellationToken);
        return (byName.ToDictionary(p => p.Key, p => p.Value.Id, StringComparer.Ordinal), byName.Values.Distinct().ToDictionary(p => p.Id, p => p.Slug), added.Count);
    }
}
