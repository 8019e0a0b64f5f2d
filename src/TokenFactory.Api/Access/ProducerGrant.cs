using Microsoft.AspNetCore.Authorization;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>Whether a key may write usage of one producer: the policy <c>producer</c>, asked with the producer's id as the resource.</summary>
internal sealed class ProducerGrant : AuthorizationHandler<ProducerGrant.Requirement, string>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement, string resource)
    {
        if (!context.User.HasClaim(c => c.Type == KeyClaims.Producer) || context.User.HasClaim(KeyClaims.Producer, resource))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    internal sealed class Requirement : IAuthorizationRequirement;
}
