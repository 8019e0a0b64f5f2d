namespace TokenFactory.Api.Tests.Dashboard;

/// <summary>The scripts of the dashboard, as they lie beside the service.</summary>
internal static class DashboardFiles
{
    private static readonly string Root = Path.Combine(Path.GetDirectoryName(typeof(Program).Assembly.Location)!, "wwwroot");

    public static string Page { get; } = Path.Combine(Root, "index.html");

    public static string Find(string name) => Path.Combine(Root, "dashboard", name);

    public static IEnumerable<string> All() => Directory.EnumerateFiles(Path.Combine(Root, "dashboard"), "*.js", SearchOption.AllDirectories);
}
