using Microsoft.AspNetCore.Authorization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>Whether a key may write for one source: the policy <c>source</c>, asked with the source's name as the resource.</summary>
internal sealed class SourceGrant : AuthorizationHandler<SourceGrant.Requirement, string>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement, string resource)
    {
        if (context.User.HasClaim(KeyClaims.Source, KeyClaims.EverySource)
            || (context.User.HasClaim(KeyClaims.Source, resource) && context.User.HasClaim(KeyClaims.Scope, ScopeNames.Ingest)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    internal sealed class Requirement : IAuthorizationRequirement;
}
