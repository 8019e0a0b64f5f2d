using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.RollUp;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

internal static class StatisticsRegistration
{
    /// <summary>Figures from the roll-up.</summary>
    public static IServiceCollection AddStatistics(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StatisticsOptions>().Bind(configuration.GetSection(StatisticsOptions.Section))
            .ValidateDataAnnotations()
            .Validate(o => o.ProvisionalDays <= o.FinalDays, "TokenFactory:Statistics:ProvisionalDays must not exceed FinalDays.")
            .Validate(o => TimeZoneInfo.TryFindSystemTimeZoneById(o.TimeZone, out _),
                "TokenFactory:Statistics:TimeZone must be an IANA name of a time zone that this machine knows, such as UTC or Europe/Berlin.")
            .Validate(o => !TimeZoneInfo.TryFindSystemTimeZoneById(o.TimeZone, out var zone) || FigureQuery.HasWholeHours(new ReportingCalendar(zone)),
                "TokenFactory:Statistics:TimeZone must be a zone of whole hours from UTC in every year since 2000: figures are kept by the hour.")
            .ValidateOnStart();
        services.AddSingleton<Confidentiality>();
        // Where nothing is withheld nobody asks for whom.
        if (configuration.GetSection(SuppressionOptions.Section).Get<SuppressionOptions>() is { IsOn: true })
            services.Configure<MvcOptions>(o => o.Filters.Add<ConfidentialityFilter>());
        services.AddSingleton<FigureReader>();
        services.AddSingleton<FigureQueries>();
        services.AddSingleton<FigureAnswers>();
        services.AddSingleton<UnmatchedModels>();
        services.AddSingleton<GdpFigures>();
        services.AddSingleton<ReleasedFigures>();
        services.AddSingleton<IndexFigures>();
        services.AddSingleton<ContributionFigures>();
        services.AddSingleton<ConcentrationFigures>();
        services.AddSingleton<LearningFigures>();
        services.AddSingleton<DemandResponseFigures>();
        services.AddSingleton<RevisionFigures>();
        services.AddSingleton<ExplainFigures>();
        services.AddSingleton<Methodology>();
        services.AddSingleton<SeriesDirectory>();
        services.AddSingleton<SeriesFigures>();
        services.AddSingleton<StatusReader>();
        services.AddSingleton<StatusListeners>();
        services.AddHostedService<StatusSampler>();
        return services;
    }
}
