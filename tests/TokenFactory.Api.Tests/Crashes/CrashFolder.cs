namespace TokenFactory.Api.Tests.Crashes;

/// <summary>A folder for a database that goes with its test.</summary>
internal sealed class CrashFolder : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"token-factory-crash-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
