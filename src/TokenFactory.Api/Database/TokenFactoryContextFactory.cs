using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace TokenFactory.Api.Database;

/// <summary>Lets <c>dotnet ef migrations add</c> build the model without starting the service or a server.</summary>
internal sealed class TokenFactoryContextFactory : IDesignTimeDbContextFactory<TokenFactoryContext>
{
    public TokenFactoryContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TokenFactoryContext>();
        TokenFactoryContext.Configure(options, o => o.UseNpgsql("Host=localhost"));
        return new TokenFactoryContext(options.Options);
    }
}
