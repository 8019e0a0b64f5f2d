using Microsoft.EntityFrameworkCore;
using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Database;

/// <summary>Starts that fail say what to do; starts at the same time do not disturb each other.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Several_instances_start_at_once_on_an_empty_database()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync("drop schema public cascade; create schema public");

        var apis = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ApiProcess.StartAsync(database.ConnectionString)));

        foreach (var api in apis)
        {
            (await api.Client.GetAsync("/v1/producers/openai")).EnsureSuccessStatusCode();
            await api.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_start_looks_for_exactly_the_migrations_that_there_are()
    {
        await using var context = new TokenFactoryContextFactory().CreateDbContext([]);

        DatabaseMigrator.Ids().Should().BeEquivalentTo(context.Database.GetMigrations());
        context.Database.HasPendingModelChanges().Should().BeFalse("a start that finds them all does not compare the model");
    }

    [Fact]
    public async Task A_start_brings_what_an_older_version_left_up_to_date()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """alter table sources drop column signal_since; delete from "__EFMigrationsHistory" where migration_id like '%_SignalSwitch'""");

        await using var api = await ApiProcess.StartAsync(database.ConnectionString);

        await api.CreateAsync("/v1/sources", new { id = "gateway-1" });
        (await database.ScalarAsync<bool>("select signal_since is null from sources where slug = 'gateway-1'")).Should().BeTrue();
    }

    [Fact]
    public async Task An_index_whose_building_was_cut_off_is_built_anew_while_other_instances_wait()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            update pg_index set indisvalid = false where indexrelid = 'rollup_cell_day_item'::regclass;
            delete from "__EFMigrationsHistory" where migration_id like '%_ItemsOfDays'
            """);

        var apis = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ApiProcess.StartAsync(database.ConnectionString)));

        (await database.ScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'rollup_cell_day_item'::regclass")).Should().BeTrue();
        foreach (var api in apis)
            await api.DisposeAsync();
    }

    [Theory]
    [InlineData("nologin", "Check the user name and the password")]
    [InlineData("stranger", "GRANT CREATE, USAGE ON SCHEMA public")]
    [InlineData("nowhere", "Create the database first")]
    public async Task A_start_that_is_refused_says_what_to_do(string fault, string remedy)
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var login = await Login.CreateAsync(database);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        if (fault == "nowhere")
            settings.Database += "_nowhere";
        else
            (settings.Username, settings.Password) = (login.Name, fault == "nologin" ? "wrong" : Login.Password);
        if (fault == "stranger")
            await database.ExecuteAsync("drop schema public cascade; create schema public");
        if (fault == "nologin")
            settings.Username = login.Name + "_nobody";

        var start = () => ApiProcess.StartAsync(settings.ConnectionString);

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(remedy).And.NotContain("   at ");
    }

    [Fact]
    public async Task The_service_may_have_a_login_of_its_own_that_was_granted_the_role()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await using var login = await Login.CreateAsync(database);
        var service = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = login.Name, Password = Login.Password }.ConnectionString;
        var owner = new Dictionary<string, string> { ["ConnectionStrings__TokenFactoryOwner"] = database.ConnectionString };

        var without = () => ApiProcess.StartAsync(service, owner);
        (await without.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("GRANT tokenfactory_service TO");
        await database.ExecuteAsync($"grant tokenfactory_service to {login.Name}");
        await using var api = await ApiProcess.StartAsync(service, owner);

        await api.CreateAsync("/v1/sources", new { id = "split" });
        (await api.PostAsync("/v1/events", Events.Native("e", "split", model: "new-model"))).EnsureSuccessStatusCode();
    }

    // Roles belong to the whole server: one per test, that goes with it.
    private sealed class Login(TestDatabase database, string name) : IAsyncDisposable
    {
        public const string Password = "of-no-value";

        public string Name { get; } = name;

        public static async Task<Login> CreateAsync(TestDatabase database)
        {
            var name = $"tf_login_{Guid.NewGuid():N}";
            await database.ExecuteAsync($"create role {name} login password '{Password}'");
            return new Login(database, name);
        }

        public async ValueTask DisposeAsync() => await database.ExecuteAsync($"drop role {Name}");
    }
}
