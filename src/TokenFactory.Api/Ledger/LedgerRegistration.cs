using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ledger;

internal static class LedgerRegistration
{
    /// <summary>The journal and its writers, the partitions ahead, and what reads the ledger back.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LedgerOptions>().Bind(configuration.GetSection(LedgerOptions.Section)).ValidateDataAnnotations()
            .Validate(o => o.CheckpointOrigin is { Length: > 0 and <= 100 } origin && !origin.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '+'),
                "TokenFactory__Ledger__CheckpointOrigin must have 1 to 100 characters, without white space and plus signs.")
            .ValidateOnStart();
        services.AddOptions<ReportingOptions>().Bind(configuration.GetSection("TokenFactory"))
            .Validate(o => Currency.IsCode(o.ReportingCurrency.AsSpan()),
                "TokenFactory__ReportingCurrency must be an ISO 4217 code such as USD; XXX stands for no currency.")
            .ValidateOnStart();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<Archives>();
        services.AddSingleton<MeterReadings>();
        services.AddSingleton<Reversals>();
        services.AddSingleton<EntryReader>();
        services.AddSingleton<PriceVarianceReader>();
        services.AddSingleton<QuarantineReader>();
        services.AddSingleton<QuarantineDecisions>();
        services.AddSingleton<CheckpointKey>();
        services.AddSingleton<CheckpointReader>();
        services.AddSingleton<ProofReader>();
        AddHostedSingleton<LedgerSettings>(services);
        AddHostedSingleton<Journal>(services);
        AddHostedSingleton<Sealer>(services);
        services.AddHostedService<PartitionKeeper>();
        services.AddExceptionHandler<JournalBusyHandler>();
        return services;
    }

    private static void AddHostedSingleton<T>(IServiceCollection services) where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
