using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Statistics;

/// <summary>Reads what the entries of a figure were valued at.</summary>
internal static class ExplainRates
{
    private const int Columns = 5;
    private const string NoUnitValue = "-1";

    /// <summary>The whole of the entries, and the rates after a position: none where the limit is 0.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="filter">Which entries: bounded in all four instants.</param>
    /// <param name="after">Null: the beginning.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<(ExplainSums Total, List<(ExplainRate Row, ExplainPosition Position)> Rows)> ReadAsync(
        RollUpSnapshot snapshot, EntryFilter filter, ExplainPosition? after, int limit, CancellationToken cancellationToken)
    {
        var key = after?.Key ?? ["0", "0", "0", "", "0"];
        await using var command = new NpgsqlCommand(Sql.Read("Statistics/explain_rates.sql"), snapshot.Connection);
        foreach (var (value, type) in (ReadOnlySpan<(object?, NpgsqlDbType)>)
        [
            (filter.OccurredFrom, NpgsqlDbType.TimestampTz), (filter.OccurredTo, NpgsqlDbType.TimestampTz),
            (filter.RecordedFrom, NpgsqlDbType.TimestampTz), (filter.RecordedTo, NpgsqlDbType.TimestampTz),
            (filter.Items, NpgsqlDbType.Array | NpgsqlDbType.Integer), (filter.Sectors, NpgsqlDbType.Array | NpgsqlDbType.Smallint),
            ((short?)filter.Basis, NpgsqlDbType.Smallint), (filter.RateId, NpgsqlDbType.Bigint), (filter.UnitValue, NpgsqlDbType.Numeric),
            (filter.Currency, NpgsqlDbType.Text), (after?.Gdp, NpgsqlDbType.Text),
            (short.Parse(key[0], CultureInfo.InvariantCulture), NpgsqlDbType.Smallint), (long.Parse(key[1], CultureInfo.InvariantCulture), NpgsqlDbType.Bigint),
            (key[2], NpgsqlDbType.Text), (key[3], NpgsqlDbType.Text), (long.Parse(key[4], CultureInfo.InvariantCulture), NpgsqlDbType.Bigint),
            (limit, NpgsqlDbType.Integer), (filter.Buyers, NpgsqlDbType.Array | NpgsqlDbType.Integer),
        ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        }

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (total, rows) = (default(ExplainSums), new List<(ExplainRate, ExplainPosition)>());
        while (await row.ReadAsync(cancellationToken))
        {
            total = ExplainItems.SumsOf(row, 0);
            if (!row.IsDBNull(Columns))
                rows.Add(RowOf(row));
        }

        return (total!, rows);
    }

    public static ExplainSums SumsOf((ExplainRate Row, ExplainPosition Position) rate) => new()
    {
        Gdp = rate.Row.Gdp,
        Quantity = rate.Row.Quantity,
        UnpricedQuantity = rate.Row.UnpricedQuantity,
        FreeQuantity = rate.Row.FreeQuantity,
        Entries = rate.Row.Entries,
    };

    // A key holds no nulls: 0, -1 and nothing stand for none.
    private static (ExplainRate, ExplainPosition) RowOf(NpgsqlDataReader row)
    {
        var sums = ExplainItems.SumsOf(row, Columns + 5);
        var (basis, rateId, unitValue, currency, fxRateId) = (row.GetInt16(5), row.GetInt64(6), row.GetString(7), row.GetString(8), row.GetInt64(9));
        var rate = new ExplainRate
        {
            Basis = ReceiptText.Basis((ValueBasis)basis),
            RateId = rateId == 0 ? null : rateId,
            RateCardId = row.IsDBNull(16) ? null : row.GetInt64(16),
            UnitValue = unitValue == NoUnitValue ? null : ExactDecimal.Normalize(decimal.Parse(unitValue, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
            Currency = currency.Length == 0 ? null : currency,
            FxRateId = fxRateId == 0 ? null : fxRateId,
            ExchangeRate = row.IsDBNull(18) ? null : row.GetString(18),
            FxPublishedAt = row.IsDBNull(17) ? null : row.GetFieldValue<DateTimeOffset>(17),
            Quantity = sums.Quantity,
            UnpricedQuantity = sums.UnpricedQuantity,
            FreeQuantity = sums.FreeQuantity,
            Amount = row.IsDBNull(15) ? null : row.GetString(15),
            Gdp = sums.Gdp,
            Entries = sums.Entries,
        };
        return (rate, new ExplainPosition(ExplainLevel.Rates, sums.Gdp,
            [basis.ToString(CultureInfo.InvariantCulture), rateId.ToString(CultureInfo.InvariantCulture), unitValue, currency, fxRateId.ToString(CultureInfo.InvariantCulture)]));
    }
}
