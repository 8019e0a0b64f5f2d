using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Ingestion;

internal static class IngestionRegistration
{
    /// <summary>Parsing, validation and rating of events on their way into the ledger.</summary>
    public static IServiceCollection AddIngestion(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestionOptions>().Bind(configuration.GetSection(IngestionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<IngestionOptions>>().Value);
        services.AddSingleton<EventBody>();
        services.AddSingleton<EventParser>();
        services.AddSingleton<CloudEventReader>();
        services.AddSingleton<IngestPipeline>();
        services.AddSingleton<IngestServices>();
        services.AddSingleton<ReportedUsageReader>();
        services.AddSingleton<RawUsageParser>();
        services.AddSingleton<LitellmParser>();
        services.AddSingleton<UsageReportParser>();
        services.AddSingleton<QuarantineReleases>();
        services.AddSingleton<OtlpServices>();
        services.AddSingleton<Quotes>();
        services.AddSingleton<EventSchema>();
        services.Configure<OpenApiOptions>("v1", o => o.AddOperationTransformer<EventsDocument>().AddOperationTransformer<QuotesDocument>().AddOperationTransformer<OtlpDocument>());
        return services;
    }
}
