namespace TokenFactory.Api.Hosting;

/// <summary>What the process serves beside its API. Bound from the configuration section <c>TokenFactory</c>.</summary>
internal sealed class HostingOptions
{
    public const string Section = "TokenFactory";

    /// <summary>Swagger UI at /swagger.</summary>
    public bool Swagger { get; set; } = true;

    /// <summary>Prometheus metrics at /metrics.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>The single checks of /health/ready, with their names; <c>false</c>: their sum alone.</summary>
    public bool HealthDetail { get; set; } = true;

    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> hold: addresses or networks (CIDR), separated by commas; none: those
    /// headers are not read.
    /// </summary>
    public string? KnownProxies { get; set; }

    /// <summary><c>text</c> for people, <c>json</c> for machines (one compact JSON object per line).</summary>
    public string LogFormat { get; set; } = "text";
}
