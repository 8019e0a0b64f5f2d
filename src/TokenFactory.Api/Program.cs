using TokenFactory.Api.Access;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ingestion;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.RollUp;
using TokenFactory.Api.Statistics;

var builder = WebApplication.CreateBuilder(args);
var connectionString = builder.Configuration.GetConnectionString("TokenFactory")
    ?? throw new InvalidOperationException("ConnectionStrings__TokenFactory is not set.");
builder.Services.AddSingleton(TimeProvider.System);
builder.AddHosting();
builder.Services.AddDatabase(DatabaseConnections.From(connectionString, builder.Configuration.GetConnectionString("TokenFactoryOwner")));
builder.Services.AddAccess(builder.Configuration);
builder.Services.AddCatalog(builder.Configuration);
builder.Services.AddLedger(builder.Configuration);
builder.Services.AddIngestion(builder.Configuration);
builder.Services.AddRollUp(builder.Configuration);
builder.Services.AddStatistics(builder.Configuration);

var app = builder.Build();
app.UseMiddleware<ReadinessGate>();
app.UseHosting();
await app.RunAsync();

public sealed partial class Program;
