using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Repricing;

/// <summary>A request to price a window anew, checked, with every name resolved.</summary>
internal sealed record RepricingDraft(RepricingScope Scope, RepricingSelection Selection)
{
    private const int MaxReasonLength = 1_000;

    /// <summary>Checks what does not depend on the kind of request: the reason, and that one kind is asked for.</summary>
    public static void Check(NewRepricing request, List<FieldError> errors)
    {
        CheckReason(request.Reason, request.DryRun is true, errors);
        if (request.Confirms is null && request.Reverts is null)
            return;
        var whole = request.Confirms is not null ? "confirms" : "reverts";
        foreach (var (name, isSent) in (ReadOnlySpan<(string, bool)>)
        [
            ("start", request.Start is not null), ("end", request.End is not null), ("filter", request.Filter is not null), ("only", request.Only is not null),
            ("price_basis", request.PriceBasis is not null), ("as_of", request.AsOf is not null), ("dry_run", request.DryRun is not null),
            ("reverts", request.Confirms is not null && request.Reverts is not null),
        ])
        {
            if (isSent)
                errors.Add(new FieldError($"/{name}", "unexpected", $"Leave it out: `{whole}` says all of it."));
        }
    }

    /// <summary>Why something is recorded anew: kept with every entry, so that it must be said.</summary>
    public static void CheckReason(string? reason, bool isDryRun, List<FieldError> errors)
    {
        if (reason is not null && (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonLength || reason.Contains('\0', StringComparison.Ordinal)))
            errors.Add(new FieldError("/reason", "invalid_text", $"Must have 1 to {MaxReasonLength} characters, without NUL."));
        if (reason is null && !isDryRun)
            errors.Add(new FieldError("/reason", "required", "Say why; it is kept with every entry. A dry run needs none."));
    }

    /// <summary>Reads a request for a window.</summary>
    /// <returns>Null with errors.</returns>
    public static async Task<RepricingDraft?> ReadAsync(
        TokenFactoryContext context, NewRepricing request, DateTimeOffset now, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var basis = request.PriceBasis ?? PriceBasis.EventTime;
        if (request.Start is null)
            errors.Add(new FieldError("/start", "required", "Say from when on events are looked at."));
        if (request.End is null)
            errors.Add(new FieldError("/end", "required", "Say until when events are looked at; it is outside."));
        if (request.Start >= request.End)
            errors.Add(new FieldError("/end", "out_of_range", "Must lie after `start`."));
        if (basis == PriceBasis.AsOf && request.AsOf is null)
            errors.Add(new FieldError("/as_of", "required", "Say whose knowledge counts: that of which instant."));
        if (basis != PriceBasis.AsOf && request.AsOf is not null)
            errors.Add(new FieldError("/as_of", "unexpected", "Leave it out, or send `price_basis` as_of."));
        if (request.AsOf > now)
            errors.Add(new FieldError("/as_of", "out_of_range", "Must not lie in the future: nobody knows yet what will be known then."));

        var filter = request.Filter ?? new RepricingFilter();
        var sources = await FindSourcesAsync(context, filter.Source, errors, cancellationToken);
        var producers = await FindProducersAsync(context, filter.Producer, errors, cancellationToken);
        var models = await FindModelsAsync(context, filter.Model, producers, errors, cancellationToken);
        var accounts = await FindAccountsAsync(context, filter.Account, errors, cancellationToken);
        CheckList("/filter/service_tier", filter.ServiceTier, errors);
        CheckList("/filter/sector", filter.Sector, errors);
        if (errors.Count > 0)
            return null;
        var selection = new RepricingSelection
        {
            Start = request.Start!.Value.ToUniversalTime(),
            End = request.End!.Value.ToUniversalTime(),
            Only = request.Only ?? RepricingEvents.All,
            PriceBasis = basis,
            AsOf = request.AsOf?.ToUniversalTime(),
            Sources = sources is null ? null : [.. sources.Select(s => s.Id).Distinct()],
            Producers = producers is null ? null : [.. producers.Select(p => p.Id).Distinct()],
            Models = models is null ? null : [.. models.Select(m => m.Id).Distinct()],
            ServiceTiers = filter.ServiceTier is null ? null : [.. filter.ServiceTier.Select(t => (short)t).Distinct()],
            Accounts = accounts is null ? null : [.. accounts.Select(a => a.Id).Distinct()],
            Sectors = filter.Sector is null ? null : [.. filter.Sector.Select(s => (short)s).Distinct()],
        };
        return new RepricingDraft(new RepricingScope
        {
            Start = selection.Start,
            End = selection.End,
            Only = selection.Only,
            PriceBasis = basis,
            AsOf = selection.AsOf,
            Filter = filter with
            {
                Source = sources is null ? null : [.. sources.Select(s => s.Slug).Distinct()],
                Producer = producers is null ? null : [.. producers.Select(p => p.Slug).Distinct()],
                Model = models is null ? null : [.. models.Select(m => m.Slug).Distinct()],
                Account = accounts is null ? null : [.. accounts.Select(a => a.Slug).Distinct()],
            },
        }, selection);
    }

    private static async Task<List<Source>?> FindSourcesAsync(
        TokenFactoryContext context, IReadOnlyList<string>? names, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (!CheckNames("/filter/source", names, errors))
            return null;
        // What the ledger itself records is no event that could be priced.
        var found = await context.Set<Source>().AsNoTracking().Where(s => names!.Contains(s.Slug) && !EF.Functions.Like(s.Slug, "~%")).ToListAsync(cancellationToken);
        NoteUnknown("source", names!, found.Select(s => s.Slug), errors);
        return found;
    }

    private static async Task<List<Account>?> FindAccountsAsync(
        TokenFactoryContext context, IReadOnlyList<string>? names, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (!CheckNames("/filter/account", names, errors))
            return null;
        var found = await context.Set<Account>().AsNoTracking().Where(a => names!.Contains(a.Slug)).ToListAsync(cancellationToken);
        NoteUnknown("account", names!, found.Select(a => a.Slug), errors);
        return found;
    }

    private static async Task<List<Producer>?> FindProducersAsync(
        TokenFactoryContext context, IReadOnlyList<string>? names, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (!CheckNames("/filter/producer", names, errors))
            return null;
        var found = new List<Producer>();
        for (var i = 0; i < names!.Count; i++)
        {
            if (await ProducerNames.FindAsync(context, $"/filter/producer/{i}", names[i], errors, cancellationToken) is { } producer)
                found.Add(producer);
        }

        return found;
    }

    // As an event of each producer would be read, and what was recorded under the name before it was another model's alias. A name that says a tier or a price beside the model is not a model's.
    private static async Task<List<Model>?> FindModelsAsync(
        TokenFactoryContext context, IReadOnlyList<string>? names, List<Producer>? producers, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (!CheckNames("/filter/model", names, errors))
            return null;
        var of = producers?.ConvertAll(p => p.Id);
        var models = await context.Set<Model>().AsNoTracking().Include(m => m.Aliases).Where(m => of == null || of.Contains(m.ProducerId)).ToListAsync(cancellationToken);
        var tables = ModelNaming.TablesOf(models);
        var found = new List<Model>();
        for (var i = 0; i < names!.Count; i++)
        {
            var fitting = tables.Values.Select(t => t.Find(names[i])).OfType<NamedModel<Model>>().Where(n => (n.Terms with { Region = null }) == default).Select(n => n.Model)
                .Union(models.Where(m => m.Slug == names[i])).ToList();
            found.AddRange(fitting);
            if (fitting.Count == 0)
                errors.Add(new FieldError($"/filter/model/{i}", "unknown_model", "No model has this name."));
        }

        return found;
    }

    // False: not asked for, or no list of names.
    private static bool CheckNames(string pointer, IReadOnlyList<string?>? names, List<FieldError> errors)
    {
        if (names is null)
            return false;
        var count = errors.Count;
        CheckList(pointer, names, errors);
        CatalogNames.CheckNames(pointer, names, errors);
        return errors.Count == count;
    }

    private static void CheckList<T>(string pointer, IReadOnlyList<T>? values, List<FieldError> errors)
    {
        if (values is { Count: 0 })
            errors.Add(new FieldError(pointer, "required", "Name at least one, or leave it out for all."));
    }

    private static void NoteUnknown(string what, IReadOnlyList<string> names, IEnumerable<string> found, List<FieldError> errors)
    {
        var known = found.ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (!known.Contains(names[i]))
                errors.Add(new FieldError($"/filter/{what}/{i}", $"unknown_{what}", $"No {what} has this id."));
        }
    }
}
