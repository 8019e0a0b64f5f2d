using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

var builder = WebApplication.CreateBuilder(args);
var connectionString = builder.Configuration.GetConnectionString("TokenFactory")
    ?? throw new InvalidOperationException("ConnectionStrings__TokenFactory is not set.");
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddDatabase(DatabaseConnections.From(connectionString, builder.Configuration.GetConnectionString("TokenFactoryOwner")));
builder.Services.AddControllers().AddJsonOptions(o => WireJson.Configure(o.JsonSerializerOptions));

var app = builder.Build();
app.MapControllers();
await app.RunAsync();

public sealed partial class Program;
