using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Database;

/// <summary>
/// What the service's role and a login of its own may do, table by table as the database has them: a new one is seen, and is the ledger's unless it
/// is listed here.
/// </summary>
public sealed class RolesTests : IAsyncLifetime
{
    /// <summary>The tables whose rows the service moves forward, because they are derived or of the catalog. Nothing else may ever change.</summary>
    private static readonly string[] Moved =
    [
        // Small tables that administrators write.
        "accounts", "account_sectors", "api_keys", "api_key_sources", "api_key_producers", "catalog_version", "model_aliases", "models", "producer_aliases", "producers", "sources",
        // How far a writer, a counter, a fold, an audit or a repricing has come.
        "journal_lane", "meter_reading", "audit_cursor", "rollup_source", "rollup_cursor", "settlement_cursor", "settlement_month", "repricings", "ledger_tree_cursor",
        // Sums that can be made again from the ledger.
        "rollup_cell_hour", "rollup_cell_day", "rollup_cell_month", "rollup_cell_margin", "rollup_change", "rollup_total", "rollup_outcome", "audit_total", "repricing_cell", "settlement_cell",
    ];

    private TestDatabase _database = null!;
    private string _login = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        // As docs/operations.md says: the service's own login, with the role and nothing else. Logins belong to the server, which others use too.
        var name = $"tf_login_{Guid.NewGuid():N}";
        await _database.ExecuteAsync($"create role {name} login password 'a-test'; grant tokenfactory_service to {name}");
        _login = name;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.ExecuteAsync($"drop role {_login}");
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task No_table_but_the_derived_ones_can_be_changed_and_none_can_be_emptied_dropped_or_altered()
    {
        var tables = await TablesAsync();
        tables.Should().Contain(["event_identity", "ledger_entry", "rollup_delta", "audit_event", "quarantined_event", "rates", "items", "fx_rates"]).And.Contain(Moved);
        await using var connection = await OpenAsync();

        foreach (var table in tables)
        {
            var column = await _database.ScalarAsync<string>(
                $"select quote_ident(attname) from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped order by attgenerated, attidentity, attnum limit 1");
            List<string> refused = [$"truncate {table}", $"drop table {table}", $"alter table {table} add column x integer", $"alter table {table} disable trigger all"];
            if (!Moved.Contains(table))
                refused.AddRange([$"update {table} set {column} = {column}", $"delete from {table}"]);
            foreach (var statement in refused)
                (await StateOfAsync(connection, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, statement);
        }
    }

    [Fact]
    public async Task What_may_be_moved_may_be_moved()
    {
        await using var connection = await OpenAsync();

        // Without these the refusals above could be those of a login that can do nothing at all.
        foreach (var statement in new[] { "update rollup_total set quantity = quantity", "update api_keys set name = name", "select count(*) from ledger_entry" })
            (await StateOfAsync(connection, statement)).Should().BeNull(statement);
    }

    [Fact]
    public async Task The_login_gets_no_further_by_leaving_the_role_or_taking_another()
    {
        var owner = await _database.ScalarAsync<string>("select tableowner::text from pg_tables where tablename = 'ledger_entry'");
        foreach (var way in new[] { "reset role", "set role none", $"set session authorization {_login}" })
        {
            await using var connection = await OpenAsync();
            (await StateOfAsync(connection, way)).Should().BeNull(way);
            foreach (var statement in new[] { "delete from ledger_entry", "update ledger_entry set quantity = 1", "truncate audit_event", "drop table ledger_batch", "create table mine (a integer)" })
                (await StateOfAsync(connection, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, $"{way}; {statement}");
        }

        await using var another = await OpenAsync();
        foreach (var statement in new[] { $"set role \"{owner}\"", $"set session authorization \"{owner}\"", $"grant \"{owner}\" to {_login}", "alter role tokenfactory_service superuser", "set session_replication_role = replica" })
            (await StateOfAsync(another, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, statement);
    }

    [Fact]
    public async Task The_service_runs_under_two_logins()
    {
        await using var api = await ApiProcess.StartAsync(LoginString(), new() { ["ConnectionStrings__TokenFactoryOwner"] = _database.ConnectionString });
        await api.CreateAsync("/v1/sources", new { id = "two" });
        (await api.PostAsync("/v1/events", Events.Native("a", "two"))).StatusCode.Should().Be(System.Net.HttpStatusCode.Created);

        (await api.GetAsync("/v1/reconciliation?full=true")).GetProperty("balanced").GetBoolean().Should().BeTrue();
        (await _database.ScalarAsync<long>($"select count(*) from pg_stat_activity where usename = '{_login}'")).Should().BePositive("it is the login that serves");
    }

    [Theory]
    [InlineData("", "off", "on")]
    [InlineData("-c jit=on -c synchronous_commit=off", "on", "on")]
    public async Task Sessions_begin_as_the_service_needs_them_and_an_operator_may_have_it_otherwise_but_for_what_is_promised(string options, string jit, string commit)
    {
        var text = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Options = options, Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(DatabaseConnections.From(text).Service);
        await connection.OpenAsync();
        await using var show = new NpgsqlCommand("select current_setting('jit'), current_setting('synchronous_commit')", connection);
        await using var row = await show.ExecuteReaderAsync();
        await row.ReadAsync();

        (row.GetString(0), row.GetString(1)).Should().Be((jit, commit));
    }

    private string LoginString() => new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = _login, Password = "a-test" }.ConnectionString;

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(DatabaseConnections.From(LoginString(), _database.ConnectionString).Service) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    // Partitions too.
    private async Task<List<string>> TablesAsync()
    {
        var names = await _database.ScalarAsync<string>(
            "select string_agg(quote_ident(relname), ',') from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> '__EFMigrationsHistory'");
        return [.. names.Split(',').Order(StringComparer.Ordinal)];
    }

    private static async Task<string?> StateOfAsync(NpgsqlConnection connection, string statement)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        try
        {
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
