namespace TokenFactory.Api.RollUp;

internal static class RollUpRegistration
{
    /// <summary>The background aggregator and the reconciliation.</summary>
    public static IServiceCollection AddRollUp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RollUpOptions>().Bind(configuration.GetSection(RollUpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RollUpMetrics>();
        services.AddSingleton<Folding>();
        services.AddSingleton<ReconciliationReader>();
        services.AddSingleton<Aggregator>();
        services.AddHostedService(provider => provider.GetRequiredService<Aggregator>());
        return services;
    }
}
