using System.Text.Json;
using Npgsql;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger.Archive;

/// <summary>The ledger of three months with January archived while its service runs.</summary>
public sealed class ArchivedLedger : IAsyncLifetime
{
    public ThreeMonths Months { get; } = new();

    public TestDatabase Database => Months.Database;

    public ApiProcess Api { get; private set; } = null!;

    /// <summary>The archive of January.</summary>
    public string Folder { get; private set; } = "";

    /// <summary>Answers that must stay what they are, from before.</summary>
    public Dictionary<string, string> Before { get; } = [];

    /// <summary>What the command said.</summary>
    public string Told { get; private set; } = "";

    public static readonly string[] Figures = ["/v1/gdp?frequency=day&by=sector,producer", "/v1/gdp?frequency=month&as_of=2025-01-12"];

    public async ValueTask InitializeAsync()
    {
        await Months.InitializeAsync();
        Api = await ThreeMonths.StartAsync(Database);
        // There already, and everybody's.
        Folder = Months.NewFolder();
        Directory.CreateDirectory(Folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
        foreach (var figure in Figures)
            Before[figure] = await Api.Client.GetStringAsync(figure);
        Before["receipt"] = await Api.Client.GetStringAsync($"/v1/events/{ThreeMonths.Source}/jan-10-2");
        Before["proof"] = await Api.Client.GetStringAsync($"/v1/ledger/proofs/{ThreeMonths.Source}/jan-10-2");
        var (code, text) = await ThreeMonths.RunAsync(Database, "archive", "--month", "2025-01", "--folder", Folder);
        code.Should().Be(0, text);
        Told = text;
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Months.DisposeAsync();
    }

    /// <summary>Opens the database as its owner.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
