using System.ComponentModel.DataAnnotations;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Limits of what one instance takes from one caller and from all. Bound from the configuration section <c>TokenFactory:Limits</c>. The defaults
/// are far beyond honest use; those of events and their bodies are in <c>TokenFactory:Ingestion</c>.
/// </summary>
internal sealed class LimitsOptions
{
    public const string Section = "TokenFactory:Limits";

    /// <summary>The time that <see cref="MaxRequests"/> and <see cref="MaxEvents"/> are for, in seconds. What is used comes back evenly over it.</summary>
    [Range(1, 86_400)]
    public int WindowSeconds { get; set; } = 1;

    /// <summary>Requests of one key per window.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxRequests { get; set; } = 50_000;

    /// <summary>Events of one key per window. A body is taken whole, and what it held is paid off before the next.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxEvents { get; set; } = 1_000_000;

    /// <summary>Requests without a valid key of one address (of one /64 network in IPv6) per window.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxRequestsWithoutKey { get; set; } = 10_000;

    /// <summary>Requests with a body that may be under way at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrentBodies { get; set; } = 8_192;

    /// <summary>Of one key, or of one address without a key: far less than all, so that a few callers can't lock everybody out.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrentBodiesPerKey { get; set; } = 1_024;

    /// <summary>Streams (<c>GET /v1/stream</c>) that may be open at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrentStreams { get; set; } = 4_096;

    /// <summary>Of one key, or of one address without a key.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrentStreamsPerKey { get; set; } = 512;

    /// <summary>Open connections; one more is closed at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>The largest body of an operation that takes neither events nor files, in bytes.</summary>
    [Range(1_024, 1 << 30)]
    public int MaxSmallBodyBytes { get; set; } = 1 << 20;

    /// <summary>A body that comes in slower, in bytes per second, is cut off after <see cref="SlowBodyGraceSeconds"/>.</summary>
    [Range(1, 1_000_000)]
    public int MinBodyBytesPerSecond { get; set; } = 240;

    /// <summary>How long a body may be slower, in seconds.</summary>
    [Range(2, 3_600)]
    public int SlowBodyGraceSeconds { get; set; } = 5;

    /// <summary>The longest that a request may take, from its headers to its answer, in seconds.</summary>
    [Range(1, 86_400)]
    public int RequestTimeoutSeconds { get; set; } = 3_600;

    /// <summary>How long the headers of a request may take to come in, in seconds.</summary>
    [Range(1, 3_600)]
    public int HeadersTimeoutSeconds { get; set; } = 30;

    /// <summary>How long a connection stays open without a request, in seconds: longer than the minute of most proxies, who would send into one that closes.</summary>
    [Range(1, 3_600)]
    public int KeepAliveTimeoutSeconds { get; set; } = 75;

    /// <summary>The longest first line of a request (method, path and query), in bytes.</summary>
    [Range(1_024, 1 << 20)]
    public int MaxRequestLineBytes { get; set; } = 8 << 10;

    /// <summary>All headers of a request together, in bytes.</summary>
    [Range(1_024, 1 << 20)]
    public int MaxHeaderBytes { get; set; } = 32 << 10;

    /// <summary>Headers of a request.</summary>
    [Range(10, 10_000)]
    public int MaxHeaders { get; set; } = 100;
}
