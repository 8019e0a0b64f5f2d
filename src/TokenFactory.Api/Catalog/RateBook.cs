using System.Collections.Concurrent;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Catalog;

/// <summary>For which tokens a series of cards is read, before it is asked for whom and where.</summary>
/// <param name="ProducerId">Whose models.</param>
/// <param name="ModelId">The one model; null: those that the scope's pattern fits.</param>
/// <param name="ServiceTier">In which tier.</param>
internal readonly record struct CardSubject(int ProducerId, int? ModelId, ServiceTier ServiceTier);

/// <summary>Every rate card as it was known at one moment, found by model and service tier.</summary>
internal sealed class RateBook
{
    private readonly ILookup<(int ModelId, ServiceTier Tier), CardSeries> _named;
    private readonly ILookup<(int ProducerId, ServiceTier Tier), CardSeries> _patterns;
    private readonly ConcurrentDictionary<(int ModelId, ServiceTier Tier), RateSchedule> _schedules = new();

    public RateBook(IReadOnlyList<(CardSubject Subject, CardSeries Series)> series)
    {
        _named = series.Where(s => s.Subject.ModelId is not null).ToLookup(s => (s.Subject.ModelId!.Value, s.Subject.ServiceTier), s => s.Series);
        _patterns = series.Where(s => s.Subject.ModelId is null).ToLookup(s => (s.Subject.ProducerId, s.Subject.ServiceTier), s => s.Series);
    }

    public static RateBook Empty { get; } = new([]);

    /// <summary>What may price a model, whether by its own name or by a pattern.</summary>
    public RateSchedule ScheduleOf(int producerId, int modelId, string modelName, ServiceTier tier) =>
        _schedules.GetOrAdd((modelId, tier), static (key, subject) => new RateSchedule(
            subject.Book._named[key].Concat(subject.Book.Fitting(subject.ProducerId, subject.ModelName, key.Tier))),
            (Book: this, ProducerId: producerId, ModelName: modelName));

    /// <summary>What may price a model.</summary>
    public RateSchedule ScheduleOf(ModelEntry model, ServiceTier tier) => ScheduleOf(model.ProducerId, model.Id, model.Slug, tier);

    /// <summary>What may price a model that is not registered yet, once it is: the patterns that its name fits.</summary>
    public RateSchedule ScheduleOfNew(int producerId, string modelName, ServiceTier tier) => new(Fitting(producerId, modelName, tier));

    private IEnumerable<CardSeries> Fitting(int producerId, string modelName, ServiceTier tier) =>
        _patterns[(producerId, tier)].Where(s => ModelPattern.Matches(s.Scope.ModelPattern, modelName));
}
