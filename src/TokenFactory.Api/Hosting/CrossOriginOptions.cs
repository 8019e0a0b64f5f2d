namespace TokenFactory.Api.Hosting;

/// <summary>Which other sites' pages may call the API from a browser. Bound from the configuration section <c>TokenFactory:Cors</c>.</summary>
internal sealed class CrossOriginOptions
{
    public const string Section = "TokenFactory:Cors";

    /// <summary>Exact origins such as <c>https://dashboard.example</c>, separated by commas; none: no page of another origin may.</summary>
    public string? Origins { get; set; }
}
