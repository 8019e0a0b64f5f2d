using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TokenFactory.Api.Access.Audit;
using TokenFactory.Api.Access.Oidc;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

internal static class AccessRegistration
{
    /// <summary>
    /// Keys, and the policies that controllers name: <c>ingest</c>, <c>read</c>, <c>admin</c>, <c>figures</c> (everybody where figures are
    /// public), <c>source</c> (asked with a source's name), <c>producer</c> (with a producer's id) and <c>still_valid</c> (asked while an answer goes on). What names no policy is denied to everybody without a key.
    /// </summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection("TokenFactory");
        var oidc = configuration.GetSection(OidcOptions.Section).Get<OidcOptions>() ?? new OidcOptions();
        services.AddOptions<AccessOptions>().Bind(section)
            .Validate(o => string.IsNullOrEmpty(o.BootstrapAdminKey) || o.BootstrapAdminKey.Length is >= 32 and <= 512,
                "TokenFactory:BootstrapAdminKey must have 32 to 512 characters.")
            // A header is cut of the white space around it, so that such a key could never be presented.
            .Validate(o => o.BootstrapAdminKey is null || (o.BootstrapAdminKey == o.BootstrapAdminKey.Trim() && !o.BootstrapAdminKey.Any(char.IsControl)),
                "TokenFactory:BootstrapAdminKey must not hold control characters, nor white space around it.")
            .ValidateOnStart();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyUses>();
        services.AddSingleton<RefusedAttempts>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<TemporaryKeys>();
        services.AddHostedService<FirstKey>();
        services.AddHostedService<AccessNotes>();
        services.Configure<MvcOptions>(o =>
        {
            o.Conventions.Add(new AuditConvention());
            o.Filters.Add(new AuditFilter());
        });
        services.AddSingleton<IAuthorizationHandler, SourceGrant>();
        services.AddSingleton<IAuthorizationHandler, ProducerGrant>();
        services.AddSingleton<IAuthorizationHandler, StillValid>();
        services.AddSingleton<KeyAuthentication.OneLogger>();
        services.AddOptions<OidcOptions>().Bind(configuration.GetSection(OidcOptions.Section)).Validate(o => o.Fault() is null, oidc.Fault() ?? "").ValidateOnStart();
        var hasOidc = !string.IsNullOrEmpty(oidc.Authority) && oidc.Fault() is null;
        var authentication = services.AddAuthentication(hasOidc ? OidcAuthentication.ChoiceScheme : KeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null);
        if (hasOidc)
            authentication.AddOidc(oidc);
        var publicFigures = section.GetValue(nameof(AccessOptions.PublicFigures), true);
        services.AddAuthorizationBuilder()
            .AddPolicy("ingest", policy => policy.RequireClaim(KeyClaims.Scope, ScopeNames.Ingest))
            .AddPolicy("read", policy => policy.RequireClaim(KeyClaims.Scope, ScopeNames.Read))
            .AddPolicy("admin", policy => policy.RequireClaim(KeyClaims.Scope, ScopeNames.Admin))
            .AddPolicy("figures", policy => policy.RequireAssertion(context =>
                publicFigures || context.User.HasClaim(KeyClaims.Scope, ScopeNames.Read)))
            .AddPolicy("source", policy => policy.AddRequirements(new SourceGrant.Requirement()))
            .AddPolicy("producer", policy => policy.AddRequirements(new ProducerGrant.Requirement()))
            .AddPolicy("still_valid", policy => policy.AddRequirements(new StillValid.Requirement()))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }
}
