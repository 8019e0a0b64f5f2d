namespace TokenFactory.Api.Statistics;

internal static class StatisticsRegistration
{
    /// <summary>Figures from the roll-up.</summary>
    public static IServiceCollection AddStatistics(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StatisticsOptions>().Bind(configuration.GetSection(StatisticsOptions.Section))
            .ValidateDataAnnotations()
            .Validate(o => o.ProvisionalDays <= o.FinalDays, "TokenFactory:Statistics:ProvisionalDays must not exceed FinalDays.")
            .ValidateOnStart();
        services.AddSingleton<FigureReader>();
        return services;
    }
}
