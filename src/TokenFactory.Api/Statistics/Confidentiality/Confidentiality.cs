using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.RollUp;

namespace TokenFactory.Api.Statistics;

/// <summary>What the public gets of an operation while small cells are withheld.</summary>
internal enum WhileWithheld
{
    /// <summary>The same: it has no figures.</summary>
    TheSame,

    /// <summary>What is released, without what is withheld.</summary>
    Releases,
}

/// <summary>Says what the public gets of an operation while small cells are withheld. Without it: nothing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WhileWithheldAttribute(WhileWithheld answer) : Attribute
{
    public WhileWithheld Answer { get; } = answer;
}

/// <summary>For whom small cells are withheld.</summary>
internal sealed class Confidentiality(IOptions<SuppressionOptions> options)
{
    /// <summary>The policy of what may be public.</summary>
    public const string Policy = "figures";

    private readonly string? _scope = !options.Value.IsOn ? null : options.Value.AppliesToReadKeys ? "admin" : "read";

    /// <summary>Whether whoever asks gets what is released, and nothing else.</summary>
    public bool AppliesTo(ClaimsPrincipal user) => _scope is { } scope && !user.HasClaim(KeyClaims.Scope, scope);

    /// <summary>The refusal of what could tell of single cells.</summary>
    /// <param name="parameters">The parameters that ask for it.</param>
    public static ObjectResult Refusal(HttpContext http, params IReadOnlyList<string> parameters) => Problems.Result(
        http, StatusCodes.Status403Forbidden, "confidential", "Small cells are withheld from the public here.",
        "Without a key with the right to more, `GET /v1/gdp` and series of it are answered as far as months are released: by month, quarter or year of UTC, from the first day of one, "
        + "of and by sector and producer, gross, in current prices, as released.",
        [.. parameters.Select(p => new FieldError($"?{p}", "confidential", "Leave it out, or ask with a key."))]);
}

/// <summary>
/// Refuses what may be public in general, but not while small cells are withheld. An operation that says nothing of that is refused: a new one tells nothing
/// before somebody has thought of it.
/// </summary>
internal sealed class ConfidentialityFilter(Confidentiality confidentiality) : IAuthorizationFilter
{
    public void OnAuthorization(AuthorizationFilterContext context)
    {
        if (!confidentiality.AppliesTo(context.HttpContext.User))
            return;
        var metadata = context.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAuthorizeData>().Any(a => a.Policy == Confidentiality.Policy) && !metadata.OfType<WhileWithheldAttribute>().Any())
            context.Result = Confidentiality.Refusal(context.HttpContext);
    }
}
