using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Catalog;

/// <summary>The names of one producer's models: each stands for one model, whether it is the model's own or an alias.</summary>
internal static class ModelNaming
{
    /// <summary>A model's own name is a name, not a pattern: a star in it would only look like one.</summary>
    public static void CheckModel(string pointer, string name, List<FieldError> errors)
    {
        CatalogNames.CheckName(pointer, name, errors);
        if (ModelPattern.IsPattern(name))
            errors.Add(new FieldError(pointer, "pattern", "A model has a name; give it the pattern as an alias."));
    }

    /// <summary>
    /// Inside a change of the catalog, where names can't move. A model that events named first, and that nobody has confirmed or priced, keeps no alias from
    /// its name: it is how an operator says what the name stands for.
    /// </summary>
    /// <exception cref="CatalogConflictException">A name would hide another model's, or never be reached because a model has it.</exception>
    public static async Task RefuseShadowsAsync(TokenFactoryContext context, Model model, CancellationToken cancellationToken)
    {
        var aliases = model.Aliases.Select(a => a.Alias).ToList();
        var others = context.Set<Model>().Where(m => m.ProducerId == model.ProducerId && m.Id != model.Id);
        var confirmed = others.Where(m => !m.RegisteredOnSight || context.Set<RateCardRow>().Any(c => c.ModelId == m.Id));
        if (await confirmed.Where(m => aliases.Contains(m.Slug)).Select(m => new { m.Id, m.Slug }).FirstOrDefaultAsync(cancellationToken) is { } named)
            throw new CatalogConflictException("name_taken", $"{named.Slug} is the name of the model {named.Id}, so that an alias of this name would never be read.");
        if (await others.Where(m => m.Aliases.Any(a => a.Alias == model.Slug)).Select(m => new { m.Id }).FirstOrDefaultAsync(cancellationToken) is { } aliased)
            throw new CatalogConflictException("name_taken", $"{model.Slug} is an alias of the model {aliased.Id}: take it away there first.");
        if (await others.SelectMany(m => m.Aliases).Where(a => aliases.Contains(a.Alias)).FirstOrDefaultAsync(cancellationToken) is { } taken)
            throw new CatalogConflictException("name_taken", $"{taken.Alias} is an alias of the model {taken.ModelId}: take it away there first.");
    }

    /// <summary>The names of some models, by producer.</summary>
    /// <param name="models">All models of the producers that are asked for, with their aliases.</param>
    public static Dictionary<int, ModelNameTable<Model>> TablesOf(IEnumerable<Model> models) => models.GroupBy(m => m.ProducerId).ToDictionary(g => g.Key, g =>
    {
        var names = new ModelNameTable<Model>();
        foreach (var model in g)
            names.Add(model.Slug, model);
        names.AddAliases([.. g.SelectMany(m => m.Aliases.Select(a => (a.Alias, m)))]);
        return names;
    });

    /// <summary>
    /// The model that a price of this name is for, by name, alias or pattern; registered where none is known. A dated name is a model of its own here: who
    /// says a price means exactly what they name, and events of this name go there from then on.
    /// </summary>
    public static async Task<Model> FindOrAddAsync(TokenFactoryContext context, int producerId, string name, CancellationToken cancellationToken)
    {
        var aliases = await context.Set<ModelAlias>().AsNoTracking()
            .Where(a => a.ProducerId == producerId && (a.Alias == name || EF.Functions.Like(a.Alias, "%*%"))).ToListAsync(cancellationToken);
        var aliased = aliases.Find(a => a.Alias == name);
        if (aliased is null && await context.Set<Model>().SingleOrDefaultAsync(m => m.ProducerId == producerId && m.Slug == name, cancellationToken) is { } named)
            return named;
        aliased ??= ModelPattern.First(ModelPattern.InOrder(aliases.Where(a => ModelPattern.IsPattern(a.Alias)).Select(a => (a.Alias, a))), name);
        if (aliased is not null)
            return await context.Set<Model>().SingleAsync(m => m.Id == aliased.ModelId, cancellationToken);
        var added = new Model { ProducerId = producerId, Slug = name, Name = name };
        context.Add(added);
        await context.SaveChangesAsync(cancellationToken);
        return added;
    }
}
