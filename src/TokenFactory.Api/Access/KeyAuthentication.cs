using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.AspNetCore.Mvc.Controllers;
using TokenFactory.Api.Access.Audit;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>Reads a key from <c>Authorization: Bearer</c> or <c>X-Api-Key</c>.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, KeyAuthentication.OneLogger logger, UrlEncoder encoder, KeyRing keys, RateLimits limits, RefusedAttempts attempts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string KeyHeader = "X-Api-Key";
    private const string Bearer = "Bearer ";
    private const int MaxKeyLength = 512;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Who needs no key is not held up by one: a probe that sends its key lives on while the database is away.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return AuthenticateResult.NoResult();
        var presented = Presented();
        if (string.IsNullOrEmpty(presented))
            return AuthenticateResult.NoResult();
        return presented.Length <= MaxKeyLength && (keys.Remembered(presented) ?? await FindAsync(presented)) is { } principal
            ? AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName))
            : AuthenticateResult.Fail("The key is not valid.");
    }

    // What was never seen to be right is taken off the address first: guessing must not reach the database without end.
    private async ValueTask<ClaimsPrincipal?> FindAsync(string presented)
    {
        if (!keys.IsKnown(presented) && !limits.TryCharge(Context))
            return null;
        var principal = await keys.FindAsync(presented, Context.RequestAborted);
        if (principal is not null)
            RateLimits.Return(Context);
        return principal;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        CountAttempt(StatusCodes.Status401Unauthorized);
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "unauthorized", "A valid key is needed.",
            "Send it as `Authorization: Bearer tf_...` or in the header X-Api-Key.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        CountAttempt(StatusCodes.Status403Forbidden);
        return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, "forbidden", "The key does not allow this.",
            $"Use a key with the scope {ScopeAsked()}.");
    }

    // The policy that an operation names is the scope that its key must have; figures, where they are not public, are read.
    private string ScopeAsked() => Context.GetEndpoint()?.Metadata.OfType<IAuthorizeData>().LastOrDefault(a => a.Policy is not null)?.Policy
        is { } policy and not "figures" ? policy : ScopeNames.Read;

    // The audit log tells of those who tried what only administrators may.
    private void CountAttempt(int status)
    {
        if (ScopeAsked() == ScopeNames.Admin && Context.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is { } operation)
            attempts.Add(AuditActors.Of(Context.User), AuditConvention.NameOf(operation), status, Context.Connection.RemoteIpAddress);
    }

    private string? Presented()
    {
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : Request.Headers[KeyHeader].ToString();
    }

    /// <summary>The framework makes a handler for each request, and each handler asks for its logger: this one is made once.</summary>
    internal sealed class OneLogger(ILogger<KeyAuthentication> logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("It has one logger.");

        public void Dispose()
        {
        }
    }
}
