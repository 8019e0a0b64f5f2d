using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ledger;

/// <summary>What was fixed when the ledger was made.</summary>
internal sealed partial class LedgerSettings(
    NpgsqlDataSource dataSource, DatabaseReadiness readiness, IOptions<ReportingOptions> options, ILogger<LedgerSettings> logger,
    TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly TaskCompletionSource<string> _currency = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The currency of every figure; waits until the ledger is there.</summary>
    public ValueTask<string> ReportingCurrencyAsync(CancellationToken cancellationToken) => _currency.Task.IsCompletedSuccessfully
        ? new ValueTask<string>(_currency.Task.Result)
        : new ValueTask<string>(_currency.Task.WaitAsync(cancellationToken));

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        readiness.Require(() => _currency.Task.IsCompletedSuccessfully);
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => readiness.RunOnceAsync(LoadAsync, time, stoppingToken);

    private async Task LoadAsync(CancellationToken stoppingToken)
    {
        var wanted = options.Value.ReportingCurrency;
        await using (var make = dataSource.CreateCommand("insert into ledger_setting (reporting_currency) values ($1) on conflict do nothing"))
        {
            make.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wanted });
            await make.ExecuteNonQueryAsync(stoppingToken);
        }

        // A statement of its own: one that another instance has made meanwhile is not in the snapshot of the first.
        await using var command = dataSource.CreateCommand("select reporting_currency from ledger_setting");
        var made = (string)(await command.ExecuteScalarAsync(stoppingToken) ?? throw new InvalidOperationException("The ledger has no reporting currency."));
        if (made == wanted)
        {
            _currency.SetResult(made);
            return;
        }

        LogOtherCurrency(logger, made, wanted);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(2201, LogLevel.Critical,
        "This ledger is kept in {Kept}, but TokenFactory__ReportingCurrency asks for {Wanted}. Set it to {Kept}: the currency of a ledger can't change")]
    private static partial void LogOtherCurrency(ILogger logger, string kept, string wanted);
}
