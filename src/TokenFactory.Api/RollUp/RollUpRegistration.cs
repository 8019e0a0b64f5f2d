namespace TokenFactory.Api.RollUp;

internal static class RollUpRegistration
{
    /// <summary>The background aggregator, the reconciliation and the releases.</summary>
    public static IServiceCollection AddRollUp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RollUpOptions>().Bind(configuration.GetSection(RollUpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SuppressionOptions>().Bind(configuration.GetSection(SuppressionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RollUpMetrics>();
        services.AddSingleton<Folding>();
        services.AddSingleton<ReconciliationReader>();
        services.AddSingleton<Aggregator>();
        services.AddHostedService(provider => provider.GetRequiredService<Aggregator>());
        services.AddSingleton<Releases>();
        services.AddHostedService<ReleaseService>();
        return services;
    }
}
