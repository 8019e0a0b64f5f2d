using Npgsql;

namespace TokenFactory.Benchmarks;

/// <summary>
/// Two years of day cells and more, written straight into the roll-up: 2,000 items of 20 producers, each sold every day of its life. A quarter
/// lives for the whole time; the others come and go. No events are behind them: this is for queries alone.
/// </summary>
internal sealed class CellLoad(string connectionString)
{
    /// <summary>The first day that has cells.</summary>
    public static readonly DateOnly FirstDay = new(2024, 1, 1);

    /// <summary>Writes the cells of [<see cref="FirstDay"/> - <paramref name="daysBefore"/>, <see cref="FirstDay"/> + <paramref name="days"/>).</summary>
    /// <returns>So many cells.</returns>
    public async Task<long> WriteAsync(int items, int days, int daysBefore)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"""
            insert into sources (slug, name, created_at) values ('cells', 'Cells', now()) on conflict do nothing;
            insert into producers (slug, name, kind) select format('plant-%s', p), format('Plant %s', p), 1 from generate_series(1, 20) p on conflict do nothing;
            insert into models (producer_id, slug, name, registered_on_sight)
            select p.id, format('model-%s-%s', p.id, n), 'Model', false
            from producers p, generate_series(1, {items / 80}) n where p.slug like 'plant-%' on conflict do nothing;
            insert into items (producer_id, model_id, token_class, service_tier)
            select m.producer_id, m.id, c, 1 from models m join producers p on p.id = m.producer_id, unnest(array[1, 5, 8, 9]) c
            where p.slug like 'plant-%' on conflict do nothing;
            insert into rollup_cell_day (source_id, day, item_id, sector, buyer_id, currency, vintage,
                                         entry_count, quantity, priced_quantity, free_quantity, amount, reporting_amount)
            select s.id, life.day, i.id, 1 + i.id % 3, 0, 'USD', life.day, 1000, life.q, life.q, 0, life.q * life.p, life.q * life.p
            from sources s, items i
            cross join lateral (
                select day::date, (1000000 + (i.id * 7919 + d * 104729) % 9000000)::bigint as q,
                       round((0.5 + (i.id % 97) * 0.13) * exp(-0.0005 * d)::numeric * (1 + 0.01 * ((i.id * 31 + d * 17) % 7)), 6) as p
                from generate_series(date '{FirstDay:yyyy-MM-dd}' - {daysBefore}, date '{FirstDay:yyyy-MM-dd}' + {days - 1}, interval '1 day') with ordinality g(day, d)
                where i.id % 4 = 0 or (d + i.id * 13) % 1000 < 700) life
            where s.slug = 'cells';
            """, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
        // As the first autovacuum would.
        await using var vacuum = new NpgsqlCommand("vacuum analyze rollup_cell_day", connection) { CommandTimeout = 0 };
        await vacuum.ExecuteNonQueryAsync();
        await using var count = new NpgsqlCommand("select count(*) from rollup_cell_day", connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
