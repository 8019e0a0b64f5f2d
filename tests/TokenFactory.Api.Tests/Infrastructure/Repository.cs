namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TokenFactory.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"TokenFactory.sln is in no folder above {AppContext.BaseDirectory}.");
        return folder;
    }
}
