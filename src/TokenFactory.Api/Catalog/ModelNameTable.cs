using System.Collections.Concurrent;

namespace TokenFactory.Api.Catalog;

/// <summary>What a name stands for.</summary>
/// <typeparam name="T">A model.</typeparam>
/// <param name="Model">The model.</param>
/// <param name="Terms">What the name says beside it.</param>
internal readonly record struct NamedModel<T>(T Model, ModelTerms Terms);

/// <summary>
/// The names of one producer's models, and the one rule by which whoever has a name finds the model: an alias, else its own name (an alias has the name
/// only of a model that was registered on sight, and goes before it), else the longest pattern that fits, else the first of the names that it may stand for (<see cref="ModelNameRules"/>) that is known.
/// </summary>
/// <typeparam name="T">A model.</typeparam>
internal sealed class ModelNameTable<T> where T : class
{
    // Names come from senders: so many are remembered, then all are looked up anew.
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, T> _exact = new(StringComparer.Ordinal);
    private (string Pattern, T Model)[] _patterns = [];
    private ConcurrentDictionary<string, NamedModel<T>> _remembered = Nothing();

    /// <summary>As an event's name is read. One look-up once it was found.</summary>
    /// <returns>Null: nobody knows it.</returns>
    public NamedModel<T>? Find(string name)
    {
        if (_exact.TryGetValue(name, out var model))
            return new NamedModel<T>(model, default);
        // What is found by what is known now must not be remembered beside what is known later.
        var remembered = Volatile.Read(ref _remembered);
        if (remembered.TryGetValue(name, out var known))
            return known;
        if (FindAnew(name) is not { } found)
            return null;
        if (remembered.Count >= MaxRemembered)
            Forget();
        else
            remembered.TryAdd(name, found);
        return found;
    }

    /// <summary>By its own name, an alias or a pattern alone: as prices and operators name models, who mean exactly what they say.</summary>
    public T? FindKnown(string name) => _exact.TryGetValue(name, out var model) ? model : ModelPattern.First(_patterns, name);

    /// <summary>Whether it is some model's own name or alias, to the letter.</summary>
    public bool HasName(string name) => _exact.ContainsKey(name);

    /// <summary>The model that a name would stand for if it had none of its own; null: none is known.</summary>
    public T? Suggest(string name, Predicate<T> isOther)
    {
        foreach (var candidate in ModelNameRules.Candidates(name))
        {
            if (FindKnown(candidate.Name) is { } model && isOther(model))
                return model;
        }

        return null;
    }

    /// <summary>Adds a name that is not known yet; one that is stays as it is.</summary>
    public void Add(string name, T model)
    {
        if (_exact.TryAdd(name, model))
            Forget();
    }

    /// <summary>Adds a model's other names: those that are names first, because a pattern never hides one. They go before names that were added.</summary>
    public void AddAliases(IReadOnlyCollection<(string Alias, T Model)> aliases)
    {
        foreach (var (alias, model) in aliases.Where(a => !ModelPattern.IsPattern(a.Alias)))
            _exact[alias] = model;
        _patterns = ModelPattern.InOrder(aliases.Where(a => ModelPattern.IsPattern(a.Alias)));
        Forget();
    }

    private void Forget() => Volatile.Write(ref _remembered, Nothing());

    // Small: while a catalog is loaded there is one for each name.
    private static ConcurrentDictionary<string, NamedModel<T>> Nothing() => new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);

    private NamedModel<T>? FindAnew(string name)
    {
        if (ModelPattern.First(_patterns, name) is { } fitting)
        {
            // A pattern that takes the name with its terms and without is one of the model's, not of the terms. So it is with the region.
            var own = ModelNameRules.Own(name);
            var region = ModelNameRules.Candidates(name).FirstOrDefault(c => c.Terms.Region is not null && FindKnown(c.Name) == fitting).Terms.Region;
            return new NamedModel<T>(fitting, (FindKnown(own.Name) == fitting ? own.Terms : default) with { Region = region });
        }

        foreach (var candidate in ModelNameRules.Candidates(name))
        {
            if (FindKnown(candidate.Name) is { } model)
                return new NamedModel<T>(model, candidate.Terms);
        }

        return null;
    }
}
