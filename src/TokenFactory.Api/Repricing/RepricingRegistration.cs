namespace TokenFactory.Api.Repricing;

internal static class RepricingRegistration
{
    /// <summary>What prices recorded events anew, and the service that does it.</summary>
    public static IServiceCollection AddRepricing(this IServiceCollection services)
    {
        services.AddSingleton<Repricings>();
        services.AddSingleton<RepricingService>();
        services.AddHostedService(provider => provider.GetRequiredService<RepricingService>());
        return services;
    }
}
