using System.Collections.Frozen;
using Npgsql;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Catalog;

/// <summary>Reads rate cards and exchange rates as they were known at an instant, or as they are known now.</summary>
internal static class RateBookReader
{
    // What ends a card is the latest that was known of it; one that ends before it begins was withdrawn.
    private const string Cards =
        """
        select * from (
            select c.id, c.producer_id, c.model_id, c.service_tier, c.account_id, c.sector, c.region, c.model_pattern, c.currency, c.effective_from,
                   case when e.id is null then c.effective_to else e.effective_to end as effective_to,
                   c.minimum_charge, c.fallbacks, c.markup_percent, m.id, m.producer_id, m.slug
            from rate_cards c
            left join lateral (
                select e.id, e.effective_to from rate_card_ends e
                where e.rate_card_id = c.id and ($1::timestamptz is null or e.recorded_at <= $1)
                order by e.id desc limit 1) e on true
            left join models m on m.id = c.markup_model_id
            where c.kind = 1 and ($1::timestamptz is null or c.recorded_at <= $1)) known
        where effective_to is null or effective_to > effective_from
        """;

    private const string Rates =
        """
        select r.rate_card_id, r.id, r.token_class, r.unit_value, r.terms from rates r join rate_cards c on c.id = r.rate_card_id
        where c.kind = 1 and ($1::timestamptz is null or c.recorded_at <= $1)
        """;

    private const string Exchange =
        """
        select p.id, p.published_at, p.base, r.currency, r.rate from fx_publications p join fx_rates r on r.publication_id = p.id
        where $1::timestamptz is null or p.recorded_at <= $1
        order by p.id
        """;

    /// <summary>The prices that were known.</summary>
    /// <param name="connection">In a transaction of one snapshot.</param>
    /// <param name="knownAt">Recorded until then; null: all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<RateBook> ReadAsync(NpgsqlConnection connection, DateTimeOffset? knownAt, CancellationToken cancellationToken)
    {
        var rates = new List<(long CardId, Rate Rate)>();
        await ForEachAsync(connection, Rates, knownAt, row => rates.Add((row.GetInt64(0), RateOf(row))), cancellationToken);
        var byCard = rates.ToLookup(r => r.CardId, r => r.Rate);
        RateBook? book = null;
        var cards = new List<(CardSubject Subject, CardScope Scope, RateCard Card)>();
        await ForEachAsync(connection, Cards, knownAt, row => cards.Add((
            new CardSubject(row.GetInt32(1), row.IsDBNull(2) ? null : row.GetInt32(2), (ServiceTier)row.GetInt16(3)),
            new CardScope(row.IsDBNull(4) ? null : row.GetInt64(4), row.IsDBNull(5) ? null : (Sector)row.GetInt16(5),
                row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7)),
            CardOf(row, byCard[row.GetInt64(0)], () => book!))), cancellationToken);
        return book = new RateBook([.. cards.GroupBy(c => (c.Subject, c.Scope)).Select(g => (g.Key.Subject, new CardSeries(g.Key.Scope, g.Select(c => c.Card))))]);
    }

    /// <summary>The exchange rates that were known.</summary>
    public static async Task<ExchangeRates> ReadExchangeAsync(NpgsqlConnection connection, DateTimeOffset? knownAt, CancellationToken cancellationToken)
    {
        var publications = new List<FxPublication>();
        (long Id, DateTimeOffset At, string Base)? head = null;
        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        await ForEachAsync(connection, Exchange, knownAt, row =>
        {
            if (head is { } known && known.Id != row.GetInt64(0))
                Close();
            head = (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2));
            rates[row.GetString(3)] = row.GetDecimal(4);
        }, cancellationToken);
        Close();
        return publications.Count == 0 ? ExchangeRates.None : new ExchangeRates(publications);

        void Close()
        {
            if (head is { } known)
                publications.Add(new FxPublication(known.Id, known.At, known.Base, rates.ToFrozenDictionary(StringComparer.Ordinal)));
            rates.Clear();
        }
    }

    private static RateCard CardOf(NpgsqlDataReader row, IEnumerable<Rate> rates, Func<RateBook> book)
    {
        Markup? markup = null;
        if (!row.IsDBNull(13))
        {
            // The book is asked when a price is: then it is complete.
            var (model, producer, name, tier) = (row.GetInt32(14), row.GetInt32(15), row.GetString(16), (ServiceTier)row.GetInt16(3));
            markup = new Markup(row.GetDecimal(13), () => book().ScheduleOf(producer, model, name, tier));
        }

        return new RateCard(rates, row.IsDBNull(12) ? null : RateTermsReader.Fallbacks(row.GetString(12)))
        {
            Id = row.GetInt64(0),
            Currency = row.GetString(8),
            EffectiveFrom = row.GetFieldValue<DateTimeOffset>(9),
            EffectiveTo = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
            MinimumCharge = row.IsDBNull(11) ? null : row.GetDecimal(11),
            Markup = markup,
        };
    }

    private static Rate RateOf(NpgsqlDataReader row)
    {
        var (id, tokenClass) = (row.GetInt64(1), (TokenClass)row.GetInt16(2));
        if (row.IsDBNull(4))
            return new Rate { Id = id, TokenClass = tokenClass, UnitValue = row.IsDBNull(3) ? default : UnitValue.PerMillionTokens(row.GetDecimal(3)) };
        return RateTermsReader.RateOf(id, RateTermsReader.Read(row.GetString(4)));
    }

    private static async Task ForEachAsync(
        NpgsqlConnection connection, string sql, DateTimeOffset? knownAt, Action<NpgsqlDataReader> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)knownAt?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            read(row);
    }
}
