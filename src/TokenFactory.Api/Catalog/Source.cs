namespace TokenFactory.Api.Catalog;

/// <summary>The OpenTelemetry signals that tell usage. The numeric values are stored; never renumber them.</summary>
public enum SourceSignal : short
{
    Traces = 1,
    Metrics = 2,
}

/// <summary>A registered emitter of events. Id 0 is reserved for refusals whose source could not be made out.</summary>
internal sealed class Source
{
    public long Id { get; set; }
    public required string Slug { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The OpenTelemetry signal that its usage is taken from; null: none has come yet.</summary>
    public SourceSignal? Signal { get; set; }

    /// <summary>When that was changed from the other; null: never.</summary>
    public DateTimeOffset? SignalSince { get; set; }
}
