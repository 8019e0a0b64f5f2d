using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Tests.Hosting;

/// <summary>A setting that would not do what its writer meant ends the start, with one sentence that says what to do.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("PublicFigure", "false", "There is no setting TokenFactory__PublicFigure. TokenFactory has: ")]
    [InlineData("Ledger:Writer", "1", "There is no setting TokenFactory__Ledger__Writer. TokenFactory__Ledger has: ")]
    [InlineData("Swagger", "maybe", "TokenFactory__Swagger can't be read: it must be true or false.")]
    [InlineData("Ingestion:MaxBodyBytes", "abc", "TokenFactory__Ingestion__MaxBodyBytes can't be read: it must be a whole number.")]
    [InlineData("Ingestion:MaxBodyBytes", "99999999999", "TokenFactory__Ingestion__MaxBodyBytes can't be read: it must be a whole number.")]
    [InlineData("Ledger:Writers", "0", "TokenFactory__Ledger__Writers must be in 1 to 64.")]
    [InlineData("PostgresStartTimeoutSeconds", "1", "TokenFactory__PostgresStartTimeoutSeconds must be in 5 to 3600.")]
    public void What_is_wrong_is_told_by_its_name(string name, string value, string told)
    {
        var check = () => Settings.Check(Configuration(new() { [$"TokenFactory:{name}"] = value }));

        check.Should().Throw<OptionsValidationException>().Which.Message.Should().StartWith(told);
    }

    [Fact]
    public void All_faults_are_told_at_once_and_no_value_is_repeated()
    {
        var check = () => Settings.Check(Configuration(new()
        {
            ["TokenFactory:Swagger"] = "secret-1",
            ["TokenFactory:BootstrapKey"] = "secret-2",
            ["TokenFactory:RollUp:FoldIntervalMs"] = "secret-3",
        }));

        check.Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(3).And.NotContainMatch("*secret*");
    }

    [Fact]
    public void Every_setting_is_known_by_its_name_whatever_the_case()
    {
        var check = () => Settings.Check(Configuration(new()
        {
            ["TokenFactory:DataFolder"] = "x",
            ["TokenFactory:PostgresBinaries"] = "x",
            ["TokenFactory:PostgresStartTimeoutSeconds"] = "5",
            ["TokenFactory:Swagger"] = "False",
            ["TokenFactory:Metrics"] = "true",
            ["TokenFactory:LogFormat"] = "json",
            ["TokenFactory:PublicFigures"] = "false",
            ["TokenFactory:BootstrapAdminKey"] = "x",
            ["TokenFactory:RegisterUnknownProducers"] = "true",
            ["TokenFactory:ReportingCurrency"] = "EUR",
            ["TokenFactory:Ledger:Writers"] = "64",
            ["TokenFactory:RollUp:Enabled"] = "true",
            ["TokenFactory:Ingestion:MaxStreamBytes"] = "17592186044416",
            ["tokenfactory:statistics:maxrows"] = "1",
        }));

        check.Should().NotThrow();
    }

    [Theory]
    [InlineData("", "ConnectionStrings__TokenFactory names no host.")]
    [InlineData("Username=x", "ConnectionStrings__TokenFactory names no host.")]
    [InlineData("postgres://secret@localhost/x", "ConnectionStrings__TokenFactory is no connection string.")]
    [InlineData("Host=localhost;Port=secret", "ConnectionStrings__TokenFactory is no connection string.")]
    public void A_connection_string_that_can_not_be_read_is_told_and_not_repeated(string text, string told)
    {
        var read = () => DatabaseConnections.From(Configuration(new() { ["ConnectionStrings:TokenFactory"] = text }));

        read.Should().Throw<OptionsValidationException>().Which.Message.Should().StartWith(told).And.NotContain("secret");
    }

    [Theory]
    [InlineData("TokenFactory__PublicFigure", "false", "There is no setting TokenFactory__PublicFigure.")]
    [InlineData("TokenFactory__ReportingCurrency", "XXX", "TokenFactory__ReportingCurrency must be an ISO 4217 code")]
    [InlineData("ConnectionStrings__TokenFactory", "", "ConnectionStrings__TokenFactory names no host.")]
    [InlineData("TokenFactory__Statistics__TimeZone", "Europe/Berlinn", "TokenFactory:Statistics:TimeZone must be an IANA name")]
    [InlineData("TokenFactory__Statistics__TimeZone", "Asia/Kolkata", "TokenFactory:Statistics:TimeZone must be a zone of whole hours from UTC")]
    public async Task The_service_ends_with_a_sentence_and_no_stack_trace(string name, string value, string told)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var argument in (string[])["TokenFactory.Api.dll", "--urls", "http://127.0.0.1:0"])
            start.ArgumentList.Add(argument);
        start.Environment["ConnectionStrings__TokenFactory"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=nothing";
        start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(1);
        error.Should().StartWith(told).And.NotContain("   at ");
        (await output).Should().NotContain("   at ");
    }

    [Theory]
    [InlineData("There is no argument --dmeo.", "--dmeo")]
    [InlineData("There is no argument demo.", "demo")]
    [InlineData("There is no argument --TokenFactori:Swagger=false.", "--TokenFactori:Swagger=false")]
    [InlineData("The argument --urls has no value.", "--demo", "--urls")]
    public void An_argument_that_nobody_reads_is_told(string told, params string[] arguments)
    {
        var check = () => Arguments.Check(arguments);

        check.Should().Throw<OptionsValidationException>().Which.Message.Should().StartWith(told).And.Contain("--demo");
    }

    [Theory]
    [InlineData]
    [InlineData("--demo", "--urls", "http://127.0.0.1:0")]
    [InlineData("--urls=http://127.0.0.1:0", "--TokenFactory:Swagger", "false", "--Serilog:MinimumLevel:Default=Debug")]
    public void Arguments_of_the_program_and_of_the_host_are_taken(params string[] arguments)
    {
        var check = () => Arguments.Check(arguments);

        check.Should().NotThrow();
    }

    private static IConfiguration Configuration(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
