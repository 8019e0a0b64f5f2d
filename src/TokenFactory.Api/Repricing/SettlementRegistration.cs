namespace TokenFactory.Api.Repricing;

internal static class SettlementRegistration
{
    /// <summary>The settlement of month tiers, in the background.</summary>
    public static IServiceCollection AddSettlement(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SettlementOptions>().Bind(configuration.GetSection(SettlementOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SettlementFolding>();
        services.AddSingleton<SettlementMonths>();
        services.AddHostedService<SettlementService>();
        return services;
    }
}
