namespace TokenFactory.Api.Access.Oidc;

/// <summary>People who come with a token of an OpenID Connect provider. Off without an authority.</summary>
internal sealed class OidcOptions
{
    public const string Section = "TokenFactory:Oidc";

    /// <summary>The provider: an https address (http on this machine alone) below which <c>/.well-known/openid-configuration</c> is.</summary>
    public string? Authority { get; set; }

    /// <summary>Whom its tokens must be for: the name under which the provider knows this service.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that says what a person may do; left out: <c>scope</c>, <c>scp</c> and <c>roles</c>, and <c>roles</c> alone for <c>tokenfactory.admin</c>.</summary>
    public string? ScopeClaim { get; set; }

    /// <summary>Why the settings can't be used; null: they can.</summary>
    public string? Fault() => string.IsNullOrEmpty(Authority) ? (string.IsNullOrEmpty(Audience) ? null : "TokenFactory:Oidc:Audience is set without an Authority.")
        : !Uri.TryCreate(Authority, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.IsLoopback && address.Scheme == Uri.UriSchemeHttp))
            ? "TokenFactory:Oidc:Authority must be an https address."
        : string.IsNullOrEmpty(Audience) ? "TokenFactory:Oidc:Audience must be set: without it a token for any other service would be taken."
        : null;
}
