using System.Globalization;
using Npgsql;
using TokenFactory.Api.Ledger;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Ledger;

/// <summary>What the ledger writes byte by byte is what PostgreSQL reads.</summary>
public sealed class CopyWriterTests
{
    private static readonly decimal[] Numbers =
    [
        0, 1, -1, 9999, 10_000, 100_000_000, 0.1m, 0.0001m, 0.00001m, 1.0000m, 2.50m, -0.000000000001m, 12345.678m, 1_000_000_000_000_000.000000000001m,
        ulong.MaxValue, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, 7.9228162514264337593543950335m,
    ];

    [Fact]
    public async Task Every_value_is_read_back_as_it_was_written()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync("create table written (n integer, big bigint, small smallint, at timestamptz, name text, bytes bytea, number numeric)");
        var random = new Random(20261126);
        // More than the buffer holds, with a text that is larger than all of it.
        var rows = Enumerable.Range(0, 3_000).Select(n => new Row(
            n, n % 7 == 0 ? null : random.NextInt64(long.MinValue, long.MaxValue), (short)random.Next(short.MinValue, short.MaxValue + 1),
            n % 5 == 0 ? null : new DateTimeOffset(1999, 12, 31, 0, 0, 0, TimeSpan.FromHours(2)).AddTicks(10 * random.NextInt64(0, 1L << 50)),
            n == 1_500 ? new string('宽', 200_000) : n % 3 == 0 ? null : $"名-{n}-\u00e9-😀-",
            [.. Enumerable.Range(0, n % 40).Select(_ => (byte)random.Next(256))],
            n < Numbers.Length ? Numbers[n] : n % 11 == 0 ? null : new decimal(
                random.Next(int.MinValue, int.MaxValue), random.Next(int.MinValue, int.MaxValue), n % 2 == 0 ? 0 : random.Next(int.MinValue, int.MaxValue),
                n % 3 == 0, (byte)random.Next(29)))).ToList();

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using (var copy = await CopyWriter.BeginAsync(connection, "written", ["n", "big", "small", "at", "name", "bytes", "number"], CancellationToken.None))
        {
            foreach (var row in rows)
            {
                copy.StartRow();
                copy.Add(row.N);
                copy.Add(row.Big);
                copy.Add(row.Small);
                copy.Add(row.At);
                copy.Add(row.Name);
                copy.Add(row.Bytes);
                copy.Add(row.Number);
                if (copy.IsFull)
                    await copy.FlushAsync(CancellationToken.None);
            }

            await copy.CompleteAsync(CancellationToken.None);
        }

        var read = new List<Row>();
        await using var command = new NpgsqlCommand("select n, big, small, at, name, bytes, number::text from written order by n", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            read.Add(new Row(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetInt16(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.IsDBNull(4) ? null : reader.GetString(4), (byte[])reader[5],
                reader.IsDBNull(6) ? null : decimal.Parse(reader.GetString(6), CultureInfo.InvariantCulture)));
        }

        read.Select(Text).Should().Equal(rows.Select(Text));
    }

    [Fact]
    public async Task What_is_not_completed_is_not_written_and_the_connection_goes_on()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync("create table written (n integer primary key)");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();

        await using (var given = await CopyWriter.BeginAsync(connection, "written", ["n"], CancellationToken.None))
        {
            given.StartRow();
            given.Add(1);
        }

        await using (var repeated = await CopyWriter.BeginAsync(connection, "written", ["n"], CancellationToken.None))
        {
            foreach (var n in (int[])[1, 2, 1])
            {
                repeated.StartRow();
                repeated.Add(n);
            }

            (await repeated.Invoking(c => c.CompleteAsync(CancellationToken.None)).Should().ThrowAsync<PostgresException>())
                .Which.SqlState.Should().Be(PostgresErrorCodes.UniqueViolation);
        }

        (await database.ScalarAsync<long>("select count(*) from written")).Should().Be(0);
        await using var next = new NpgsqlCommand("select 1", connection);
        (await next.ExecuteScalarAsync()).Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_breaks_while_rows_are_sent_says_so_as_the_driver_does()
    {
        await using var database = await PostgresServer.Current.CreateDatabaseAsync();
        await database.ExecuteAsync("create table written (name text)");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();

        var send = async () =>
        {
            await using var copy = await CopyWriter.BeginAsync(connection, "written", ["name"], CancellationToken.None);
            await database.ExecuteAsync($"select pg_terminate_backend({connection.ProcessID}, 10000)");
            for (var i = 0; i < 1_000; i++)
            {
                copy.StartRow();
                copy.Add(new string('x', 10_000));
                if (copy.IsFull)
                    await copy.FlushAsync(CancellationToken.None);
            }

            await copy.CompleteAsync(CancellationToken.None);
        };

        await send.Should().ThrowAsync<NpgsqlException>("whoever tries again knows this one");
        connection.FullState.Should().NotBe(System.Data.ConnectionState.Open);
    }

    // With every digit, and with the decimals that are shown.
    private static string Text(Row row) => string.Create(CultureInfo.InvariantCulture,
        $"{row.N} {row.Big} {row.Small} {row.At?.UtcTicks} {row.Name} {Convert.ToHexString(row.Bytes)} {row.Number}");

    private sealed record Row(int N, long? Big, short Small, DateTimeOffset? At, string? Name, byte[] Bytes, decimal? Number);
}
