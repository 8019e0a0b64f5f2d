using TokenFactory.Api.Catalog.Import;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Catalog;

internal static class CatalogRegistration
{
    /// <summary>The catalog in memory, kept current.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CatalogOptions>().Bind(configuration.GetSection("TokenFactory"));
        services.AddSingleton(provider =>
        {
            var cache = ActivatorUtilities.CreateInstance<CatalogCache>(provider);
            provider.GetRequiredService<DatabaseReadiness>().Require(() => cache.IsLoaded);
            return cache;
        });
        services.AddSingleton<CatalogWriter>();
        services.AddSingleton<SourceSignals>();
        services.AddSingleton<RateCardImport>();
        services.AddHostedService<CatalogRefresh>();
        return services;
    }
}
