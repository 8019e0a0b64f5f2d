using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Demo;

/// <summary>A made-up producer: no invented figure is ever put under a real firm's name.</summary>
internal sealed record DemoProducer(string Id, string Name, string Kind);

/// <summary>A made-up model: on the market from month <paramref name="From"/> to month <paramref name="To"/> of the demonstration.</summary>
/// <param name="Price">Money per million output tokens at launch; input costs a quarter, cached input a fortieth; null: never priced.</param>
/// <param name="Cut">What remains of the price at each half-yearly cut.</param>
internal sealed record DemoModel(string Producer, string Name, int From, int To, decimal? Price, decimal Cut, bool Reasons = false);

/// <summary>A made-up account.</summary>
/// <param name="TokensPerDay">Output tokens of the first day.</param>
internal sealed record DemoAccount(string Id, string Name, Sector? Sector, double TokensPerDay, string? Producer = null);

/// <summary>Who takes part in the demonstration economy.</summary>
internal static class DemoCatalog
{
    public const int Months = 24;
    public const string Gateway = "demo-gateway";
    public const string Plant = "demo-plant";

    public static IReadOnlyList<DemoProducer> Producers { get; } =
    [
        new("demo-aurora", "Aurora Foundry (demonstration)", "both"),
        new("demo-bluewater", "Bluewater Labs (demonstration)", "both"),
        new("demo-cinder", "Cinder Intelligence (demonstration)", "model_maker"),
        new("demo-delta", "Delta Inference (demonstration)", "inference_platform"),
        new("demo-evergreen", "Evergreen AI (demonstration)", "both"),
        new("demo-resale", "Resale Router (demonstration)", "inference_platform"),
    ];

    public static IReadOnlyList<DemoModel> Models { get; } =
    [
        new("demo-aurora", "aurora-1", 0, 13, 15m, 0.70m),
        new("demo-aurora", "aurora-1-mini", 2, 17, 1.20m, 0.60m),
        new("demo-aurora", "aurora-2", 10, 24, 12m, 0.75m, Reasons: true),
        new("demo-aurora", "aurora-2-mini", 14, 24, 0.60m, 0.65m, Reasons: true),
        new("demo-bluewater", "tide-3", 0, 11, 10m, 0.65m),
        new("demo-bluewater", "tide-4", 8, 24, 8m, 0.70m, Reasons: true),
        new("demo-bluewater", "tide-free", 15, 24, 0m, 1m),
        new("demo-cinder", "ember-7b", 0, 24, 0.80m, 0.55m),
        new("demo-cinder", "ember-70b", 4, 24, 3m, 0.60m),
        new("demo-cinder", "ember-preview", 21, 24, null, 1m),
        new("demo-delta", "ember-70b", 5, 24, 1.80m, 0.60m),
        new("demo-delta", "tide-3", 1, 16, 6m, 0.65m),
        new("demo-evergreen", "oak-large", 0, 19, 9m, 0.70m),
        new("demo-evergreen", "oak-next", 17, 24, 5m, 0.80m, Reasons: true),
        new("demo-resale", "router-auto", 9, 24, 7m, 0.70m),
    ];

    public static IReadOnlyList<DemoAccount> Accounts { get; } =
    [
        new("demo-home-assistant", "Home assistant app", Sector.Household, 2.0e6),
        new("demo-tutor", "Homework tutor", Sector.Household, 1.2e6),
        new("demo-companion", "Companion app", Sector.Household, 0.9e6),
        new("demo-travel", "Trip planner", Sector.Household, 0.5e6),
        new("demo-bank", "A bank", Sector.Enterprise, 5.0e6),
        new("demo-insurer", "An insurer", Sector.Enterprise, 3.5e6),
        new("demo-retailer", "A retailer", Sector.Enterprise, 3.0e6),
        new("demo-carmaker", "A car maker", Sector.Enterprise, 2.2e6),
        new("demo-studio", "A software studio", Sector.Enterprise, 4.0e6),
        new("demo-ministry", "A ministry", Sector.Government, 1.0e6),
        new("demo-city", "A city", Sector.Government, 0.6e6),
        new("demo-unknown", "Nobody knows who", null, 0.4e6),
        new("demo-router", "Resale Router as a buyer", Sector.Enterprise, 1.5e6, "demo-resale"),
    ];
}
