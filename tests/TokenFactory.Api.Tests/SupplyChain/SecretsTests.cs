using System.Diagnostics;
using System.Text.RegularExpressions;
using TokenFactory.Api.Access;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.SupplyChain;

/// <summary>No file of the checkout holds a secret: every tracked file is looked through.</summary>
public sealed partial class SecretsTests
{
    private const long MaxBytes = 4 << 20;

    // Passwords of examples and of databases that live as long as a test; each is public by being here.
    private static readonly string[] PublicPasswords = ["secret", "x", "y", "password", "postgres", "wrong", "change-me", "..."];

    [Fact]
    public async Task No_tracked_file_holds_a_secret()
    {
        var files = await TrackedFilesAsync();
        var found = new List<string>();
        foreach (var file in files)
        {
            var path = Path.Combine(Repository.Root, file);
            // A file that is tracked may be gone from a working copy.
            if (File.Exists(path) && new FileInfo(path).Length <= MaxBytes)
                found.AddRange(SecretsOf(await File.ReadAllTextAsync(path)).Select(secret => $"{file}: {secret[..Math.Min(12, secret.Length)]}..."));
        }

        files.Should().HaveCountGreaterThan(300).And.Contain("README.md").And.NotContain(".env");
        found.Should().BeEmpty();
    }

    public static TheoryData<string> Planted =>
    [
        KeyFormat.Create().Key,
        "-----BEGIN " + "PRIVATE KEY-----", "-----BEGIN RSA " + "PRIVATE KEY-----", "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP", "ghp_" + new string('a', 36), "github_pat_" + new string('a', 40), "sk-" + "proj-" + new string('a', 40), "sk-ant-" + new string('a', 40),
        "xoxb-" + "1234567890-abcdefghij", "AIza" + new string('a', 35), "eyJ" + new string('a', 20) + ".eyJ" + new string('b', 20) + "." + new string('c', 20),
        "Host=db;Username=u;Pass" + "word=Tr0ub4dor", "postgres://user:" + "Tr0ub4dor@db/x", "POSTGRES_PASS" + "WORD: Tr0ub4dor", "{\"pass" + "word\": \"Tr0ub4dor\"}",
    ];

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_secret_would_be_found(string secret) => SecretsOf($"some text\nkey = \"{secret}\"\n").Should().NotBeEmpty();

    [Theory]
    [InlineData("Host=db;Username=u;Password=secret")]
    [InlineData("Password=${POSTGRES_PASSWORD:?set it}")]
    [InlineData("Password={password}")]
    [InlineData("POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}")]
    [InlineData("tf_0123456789abcdef_not-a-key")]
    public void What_is_no_secret_is_none(string text) => SecretsOf(text).Should().BeEmpty();

    private static IEnumerable<string> SecretsOf(string text) =>
        OwnKey().Matches(text).Select(m => m.Value).Where(key => KeyFormat.IdOf(key) is not null)
            .Concat(Known().Matches(text).Select(m => m.Value))
            .Concat(Password().Matches(text).Where(m => !PublicPasswords.Contains(m.Groups["value"].Value, StringComparer.OrdinalIgnoreCase)).Select(m => m.Value));

    private static async Task<List<string>> TrackedFilesAsync()
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, WorkingDirectory = Repository.Root };
        foreach (var argument in (string[])["-c", "safe.directory=*", "ls-files", "-z"])
            start.ArgumentList.Add(argument);
        using var git = Process.Start(start)!;
        var listed = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        git.ExitCode.Should().Be(0);
        return [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries)];
    }

    [GeneratedRegex("tf_[0-9a-f]{16}_[A-Za-z0-9_-]{49}")]
    private static partial Regex OwnKey();

    [GeneratedRegex("""
        -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{36}|\bsk-(proj-|ant-|or-)[A-Za-z0-9_-]{32}
        |\bxox[abprs]-[0-9A-Za-z-]{20}|\bAIza[0-9A-Za-z_-]{35}|\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Known();

    // What is filled in elsewhere ($, {) is no password, nor is what code puts together.
    [GeneratedRegex("""
        ://[a-z_]+:(?<value>[^\s:@/"'`<>${}()]+)(?=@)
        |(\bPassword=|"password"[\ \t]*:[\ \t]*"|(?-i:PASSWORD)["']?[\ \t]*[:=][\ \t]*["']?)(?<value>[^\s;"'`@<>${}()\\/|,?]+)(?=[;"'\s]|$)
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Password();
}
