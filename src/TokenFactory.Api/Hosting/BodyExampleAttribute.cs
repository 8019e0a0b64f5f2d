namespace TokenFactory.Api.Hosting;

/// <summary>An example of an action's body, for the API document and whoever tries it there.</summary>
/// <param name="summary">What it is an example of.</param>
/// <param name="json">The body.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class BodyExampleAttribute(string summary, string json) : Attribute
{
    public string Summary { get; } = summary;

    public string Json { get; } = json;
}
