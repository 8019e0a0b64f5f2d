using Npgsql;
using TokenFactory.Api.Database;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>What the ledger holds can't be changed: not by the service's role, and on plain PostgreSQL not by the owner's slip either.</summary>
public sealed class AppendOnlyTests : IAsyncLifetime
{
    private static readonly string[] Tables = ["event_identity", "ledger_entry", "rollup_delta", "event_refusal", "ledger_batch", "ledger_setting"];
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.Current.CreateDatabaseAsync();
        await _database.ExecuteAsync(
            """
            insert into ledger_setting (reporting_currency) values ('USD');
            insert into event_identity (source_id, event_id, fingerprint, recorded_at, batch_id, first_entry_no, entry_count)
                values (1, 'a', decode(repeat('00', 33), 'hex'), now(), 1, 0, 1);
            insert into ledger_entry (source_id, recorded_at, batch_id, entry_no, event_id, occurred_at, item_id, buyer_id, sector, quantity, basis)
                values (1, now(), 1, 0, 'a', now(), 1, 0, 0, 5, 0);
            insert into rollup_delta values (1, now(), 1, now(), 1, 0, 0, 'XXX', 1, 5, 0, 0, 0, 0);
            insert into event_refusal values (1, now(), 1, 0, 4, 'b', 'code', 'detail', null);
            insert into ledger_batch values (1, 1, 1, 1, 1, now(), 2, 1, 0, 0, 1, 0, 1);
            """);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_services_role_may_neither_change_nor_remove_nor_empty()
    {
        var service = DatabaseConnections.From(_database.ConnectionString).Service;
        foreach (var table in Tables)
        foreach (var statement in new[] { $"update {table} set {await FirstColumnAsync(table)} = default", $"delete from {table}", $"truncate {table}" })
            (await FailureAsync(service, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, statement);
    }

    [Fact]
    public async Task The_services_role_may_not_make_or_drop_tables_or_replace_the_clock()
    {
        var service = DatabaseConnections.From(_database.ConnectionString).Service;
        foreach (var statement in new[]
        {
            "create table public.mine (a integer)", "drop table ledger_entry", "alter table ledger_entry disable trigger all",
            "create or replace function ledger_clock() returns timestamptz language sql as $$ select now() $$", "update rates set unit_value = 0",
            "update rate_cards set currency = 'EUR'", "delete from rate_cards",
        })
        {
            (await FailureAsync(service, statement)).Should().Be(PostgresErrorCodes.InsufficientPrivilege, statement);
        }
    }

    [Fact]
    public async Task The_owner_is_stopped_by_a_trigger()
    {
        foreach (var table in Tables)
        foreach (var statement in new[] { $"update {table} set {await FirstColumnAsync(table)} = {await FirstColumnAsync(table)}", $"delete from {table}", $"truncate {table}" })
            (await FailureAsync(_database.ConnectionString, statement)).Should().Be(PostgresErrorCodes.RestrictViolation, statement);
    }

    [Fact]
    public async Task A_partition_is_guarded_like_the_whole()
    {
        var partition = await _database.ScalarAsync<string>("select tableoid::regclass::text from ledger_entry limit 1");

        foreach (var statement in new[] { $"delete from {partition}", $"update {partition} set quantity = 1", $"truncate {partition}" })
            (await FailureAsync(_database.ConnectionString, statement)).Should().Be(PostgresErrorCodes.RestrictViolation, statement);
    }

    [Theory]
    [InlineData("quantity", "1000000000000001")]
    [InlineData("unit_value", "'NaN'")]
    [InlineData("sector", "4")]
    [InlineData("basis", "1")]
    public async Task The_tables_refuse_what_the_code_should_never_send(string column, string value)
    {
        var statement =
            $"""
            insert into ledger_entry (source_id, recorded_at, batch_id, entry_no, event_id, occurred_at, item_id, buyer_id, sector, quantity, basis, unit_value)
            select 1, now(), 2, 0, 'x', now(), 1, 0, {(column == "sector" ? value : "0")}, {(column == "quantity" ? value : "5")},
                   {(column == "basis" ? value : "0")}, {(column == "unit_value" ? value : "null")}
            """;

        (await FailureAsync(_database.ConnectionString, statement)).Should().Be(PostgresErrorCodes.CheckViolation);
    }

    private Task<string> FirstColumnAsync(string table) =>
        _database.ScalarAsync<string>($"select column_name::text from information_schema.columns where table_name = '{table}' and ordinal_position = 1");

    private static async Task<string?> FailureAsync(string connectionString, string statement)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
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
