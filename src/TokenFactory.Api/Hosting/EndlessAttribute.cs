namespace TokenFactory.Api.Hosting;

/// <summary>Marks an operation whose answer has no end: it is counted for as long as it is open, of one caller and of all.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EndlessAttribute : Attribute;
