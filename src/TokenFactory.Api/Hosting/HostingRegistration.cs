using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace TokenFactory.Api.Hosting;

internal static class HostingRegistration
{
    /// <summary>Noted in <see cref="HttpContext.Items"/> where usage answers 200 although some of it was held back or refused: the log tells it.</summary>
    public static readonly object NotAllTaken = new();

    /// <summary>Noted in <see cref="HttpContext.Items"/> where HEAD is answered as GET is: an answer without an end ends with its headers.</summary>
    public static readonly object WithoutBody = new();

    /// <summary>By this name the demonstration's own requests are told from others': thousands at once, of no interest one by one.</summary>
    public const string DemonstrationAgent = "token-factory-demonstration";

    /// <summary>Logs, problem documents, health, metrics, the OpenAPI document and Swagger UI.</summary>
    public static void AddHosting(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<HostingOptions>().Bind(builder.Configuration.GetSection(HostingOptions.Section))
            .Validate(o => o.LogFormat is "text" or "json", "TokenFactory:LogFormat must be text or json.")
            .ValidateOnStart();
        builder.AddLimits();
        builder.Services.AddSerilog((_, logs) => Configure(logs, builder.Configuration));
        builder.Services.AddControllers(o =>
            {
                o.Filters.Add<KnownParameters>();
                // No operation has a form, and reading one would take away a body that says it is one.
                o.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
                o.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
                o.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
            })
            .ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new InternalControllers()))
            .ConfigureApiBehaviorOptions(o =>
            {
                o.InvalidModelStateResponseFactory = BindingProblems.Answer;
                o.SuppressMapClientErrors = true;
            })
            .AddJsonOptions(o => WireJson.Configure(o.JsonSerializerOptions));
        builder.Services.PostConfigure<Microsoft.AspNetCore.Mvc.MvcOptions>(WireJson.TakeUtf8Only);
        // The OpenAPI document takes its names from these.
        builder.Services.ConfigureHttpJsonOptions(o => WireJson.Configure(o.SerializerOptions));
        builder.Services.AddExceptionHandler<DatabaseAwayHandler>();
        builder.Services.AddHealthChecks();
        builder.Services.AddCrossOrigin(builder.Configuration);
        builder.Services.AddApiDocument();
        builder.Services.AddHsts(o => o.MaxAge = TimeSpan.FromDays(365));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation()
            .AddMeter("TokenFactory.*", "Npgsql", "System.Runtime")
            .AddPrometheusExporter());
    }

    /// <summary>Everything that a request passes before it reaches a controller, in order.</summary>
    public static void UseHosting(this WebApplication app)
    {
        var options = app.Configuration.GetSection(HostingOptions.Section).Get<HostingOptions>() ?? new HostingOptions();
        app.UseKnownProxies(options.KnownProxies);
        app.UseSerilogRequestLogging(o =>
        {
            o.MessageTemplate = "{RequestMethod} {RequestPath} answered {StatusCode} in {Elapsed:0.0} ms";
            o.GetLevel = (context, _, exception) => exception is not null ? LogEventLevel.Error
                : RateLimits.IsProbe(context) ? LogEventLevel.Debug
                : context.Response.StatusCode >= 500 ? LogEventLevel.Error
                : IsTaken(context) || context.Request.Headers.UserAgent == DemonstrationAgent ? LogEventLevel.Debug
                : LogEventLevel.Information;
            o.EnrichDiagnosticContext = (diagnostics, context) =>
                diagnostics.Set("TraceId", System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
        });
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = LastResort.AnswerAsync,
            SuppressDiagnosticsCallback = context => DatabaseAwayHandler.IsAway(context.Exception),
        });
        app.Use(SecurityHeaders.AddAsync);
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
        app.UseStatusCodePages(context => StatusPages.WriteAsync(context.HttpContext));
        // What is posted is no page.
        app.UseWhen(context => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method), pages =>
        {
            pages.UseDefaultFiles();
            if (options.Swagger)
                pages.UseApiPages();
        });
        app.Use(AnswerHeadAsync);
        app.UseRouting();
        app.UseCrossOrigin();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.Use(app.Services.GetRequiredService<RateLimits>().ApplyAsync);
        app.UseAuthorization();
        // Compressed when it was built.
        app.MapStaticAssets().AllowAnonymous().WithMetadata(RateLimits.Probe);
        app.MapControllers();
        HealthPages.Map(app, options.HealthDetail);
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        if (options.Metrics)
            app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous().WithMetadata(RateLimits.Probe);
    }

    private static void AddLimits(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(LimitsOptions.Section);
        builder.Services.AddOptions<LimitsOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<RateLimits>();
        var limits = section.Get<LimitsOptions>() ?? new LimitsOptions();
        builder.Services.AddTimeouts(limits);
        // A connection that waits holds 4 KB, and each request saves a system call.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Small bodies only, unless an endpoint has limits of its own.
            kestrel.Limits.MaxRequestBodySize = limits.MaxSmallBodyBytes;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.MinBodyBytesPerSecond, TimeSpan.FromSeconds(limits.SlowBodyGraceSeconds));
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(limits.KeepAliveTimeoutSeconds);
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeadersTimeoutSeconds);
            kestrel.Limits.MaxRequestLineSize = limits.MaxRequestLineBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = limits.MaxHeaders;
            kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
            // What is read ahead holds at least a line.
            kestrel.Limits.MaxRequestBufferSize = Math.Max(1 << 20, limits.MaxRequestLineBytes);
        });
    }

    // What answers GET answers HEAD, with the same headers; the server leaves the body away.
    private static Task AnswerHeadAsync(HttpContext context, RequestDelegate next)
    {
        return HttpMethods.IsHead(context.Request.Method) ? AnswerAsGetAsync() : next(context);

        async Task AnswerAsGetAsync()
        {
            var method = context.Request.Method;
            context.Request.Method = HttpMethods.Get;
            context.Items[WithoutBody] = true;
            try
            {
                await next(context);
            }
            finally
            {
                context.Request.Method = method;
            }
        }
    }

    /// <summary>Logs of what runs before there is a host, and beside it.</summary>
    public static ILoggerFactory StartupLoggers(IConfiguration configuration) =>
        new Serilog.Extensions.Logging.SerilogLoggerFactory(Configure(new LoggerConfiguration(), configuration).CreateLogger(), dispose: true);

    private static LoggerConfiguration Configure(LoggerConfiguration logs, IConfiguration configuration)
    {
        logs.MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            // At Debug it repeats the names of members that are unknown: what a body says is in no log.
            .MinimumLevel.Override("Microsoft.AspNetCore.Mvc.Formatters", LogEventLevel.Warning)
            // Comes with authentication; nothing here is protected by it.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Fatal)
            // It reports as an error what is answered as a conflict, and asks for a history table that is not there yet; what it throws is
            // logged by whoever does not expect it.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore.Migrations", LogEventLevel.Warning)
            // A start that fails says why on standard error; the host would add a stack trace.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            // Whoever asks is told; whoever misses the database says so.
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
            // A broken connection is told by whoever used it, once and with what it means.
            .MinimumLevel.Override("Npgsql.Connection", LogEventLevel.Fatal)
            // A start that fails cancels what has begun: not a fault of its own.
            .Filter.ByExcluding(e => e.Exception is OperationCanceledException)
            .ReadFrom.Configuration(configuration)
            .Enrich.FromLogContext();
        return configuration.GetSection(HostingOptions.Section)[nameof(HostingOptions.LogFormat)] == "json"
            ? logs.WriteTo.Console(new RenderedCompactJsonFormatter())
            : logs.Enrich.With(new OneLine()).WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture, theme: Serilog.Sinks.SystemConsole.Themes.ConsoleTheme.None,
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}");
    }

    // Usage that came in and was taken: thousands of requests a second, which metrics and the ledger tell of. What was held back or refused in part
    // is noted by its controller where the status does not tell.
    private static bool IsTaken(HttpContext context) =>
        context.Response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status201Created && HttpMethods.IsPost(context.Request.Method)
        && !context.Items.ContainsKey(NotAllTaken)
        && (context.Request.Path.StartsWithSegments("/v1/ingest", StringComparison.Ordinal)
            || context.Request.Path.Value is "/v1/events" or "/v1/traces" or "/v1/metrics");
}
