using System.Collections.Concurrent;
using System.Collections.Frozen;
using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Catalog;

/// <summary>
/// The catalog in memory as of one version. Administrative changes make a new snapshot; what events register on sight (models, items,
/// accounts) is added to the one in place, because additions never change what was already known.
/// </summary>
internal sealed class CatalogSnapshot
{
    private readonly ConcurrentDictionary<string, ProducerEntry> _producers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, ModelNameTable<ModelEntry>> _modelNames = new();
    private readonly ConcurrentDictionary<int, ModelEntry> _models = new();
    private readonly ConcurrentDictionary<string, AccountEntry> _accounts = new(StringComparer.Ordinal);
    private FrozenDictionary<string, SourceEntry> _sources = FrozenDictionary<string, SourceEntry>.Empty;

    /// <summary>The version of the catalog that it was loaded at.</summary>
    public required long Version { get; init; }

    /// <summary>What tokens are worth.</summary>
    public required RateBook Rates { get; init; }

    /// <summary>What currencies are worth in each other.</summary>
    public required ExchangeRates Exchange { get; init; }

    /// <summary>What decides a sector where nobody says it.</summary>
    public SectorRuleBook SectorRules { get; private set; } = SectorRuleBook.Empty;

    /// <summary>By id or alias, whatever the case.</summary>
    public ProducerEntry? FindProducer(string name) => _producers.GetValueOrDefault(ProducerNames.Normalize(name));

    public bool HasProducer(int producerId) => _modelNames.ContainsKey(producerId);

    public bool HasModel(int modelId) => _models.ContainsKey(modelId);

    /// <summary>Whether a model of any producer has this name or alias, to the letter.</summary>
    public bool HasModelName(string name) => _modelNames.Any(producer => producer.Value.HasName(name));

    public NamedModel<ModelEntry>? FindModel(int producerId, string name) => _modelNames.GetValueOrDefault(producerId)?.Find(name);

    /// <summary>By name, alias or pattern, else by the first of the names that it may stand for.</summary>
    public NamedModel<ModelEntry>? FindModel(ProducerEntry producer, string name) => FindModel(producer.Id, name);

    public AccountEntry? FindAccount(string slug) => _accounts.GetValueOrDefault(slug);

    public SourceEntry? FindSource(string slug) => _sources.GetValueOrDefault(slug);

    internal void Add(ProducerEntry producer, IEnumerable<string> aliases)
    {
        _producers[producer.Slug] = producer;
        foreach (var alias in aliases)
            _producers.TryAdd(alias, producer);
        _modelNames.TryAdd(producer.Id, new ModelNameTable<ModelEntry>());
    }

    /// <summary>Adds a model that is not known yet; one that is stays as it is.</summary>
    internal void Add(ModelEntry model)
    {
        if (_models.TryAdd(model.Id, model))
            _modelNames.GetOrAdd(model.ProducerId, _ => new ModelNameTable<ModelEntry>()).Add(model.Slug, model);
    }

    internal void AddAliases(int producerId, IEnumerable<(string Alias, int ModelId)> aliases) =>
        _modelNames.GetOrAdd(producerId, _ => new ModelNameTable<ModelEntry>()).AddAliases([.. aliases.Select(a => (a.Alias, _models[a.ModelId]))]);

    internal void AddItem(int modelId, TokenClass tokenClass, ServiceTier tier, int itemId) => _models[modelId].AddItem(tokenClass, tier, itemId);

    internal void Add(AccountEntry account) => _accounts.TryAdd(account.Slug, account);

    internal void SetSectorRules(IEnumerable<SectorRule> rules) => SectorRules = new SectorRuleBook(rules);

    internal void SetSources(IEnumerable<SourceEntry> sources) => _sources = sources.ToFrozenDictionary(s => s.Slug, StringComparer.Ordinal);
}
