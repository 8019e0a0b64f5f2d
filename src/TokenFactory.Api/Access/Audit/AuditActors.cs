using System.Security.Claims;
using TokenFactory.Api.Database.Audit;

namespace TokenFactory.Api.Access.Audit;

/// <summary>Who a request is from, as the audit log names it.</summary>
internal static class AuditActors
{
    public static AuditActor Of(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true } identity
        ? new AuditActor(identity.AuthenticationType == KeyAuthentication.SchemeName ? "key" : "person", user.FindFirstValue(ClaimTypes.NameIdentifier), identity.Name)
        : AuditActor.Unknown;
}
