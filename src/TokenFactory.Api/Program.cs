using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Access;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Database.PrivateServer;
using TokenFactory.Api.Demo;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Repricing;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Statistics;

if (Arguments.AsksForHelp(args))
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

var isDemo = args.Contains(Arguments.Demo);
var isVerification = args is [VerifyCommand.Name, ..];
var isArchiving = args is [ArchiveCommand.Name, ..];
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    // Settings are read once, at the start, and pages are as they were built: no file is watched. What the command line says goes before.
    Args = ["--hostBuilder:reloadConfigOnChange=false", "--ReloadStaticAssetsAtRuntime=false", .. isVerification || isArchiving ? [] : args.Where(a => a != Arguments.Demo)],
    // Beside the program, from whichever folder it is started.
    WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
});

// From the first moment: what has been started by then is stopped too, and a terminal that is closed ends the service as Ctrl+C does.
using var ending = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);

try
{
    var verification = isVerification ? VerifyCommand.Parse(args[1..]) : null;
    if (verification is { IsOfLedger: false })
        return await verification.VerifyOfflineAsync(Console.Out, ending.Token);
    var archiving = isArchiving ? ArchiveCommand.Parse(args[1..]) : null;
    if (verification is null && archiving is null)
        Arguments.Check(args);
    Settings.Check(builder.Configuration);
    // Without a connection string the service brings its own server, which starts while the host is built; it stops with this process, after
    // everything that uses it.
    await using var privateServer = builder.Configuration.GetConnectionString("TokenFactory") is null ? StartPrivateServer() : null;
    var connections = privateServer is null ? DatabaseConnections.From(builder.Configuration) : null;
    if (verification is not null || archiving is not null)
    {
        var owner = (connections ?? DatabaseConnections.From((await privateServer!.Started).ConnectionString)).Owner;
        return verification is not null
            ? await verification.VerifyLedgerAsync(owner, Console.Out, ending.Token)
            : await archiving!.RunAsync(owner, builder.Configuration.GetSection(LedgerOptions.Section).Get<LedgerOptions>() ?? new(), CheckpointKey.FileOf(builder.Configuration),
                [ArchiveFolds.FindAsync, ArchiveRepricings.FindUnsettledAsync, ArchiveRepricings.FindRunningAsync], ArchiveFolds.FindUnreleasedAsync, Console.Out, ending.Token);
    }

    builder.Services.AddSingleton(TimeProvider.System);
    builder.AddHosting();
    builder.Services.AddDatabase(() => connections!);
    builder.Services.AddAccess(builder.Configuration);
    builder.Services.AddCatalog(builder.Configuration);
    builder.Services.AddLedger(builder.Configuration);
    builder.Services.AddIngestion(builder.Configuration);
    builder.Services.AddRepricing(builder.Configuration);
    builder.Services.AddRollUp(builder.Configuration);
    builder.Services.AddStatistics(builder.Configuration);
    if (isDemo)
    {
        builder.Services.AddHostedService<DemoService>();
        builder.Services.AddSingleton(provider => AccessOfDemo(
            provider.GetRequiredService<TemporaryKeys>(), provider.GetRequiredService<IOptions<AccessOptions>>().Value));
    }
    else
    {
        builder.Services.AddHostedService<DemoClockReturn>();
    }

    await using var app = builder.Build();
    app.UseMiddleware<ReadinessGate>();
    app.UseHosting();
    if (privateServer is not null)
        connections = DatabaseConnections.From((await privateServer.Started).ConnectionString);
    await app.RunAsync(ending.Token);
    return Environment.ExitCode;
}
catch (Exception e) when (e is PrivateServerException or OptionsValidationException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    // Asked to end, or refused by its database, while it was still starting: whoever refused has said so and set the code.
    return Environment.ExitCode;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{e.Message} Another program listens there: choose another address, such as --urls http://127.0.0.1:5080.");
    return 1;
}

PrivateServerStart StartPrivateServer()
{
    var loggers = HostingRegistration.StartupLoggers(builder.Configuration);
    var options = builder.Configuration.GetSection("TokenFactory").Get<PrivateServerOptions>() ?? new PrivateServerOptions();
    return new PrivateServerStart(options, loggers.CreateLogger<PrivatePostgres>(), TimeProvider.System, ending.Token);
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ending.Cancel();
}

static DemoAccess AccessOfDemo(TemporaryKeys keys, AccessOptions options) => new()
{
    CreateKeyAsync = cancellationToken => keys.CreateAdminAsync("demonstration", TimeSpan.FromHours(1), cancellationToken),
    RevokeKeyAsync = keys.RevokeAsync,
    FiguresArePublic = options.PublicFigures,
    HasConfiguredKey = !string.IsNullOrEmpty(options.BootstrapAdminKey),
};

public sealed partial class Program;
