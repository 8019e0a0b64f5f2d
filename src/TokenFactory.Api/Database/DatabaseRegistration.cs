using Microsoft.EntityFrameworkCore;
using Npgsql;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Database;

internal static class DatabaseRegistration
{
    /// <summary>The data source of the service's role, the entity context over it, and the migration at start.</summary>
    /// <param name="services">The services.</param>
    /// <param name="connections">Asked once the host starts: a private server may still be on its way while it is built.</param>
    public static IServiceCollection AddDatabase(this IServiceCollection services, Func<DatabaseConnections> connections)
    {
        services.AddSingleton(_ => connections());
        services.AddSingleton<DatabaseReadiness>();
        // Named for the metrics, as the owner's.
        services.AddSingleton(provider => new NpgsqlDataSourceBuilder(provider.GetRequiredService<DatabaseConnections>().Service) { Name = "token-factory" }
            .UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>())
            .Build());
        services.AddDbContextFactory<TokenFactoryContext>((provider, options) =>
            TokenFactoryContext.Configure(options, o => o.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()))
                .AddInterceptors(new AuditInterceptor()));
        services.AddHostedService<DatabaseStartup>();
        services.AddSingleton<DatabaseHealthCheck>();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        return services;
    }
}
