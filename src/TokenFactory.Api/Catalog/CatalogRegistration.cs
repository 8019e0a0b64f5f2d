namespace TokenFactory.Api.Catalog;

internal static class CatalogRegistration
{
    /// <summary>The catalog in memory, kept current.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CatalogOptions>().Bind(configuration.GetSection("TokenFactory"));
        services.AddSingleton<CatalogCache>();
        services.AddHostedService<CatalogRefresh>();
        return services;
    }
}
