namespace TokenFactory.Api.Repricing;

internal static class RepricingRegistration
{
    /// <summary>What prices recorded events anew or moves them to another sector, and the settlement of month tiers, each with the service that does it in the background.</summary>
    public static IServiceCollection AddRepricing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Repricings>();
        services.AddSingleton<Reclassifications>();
        services.AddSingleton<RepricingService>();
        services.AddHostedService(provider => provider.GetRequiredService<RepricingService>());
        services.AddOptions<SettlementOptions>().Bind(configuration.GetSection(SettlementOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SettlementFolding>();
        services.AddSingleton<SettlementMonths>();
        services.AddHostedService<SettlementService>();
        return services;
    }
}
