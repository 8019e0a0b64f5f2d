using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Api.Tests.Statistics;

namespace TokenFactory.Api.Tests.Access;

/// <summary>People with a token of an OpenID Connect provider, which is played here, on this machine alone.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private const string Audience = "token-factory-tests";

    private readonly RSA _rsa = RSA.Create(2048);
    private WebApplication _provider = null!;
    private TestDatabase _database = null!;
    private ApiProcess _api = null!;

    private string Issuer => _provider.Urls.First();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _provider = builder.Build();
        _provider.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" }));
        _provider.MapGet("/keys", () =>
        {
            var key = _rsa.ExportParameters(false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = "k1", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } } });
        });
        await _provider.StartAsync();
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        _api = await ApiProcess.StartAsync(_database.ConnectionString, new() { ["TokenFactory__Oidc__Authority"] = Issuer, ["TokenFactory__Oidc__Audience"] = Audience });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _database.DisposeAsync();
        await _provider.DisposeAsync();
        _rsa.Dispose();
    }

    [Fact]
    public async Task A_person_may_do_what_the_token_says_and_keys_work_as_before()
    {
        foreach (var (claims, read, admin) in new (Dictionary<string, object> Claims, HttpStatusCode Read, HttpStatusCode Admin)[]
        {
            (new() { ["scope"] = "openid tokenfactory.read" }, HttpStatusCode.OK, HttpStatusCode.Forbidden),
            (new() { ["scp"] = "tokenfactory.admin" }, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (new() { ["scope"] = "tokenfactory.read tokenfactory.admin" }, HttpStatusCode.OK, HttpStatusCode.Forbidden),
            (new() { ["roles"] = (string[])["other", "tokenfactory.admin"] }, HttpStatusCode.OK, HttpStatusCode.OK),
            (new() { ["scope"] = "openid admin" }, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (new() { ["groups"] = "tokenfactory.admin" }, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            // What a key's claims are called is nothing that a token may bring along.
            (new() { ["source"] = "*", ["scope"] = "admin read ingest" }, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        })
        {
            using var client = _api.ClientWith(Token(claims));
            (await client.GetAsync("/v1/sources")).StatusCode.Should().Be(read, JsonSerializer.Serialize(claims));
            (await client.GetAsync("/v1/api-keys")).StatusCode.Should().Be(admin, JsonSerializer.Serialize(claims));
        }

        (await _api.Client.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.OK, "the configured key is a key");
        var key = await _api.CreateAsync("/v1/api-keys", new { name = "made", scopes = (string[])["read"] });
        using var made = _api.ClientWith(key.GetProperty("key").GetString());
        (await made.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_stream_is_open_for_no_longer_than_the_token_holds()
    {
        // The clocks may be half a minute apart.
        using var client = _api.ClientWith(Token(new() { ["scope"] = "tokenfactory.read" }, lifetime: TimeSpan.FromSeconds(-10)));
        await using var stream = await StatusStream.OpenAsync(client);
        (await stream.NextAsync()).Should().NotBeNull();

        await stream.ReadToEndAsync().WaitAsync(StatusStream.Limit);
    }

    [Fact]
    public async Task A_claim_that_is_configured_counts_alone_and_for_both()
    {
        await using var api = await ApiProcess.StartAsync(_database.ConnectionString, new()
        {
            ["TokenFactory__Oidc__Authority"] = Issuer, ["TokenFactory__Oidc__Audience"] = Audience, ["TokenFactory__Oidc__ScopeClaim"] = "scp",
        });
        using var configured = api.ClientWith(Token(new() { ["scp"] = "tokenfactory.admin" }));
        using var other = api.ClientWith(Token(Admin()));

        (await configured.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await other.GetAsync("/v1/api-keys")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_is_no_valid_token_is_refused_like_a_wrong_key()
    {
        using var otherKey = RSA.Create(2048);
        var good = Token(Admin());
        var parts = good.Split('.');
        var answers = new HashSet<string>();
        foreach (var (what, token) in new (string What, string Token)[]
        {
            ("another issuer", Token(Admin(), issuer: "https://elsewhere.example")),
            ("another audience", Token(Admin(), audience: "another-service")),
            ("no audience", Token(Admin(), audience: null)),
            ("expired", Token(Admin(), lifetime: TimeSpan.FromHours(-1))),
            ("not yet valid", Token(Admin(), begins: TimeSpan.FromHours(1), lifetime: TimeSpan.FromHours(2))),
            ("another key", Token(Admin(), signing: new SigningCredentials(new RsaSecurityKey(otherKey) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256))),
            ("no signature", $"{Part(new { alg = "none", typ = "JWT" })}.{parts[1]}."),
            ("the public key as a shared secret", HmacOfPublicKey(parts[1])),
            ("another body", $"{parts[0]}.{Part(new { iss = Issuer, aud = Audience, sub = "x", exp = 4102444800, roles = "tokenfactory.admin" })}.{parts[2]}"),
            ("nobody", Token(new() { ["roles"] = "tokenfactory.admin" }, subject: null)),
            ("no token at all", "eyJ.eyJ.x"),
            ("a wrong key", "tf_wrong"),
        })
        {
            using var client = _api.ClientWith(token);
            using var answer = await client.GetAsync("/v1/sources");
            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized, what);
            answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer", what);
            var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            answers.Add($"{problem.GetProperty("code")} {problem.GetProperty("detail")}");
        }

        answers.Should().ContainSingle();
        using var person = _api.ClientWith(good);
        (await person.GetAsync("/v1/sources")).StatusCode.Should().Be(HttpStatusCode.OK, "the others differ from this one");
        _api.Output.Should().NotContain(parts[2], "tokens are not logged");
    }

    [Fact]
    public async Task The_audit_log_names_the_person()
    {
        using var client = _api.ClientWith(Token(new() { ["roles"] = "tokenfactory.admin", ["name"] = "Ada" }));
        using var made = await client.PostAsync("/v1/sources", new StringContent("""{"id":"by-a-person"}""", Encoding.UTF8, "application/json"));
        made.StatusCode.Should().Be(HttpStatusCode.Created);

        var row = (await _api.GetAsync("/v1/audit?object=sources/by-a-person")).GetProperty("items").EnumerateArray().Single();
        (row.GetProperty("actor_kind").GetString(), row.GetProperty("actor_id").GetString(), row.GetProperty("actor_name").GetString()).Should().Be(("person", "user-1", "Ada"));
        (await client.PostAsync("/v1/events", new StringContent(Events.Native("a", "by-a-person"), Encoding.UTF8, "application/json"))).StatusCode.Should().Be(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("http://provider.example", Audience, "https")]
    [InlineData("provider", Audience, "https")]
    [InlineData("https://provider.example", "", "Audience must be set")]
    [InlineData("", Audience, "without an Authority")]
    public async Task Settings_that_would_let_in_the_wrong_people_stop_the_start(string authority, string audience, string why)
    {
        var start = () => ApiProcess.StartAsync(_database.ConnectionString, new() { ["TokenFactory__Oidc__Authority"] = authority, ["TokenFactory__Oidc__Audience"] = audience });

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(why);
    }

    private static Dictionary<string, object> Admin() => new() { ["roles"] = "tokenfactory.admin" };

    private string Token(
        Dictionary<string, object> claims, string? issuer = null, string? audience = Audience, TimeSpan? begins = null, TimeSpan? lifetime = null, SigningCredentials? signing = null,
        string? subject = "user-1")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var all = new Dictionary<string, object>(claims);
        if (subject is not null)
            all["sub"] = subject;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer,
            Audience = audience,
            Claims = all,
            NotBefore = now + (begins ?? TimeSpan.FromHours(-2)),
            Expires = now + (lifetime ?? TimeSpan.FromHours(1)),
            SigningCredentials = signing ?? new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
        });
    }

    private string HmacOfPublicKey(string body)
    {
        var signed = $"{Part(new { alg = "HS256", typ = "JWT", kid = "k1" })}.{body}";
        return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(_rsa.ExportParameters(false).Modulus!, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(object json) => Base64UrlEncoder.Encode(JsonSerializer.Serialize(json));
}
