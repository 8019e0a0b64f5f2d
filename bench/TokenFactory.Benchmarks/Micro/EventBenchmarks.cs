using BenchmarkDotNet.Attributes;
using TokenFactory.Api.Ingestion;
using TokenFactory.Api.Ledger;
using TokenFactory.Benchmarks.Load;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Benchmarks.Micro;

/// <summary>What one event costs on its way, less the database: the event of the load, three token classes with prices of a rate card.</summary>
public class EventBenchmarks
{
    private readonly EventParser _parser = new(new IngestionOptions(), TimeProvider.System);
    private readonly byte[] _numeric = new byte[BinaryNumeric.MaxBytes];
    private byte[] _json = [];
    private UsageEvent _event = new();
    private RateSchedule _schedule = new([]);

    [GlobalSetup]
    public void MakeEvent()
    {
        var json = new byte[EventText.MaxBytes];
        _json = json[..new EventText(IdKind.TimeOrdered).Write(json, source: 0, number: 1)];
        var violations = new EventViolations();
        _event = _parser.Parse(_json, violations);
        if (violations.Any)
            throw new InvalidOperationException(violations.First.Detail);
        var rates = new Dictionary<TokenClass, decimal> { [TokenClass.Input] = 0.60m, [TokenClass.CacheRead] = 0.15m, [TokenClass.Output] = 2.50m }
            .Select((rate, i) => new Rate { Id = i + 1, TokenClass = rate.Key, UnitValue = UnitValue.PerMillionTokens(rate.Value) });
        _schedule = new RateSchedule([new CardSeries(new CardScope(), [new RateCard(rates) { Id = 1, Currency = "USD", EffectiveFrom = DateTimeOffset.UnixEpoch }])]);
    }

    /// <summary>JSON to event, every member checked.</summary>
    [Benchmark]
    public object Parse() => _parser.Parse(_json, new EventViolations());

    /// <summary>SHA-256 of the values as sent.</summary>
    [Benchmark]
    public object Fingerprint() => EventFingerprint.Of(_event);

    /// <summary>Three classes to three lines with prices.</summary>
    [Benchmark]
    public object Rate() => EventRating.Rate(_event.Usage, _schedule, _event.OccurredAt);

    /// <summary>A number of money as PostgreSQL's COPY takes it.</summary>
    [Benchmark]
    public int CopyNumeric() => BinaryNumeric.Write(123.4567890123m, _numeric);
}
