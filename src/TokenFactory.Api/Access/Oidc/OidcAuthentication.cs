using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access.Oidc;

/// <summary>
/// Tokens of an OpenID Connect provider beside keys: the form of what is presented decides which it is. Both give the same claims, so that nothing
/// else need know of the difference; what is refused is answered alike.
/// </summary>
internal static class OidcAuthentication
{
    /// <summary>Chooses between keys and tokens.</summary>
    public const string ChoiceScheme = "Credentials";
    public const string SchemeName = "Oidc";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private const string ReadValue = "tokenfactory.read";
    private const string AdminValue = "tokenfactory.admin";
    private const string Bearer = "Bearer ";
    private const string RolesClaim = "roles";
    private static readonly string[] ReadClaims = ["scope", "scp", RolesClaim];

    public static void AddOidc(this AuthenticationBuilder authentication, OidcOptions options) => authentication
        .AddPolicyScheme(ChoiceScheme, null, choice =>
        {
            choice.ForwardDefaultSelector = context => IsToken(context) ? SchemeName : KeyAuthentication.SchemeName;
            choice.ForwardChallenge = KeyAuthentication.SchemeName;
            choice.ForwardForbid = KeyAuthentication.SchemeName;
        })
        .AddJwtBearer(SchemeName, bearer =>
        {
            bearer.Authority = options.Authority;
            bearer.Audience = options.Audience;
            bearer.RequireHttpsMetadata = !new Uri(options.Authority!).IsLoopback;
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters.ClockSkew = ClockSkew;
            // Signed with a private key: a secret that both sides share is no signature of the provider's, and none is none.
            bearer.TokenValidationParameters.ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
                SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ];
            bearer.Events = new JwtBearerEvents
            {
                OnTokenValidated = validated =>
                {
                    // So long a request with it is let in.
                    validated.Properties.ExpiresUtc += ClockSkew;
                    if (PrincipalOf(validated.Principal!, options) is { } person)
                        validated.Principal = person;
                    else
                        validated.Fail("The token names nobody.");
                    return Task.CompletedTask;
                },
            };
        });

    // Three parts, of which the first is a JSON object in base64url: no key that the service makes looks so. Who needs none is not held up by one.
    private static bool IsToken(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && authorization.AsSpan(Bearer.Length).Trim() is var token && token.StartsWith("eyJ", StringComparison.Ordinal) && token.Count('.') == 2
            && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null;
    }

    // The same claims as a key's, and nothing else of what the provider says.
    private static ClaimsPrincipal? PrincipalOf(ClaimsPrincipal token, OidcOptions options)
    {
        if (token.FindFirstValue(JwtRegisteredClaimNames.Sub) is not { Length: > 0 } subject)
            return null;
        var identity = new ClaimsIdentity(SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, subject));
        identity.AddClaim(new Claim(ClaimTypes.Name,
            token.FindFirstValue(JwtRegisteredClaimNames.Name) ?? token.FindFirstValue("preferred_username") ?? token.FindFirstValue(JwtRegisteredClaimNames.Email) ?? subject));
        foreach (var scope in ScopeNames.Implied(ScopesOf(token, options)))
            identity.AddClaim(new Claim(KeyClaims.Scope, scope));
        if (identity.HasClaim(KeyClaims.Scope, ScopeNames.Admin))
            identity.AddClaim(new Claim(KeyClaims.Source, KeyClaims.EverySource));
        return new ClaimsPrincipal(identity);
    }

    // One text with spaces between, or a list.
    private static Scopes ScopesOf(ClaimsPrincipal token, OidcOptions options)
    {
        var isConfigured = !string.IsNullOrEmpty(options.ScopeClaim);
        // A scope says what a program has asked for, and anybody's program may ask; a role is given to a person by the provider.
        return (Holds(ReadValue, isConfigured ? [options.ScopeClaim!] : ReadClaims) ? Scopes.Read : Scopes.None)
            | (Holds(AdminValue, isConfigured ? [options.ScopeClaim!] : [RolesClaim]) ? Scopes.Admin : Scopes.None);

        bool Holds(string value, string[] names) => token.Claims.Any(c =>
            names.Contains(c.Type, StringComparer.Ordinal) && c.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(value, StringComparer.Ordinal));
    }
}
