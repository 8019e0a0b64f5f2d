using Microsoft.AspNetCore.Authorization;
using Npgsql;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Access;

/// <summary>
/// Whether whoever was let in by a key would still be: the policy <c>still_valid</c>, for an answer that goes on long after its request was let in. While the
/// database does not answer nobody is found to be revoked.
/// </summary>
internal sealed class StillValid(KeyRing keys) : AuthorizationHandler<StillValid.Requirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
    {
        try
        {
            if (await keys.IsStillValidAsync(context.User, CancellationToken.None))
                context.Succeed(requirement);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseAwayHandler.IsAway(e))
        {
            context.Succeed(requirement);
        }
    }

    internal sealed class Requirement : IAuthorizationRequirement;
}
